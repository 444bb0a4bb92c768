package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/contract"
	"github.com/appgrant/appgrant/conformance/internal/engine"
	"github.com/appgrant/appgrant/conformance/internal/judge"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
)

// Options say how to judge.
type Options struct {
	// Run is a pattern of the cases to run: * is any part of a name, ** any names, and
	// the beginning of IDs up to a slash stands for all of them. Empty is every case.
	Run string
	// FailFast ends the run with the first case that fails.
	FailFast bool
	// Seed decides what is generated; 0 is a random one, which the report tells.
	Seed uint64
	// Strict finds fault with members of answers that the contract does not have.
	Strict bool
	// Deep runs the long generated phase.
	Deep bool
	// Expected are failures that are put up with.
	Expected []Expected
	// Planned is told how many cases will run, Done each outcome. Both may be nil.
	Planned func(cases int)
	Done    func(report.Case)
}

// Server judges an implementation: it runs the cases against it. What could not be
// judged, and why, is in the report, as its Problem or as the outcome of a case.
func Server(ctx context.Context, target Target, opts Options) *report.Report {
	started := time.Now()
	if opts.Seed == 0 {
		opts.Seed = rand.Uint64() >> 11 // exact in JSON
	}
	r := &report.Report{Tool: tool(), Subject: target.Endpoint, Started: started.UTC(), Seed: opts.Seed}
	for _, kind := range cases.Kinds {
		r.Kinds = append(r.Kinds, string(kind))
	}
	if err := judgeServer(ctx, target, opts, r); err != nil {
		r.Problem = err.Error()
	}
	r.Duration = time.Since(started)
	return r
}

// patience is how many cases in a row may get no answer before the run ends: the
// target has gone, most likely.
const patience = 20

var errFailFast = errors.New("a case failed")

// judgeServer runs the cases and completes the report. The error is what could not be
// judged.
func judgeServer(ctx context.Context, described Target, opts Options, r *report.Report) error {
	target, err := described.resolve()
	if err != nil {
		return err
	}
	plan, err := newPlan(opts)
	if err != nil {
		return err
	}
	strictness := judge.Options{Strict: opts.Strict, Rulings: slices.Contains(target.Features, cases.Rulings)}
	services, err := judgeOfServices(strictness)
	if err != nil {
		return err
	}
	admin, err := judgeOfAdmin(strictness)
	if err != nil {
		return err
	}
	// What the target is held against is held against the documents.
	if r.Trace, err = contract.Judge(ctx, openapi.YAML, contract.Options{Rulings: true}); err != nil {
		return err
	}
	e := engine.New(target, services, admin)
	if err := e.Open(ctx); err != nil {
		return errors.Join(fmt.Errorf("%s can't be judged: %w", described.Endpoint, err), e.Close(ctx))
	}
	if opts.Planned != nil {
		opts.Planned(len(plan.cases))
	}
	runCtx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	unjudged := 0 // in a row
	e.Run(runCtx, plan.cases, func(c report.Case) {
		putUpWith(&c, opts.Expected)
		r.Cases = append(r.Cases, c)
		if opts.Done != nil {
			opts.Done(c)
		}
		switch {
		case c.Outcome == report.Skipped:
		case unanswered(c):
			unjudged++
		default:
			unjudged = 0
		}
		switch {
		case unjudged == patience:
			stop(fmt.Errorf("%d cases in a row got no answer; the last: %s", unjudged, lastWord(c)))
		case opts.FailFast && (c.Outcome == report.Fail || c.Outcome == report.UnexpectedPass):
			stop(errFailFast)
		}
	})
	cause := context.Cause(runCtx)
	if cause == nil || errors.Is(cause, errFailFast) {
		plan.shrink(ctx, e, r.Cases)
	}
	closing := e.Close(ctx)
	if closing != nil {
		closing = fmt.Errorf("the target was not left clean: %w", closing)
	}
	slices.SortFunc(r.Cases, func(a, b report.Case) int { return strings.Compare(a.ID, b.ID) })
	r.Coverage = services.Coverage()
	switch counts := r.Counts(); {
	case ctx.Err() != nil:
		return errors.Join(fmt.Errorf("stopped after %d of %d cases", len(r.Cases), len(plan.cases)), closing)
	case cause != nil && !errors.Is(cause, errFailFast):
		return errors.Join(cause, closing)
	case closing == nil && counts[report.Skipped] == len(r.Cases):
		return errors.New("every case was skipped, so that nothing was judged")
	default:
		return closing
	}
}

// unanswered reports whether a case came to nothing because nobody answered.
func unanswered(c report.Case) bool {
	last := len(c.Exchanges) - 1
	return c.Outcome == report.Errored || c.Outcome == report.Fail && last >= 0 && c.Exchanges[last].Status == 0
}

// lastWord is what there is to say about a case that came to nothing.
func lastWord(c report.Case) string {
	if c.Reason != "" || len(c.Findings) == 0 {
		return c.Reason
	}
	return c.Findings[len(c.Findings)-1].Message
}

// judgeOfServices holds exchanges against the contract.
func judgeOfServices(opts judge.Options) (*judge.Judge, error) {
	doc, err := openapi.Load()
	if err != nil {
		return nil, err
	}
	return judge.New(doc, opts)
}

// judgeOfAdmin holds exchanges against the admin contract.
func judgeOfAdmin(opts judge.Options) (*judge.Judge, error) {
	doc, err := openapi.LoadAdmin()
	if err != nil {
		return nil, err
	}
	return judge.New(doc, opts)
}

// tool is the suite and its version.
func tool() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return "appgrant conformance " + info.Main.Version
	}
	return "appgrant conformance"
}
