// Package contract judges an OpenAPI file by the documents: whether it says what
// they say, whether it says anything that neither they nor a decision account for,
// and whether damage to it would be noticed.
//
// A file and the documents are brought into the same form, a set of statements, and
// compared there; so it does not matter how a file is laid out. What is passed over
// is what says nothing about an exchange: titles, descriptions and the like, info,
// tags, the names of examples and components, extensions (x-…) but for x-ruling and
// x-document, and the servers of the whole file, which say where somebody runs it.
// The servers of a path or an operation are statements: they move it elsewhere.
package contract

import (
	"context"
	"errors"
	"fmt"

	"github.com/appgrant/appgrant/conformance/documents"
	"github.com/appgrant/appgrant/conformance/internal/oracle"
	"github.com/appgrant/appgrant/conformance/report"
)

// Options say what to hold a file to, and how far to go.
type Options struct {
	// Rulings asks for this project's decisions, too: each must be in the file with
	// the value on record and be marked by an x-ruling, and no others may be.
	// Without it a file may decide otherwise, if an x-ruling says so.
	Rulings bool
	// Mutations damages the file and the documents' examples in every way, to see
	// whether each damage is noticed. It needs a file that has no fault without that,
	// since in any other all damage would seem to be noticed.
	Mutations bool
	// OneIn tries only one mutant of the file in that many, and the first of each
	// operator, where all take too long; 0 and 1 try all.
	OneIn int
}

// Judge holds an OpenAPI file, in YAML or JSON and of 3.0 or 3.1, against the
// documents. Whatever is wrong with it is in the trace; an error says that there is
// nothing to judge. Files that others wrote are safe to judge: references out of
// the file are not followed.
func Judge(ctx context.Context, spec []byte, opts Options) (*report.Trace, error) {
	root, err := read(spec)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	if _, ok := root["paths"].(map[string]any); !ok {
		return nil, errors.New("contract: there are no paths in it")
	}
	all, err := documents.Load()
	if err != nil {
		return nil, err
	}
	o := flatten(root, nil)
	if !o.whole {
		return nil, errors.New("contract: its references multiply beyond measure")
	}
	codes, err := oracle.Load()
	if err != nil {
		return nil, err
	}
	j := &judgement{Options: opts, documents: all, codes: codes, outline: o, collectors: locate(all, o)}
	v, err := j.load(spec)
	trace := j.trace(ctx, v, err)
	trace.Advisory = !opts.Rulings
	if opts.Mutations && trace.OK() {
		trace.Mutations = append(j.damageContract(ctx), j.damageExamples(ctx, v)...)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return trace, nil
}

// judgement is a file under judgement.
type judgement struct {
	Options
	documents  []documents.Document
	codes      *oracle.Oracle
	outline    *outline
	collectors []*collector
}

// trace judges the file that v has, or that could not be loaded for a reason.
func (j *judgement) trace(ctx context.Context, v *validator, err error) *report.Trace {
	t := newTracer(j.Options, j.outline.statements()...)
	whole := report.Fact{Document: "OpenAPI", Row: "a file that is valid by the specification", Verdict: report.Found}
	if err != nil {
		whole.Verdict, whole.Detail = report.Differs, firstLine(err)
	}
	trace := &report.Trace{Facts: []report.Fact{whole}}
	for _, c := range j.collectors {
		facts := t.trace(c)
		e := &exhibition{c, t, v, facts}
		if v != nil {
			e.judgeExamples(ctx)
			e.judgeValues(ctx)
		}
		trace.Facts = append(trace.Facts, facts...)
		trace.Facts = append(trace.Facts, e.errata(ctx)...)
		if v != nil {
			trace.Facts = append(trace.Facts, e.further()...)
		}
	}
	trace.Untraced = t.untraced()
	return trace
}

// load loads the file, unless following its references would never end.
func (j *judgement) load(spec []byte) (*validator, error) {
	if recursive(j.outline.root) {
		return nil, errors.New("a reference leads back to itself")
	}
	return newValidator(spec, j.codes)
}
