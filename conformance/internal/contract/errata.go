package contract

import (
	"context"
	"strconv"

	"github.com/appgrant/appgrant/conformance/documents"
	"github.com/appgrant/appgrant/conformance/report"
)

// errata says how the contract fares with the document's known mistakes.
func (e *exhibition) errata(ctx context.Context) []report.Fact {
	var facts []report.Fact
	for _, mistake := range e.Errata {
		f := report.Fact{Document: e.Name, Row: "mistake: " + mistake.About, Verdict: report.Mended}
		var how string
		switch mistake.Kind {
		case documents.LostURI:
			how = e.lostURI(&f)
		case documents.NoMethod:
			how = e.noMethod(&f)
		default:
			how = e.misprint(ctx, mistake, &f)
		}
		f.Detail = how
		facts = append(facts, f)
	}
	return facts
}

// first is the first statement on something, nil if there is none.
func (t *tracer) first(subject, predicate string) *tracked {
	if said := t.statements[about{subject, predicate}]; len(said) > 0 {
		return said[0]
	}
	return nil
}

// lostURI asks that the operation is there, and that its name, which stands for its
// URI, is marked as a decision.
func (e *exhibition) lostURI(f *report.Fact) string {
	there, name := e.first(e.op, present), e.first(e.op, "operationId")
	if there == nil {
		f.Verdict = report.Missing
		return "there is no " + e.op
	}
	f.Pointer = there.at.String()
	switch {
	case name == nil || !name.ruled:
		f.Verdict = report.Differs
		return "no x-ruling on the operationId says where method and path are from"
	case e.op != subjectOf(e.URI):
		f.Verdict = report.Otherwise
		return "it is " + e.op + " here, and not " + subjectOf(e.URI)
	default:
		return "it is " + e.op + ", by an x-ruling"
	}
}

// noMethod asks that the second URI is there, with one method, marked as a decision.
func (e *exhibition) noMethod(f *report.Fact) string {
	path := e.first("path "+e.Alias.Path, present)
	if path == nil {
		f.Verdict = report.Missing
		return "there is no path " + e.Alias.Path
	}
	f.Pointer = path.at.String()
	op := e.first(subjectOf(*e.Alias), present)
	switch {
	case op == nil:
		f.Verdict = report.Differs
		if !e.Rulings {
			f.Verdict = report.Otherwise
		}
		return "there is no " + subjectOf(*e.Alias)
	case !op.ruled:
		f.Verdict = report.Differs
		return "no x-ruling says that the method is a decision"
	default:
		return "it is " + subjectOf(*e.Alias) + ", by an x-ruling"
	}
}

// misprint asks that an example with a mistake in it is accepted as it stands, and
// that a syntax which had to bend for it is marked as a decision.
func (e *exhibition) misprint(ctx context.Context, mistake documents.Erratum, f *report.Fact) string {
	body := requestBody(e.op)
	if mistake.Status != 0 {
		body = responseBody(e.op, strconv.Itoa(mistake.Status))
	}
	subject := body + "." + mistake.Field // both are written alike
	var syntax *tracked
	for _, keyword := range []string{"pattern", "format", "enum", "minLength", "maxLength"} {
		if s := e.first(subject, keyword); s != nil {
			syntax = s
			f.Pointer = s.at.String()
			if !s.ruled {
				f.Verdict = report.Differs
				return "no x-ruling says that the " + keyword + " is a decision"
			}
		}
	}
	if there := e.first(subject, present); there != nil && syntax == nil {
		f.Pointer = there.at.String()
	}
	if e.validator == nil {
		f.Verdict = report.Differs
		return "the contract can't be loaded, so nothing shows that it accepts the example"
	}
	for _, x := range e.Examples {
		if x.Status != mistake.Status || x.Decided {
			continue
		}
		if err := e.accept(ctx, e.Document, e.op, x); err != nil {
			f.Verdict = report.Differs
			if syntax != nil && !e.Rulings {
				f.Verdict = report.Otherwise
			}
			return "the contract refuses the example: " + firstLine(err)
		}
	}
	if syntax == nil {
		return "the example is accepted as it stands"
	}
	return "the example is accepted as it stands, by a syntax that an x-ruling calls a decision"
}
