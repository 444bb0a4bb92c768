package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/engine"
	"github.com/appgrant/appgrant/conformance/internal/generate"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
)

// How many random sequences there are, and how long they are.
const (
	sequences      = 60
	deepSequences  = 2000
	sequenceLength = 15
)

// plan is what a run is to do.
type plan struct {
	cases     []cases.Case                 // in the order of their IDs
	sequences map[string]generate.Sequence // what random ones were made of
}

// List is what Server would run with these options, in the order of their IDs. With
// another seed there are other values in the generated cases, whose names stay.
func List(opts Options) ([]cases.Case, error) {
	p, err := newPlan(opts)
	if err != nil {
		return nil, err
	}
	return p.cases, nil
}

func newPlan(opts Options) (*plan, error) {
	all, err := cases.Load()
	if err != nil {
		return nil, err
	}
	doc, err := openapi.Load()
	if err != nil {
		return nil, err
	}
	all = append(all, generate.Inputs(doc, opts.Seed, opts.Deep)...)
	p := &plan{sequences: map[string]generate.Sequence{}}
	count := sequences
	if opts.Deep {
		count = deepSequences
	}
	for _, s := range generate.Sequences(opts.Seed, count, sequenceLength) {
		c := s.Case()
		p.sequences[c.ID] = s
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b cases.Case) int { return strings.Compare(a.ID, b.ID) })
	ids := make([]string, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	if err := checkExpected(opts.Expected, ids, time.Now()); err != nil {
		return nil, err
	}
	p.cases, err = only(all, opts.Run)
	return p, err
}

// only are the cases that a pattern matches.
func only(all []cases.Case, pattern string) ([]cases.Case, error) {
	if pattern == "" {
		return all, nil
	}
	match, err := compile(pattern)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c cases.Case) bool { return !match(c.ID) })
	if len(all) == 0 {
		return nil, fmt.Errorf("no case is called %s", pattern)
	}
	return all, nil
}

// The bounds of making failed sequences small.
const (
	shrunk     = 3 // so many of them, the first by their IDs
	shrinkTime = 10 * time.Second
)

// shrink puts the smallest sequence that still fails in the place of one that failed.
func (p *plan) shrink(ctx context.Context, e *engine.Engine, results []report.Case) {
	ctx, cancel := context.WithTimeout(ctx, shrinkTime)
	defer cancel()
	var failed []*report.Case
	for i := range results {
		if _, random := p.sequences[results[i].ID]; random && len(results[i].Findings) > 0 {
			failed = append(failed, &results[i])
		}
	}
	slices.SortFunc(failed, func(a, b *report.Case) int { return strings.Compare(a.ID, b.ID) })
	for _, c := range failed[:min(shrunk, len(failed))] {
		small := *c
		p.sequences[c.ID].Shrink(func(smaller cases.Case) bool {
			r := e.Case(ctx, smaller)
			fails := ctx.Err() == nil && r.Outcome == report.Fail
			if fails {
				small = r
			}
			return fails
		})
		small.Outcome, small.Reason = c.Outcome, c.Reason // it may be expected to fail
		*c = small
	}
}
