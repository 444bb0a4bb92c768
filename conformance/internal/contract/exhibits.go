package contract

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/appgrant/appgrant/conformance/documents"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
	"github.com/appgrant/appgrant/conformance/report"
)

// samples are values that ids and trace ids may have, by the syntaxes in use.
var samples = []string{
	"0123456789abcdef0123456789abcdef",
	"01234567-89ab-4def-8123-456789abcdef",
	"DEFAULT_ENVIRONMENT_RELEASE_ID",
	"APIG",
	"0",
	"default",
}

// sample is one that the contract takes for a parameter of an operation.
func (v *validator) sample(op, name string) string {
	method, path, _ := strings.Cut(op, " ")
	spec := v.operation(method, path)
	if spec == nil {
		return samples[0]
	}
	for _, p := range slices.Concat(spec.Parameters, v.doc.Paths.Value(path).Parameters) {
		if p.Value == nil || p.Value.Name != name || p.Value.Schema == nil {
			continue
		}
		for _, s := range samples {
			if p.Value.Schema.Value.VisitJSON(s) == nil {
				return s
			}
		}
	}
	return samples[0]
}

// requestOf is a whole request of an operation: the path with ids in it, a token,
// and the body if there is one.
func (v *validator) requestOf(op string, body []byte) request {
	method, path, _ := strings.Cut(op, " ")
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			segments[i] = v.sample(op, strings.TrimSuffix(name, "}"))
		}
	}
	r := request{method: method, path: strings.Join(segments, "/"), header: http.Header{"X-Auth-Token": {"a token"}}, body: body}
	if len(body) > 0 {
		r.header.Set("Content-Type", "application/json")
	}
	return r
}

// answerOf is a whole answer: the status, a trace id, and the body if there is one.
func answerOf(d documents.Document, op string, status int, body []byte) answer {
	a := answer{op: op, id: d.OperationID(), status: status, header: http.Header{"X-Request-Id": {samples[0]}}, body: body}
	if len(body) > 0 {
		a.header.Set("Content-Type", "application/json")
	}
	return a
}

// accept holds an example, as it stands in its document, against the contract.
func (v *validator) accept(ctx context.Context, d documents.Document, op string, e documents.Example) error {
	if e.Status == 0 {
		return v.acceptRequest(ctx, v.requestOf(op, []byte(e.Text)))
	}
	return v.acceptAnswer(ctx, answerOf(d, op, e.Status, []byte(e.Text)))
}

// exhibition is a document's examples before a contract.
type exhibition struct {
	*collector
	*tracer
	*validator // nil if the contract can't be loaded
	judged     []report.Fact
}

// judgeExamples completes the facts on examples by whether the contract accepts
// them, under the second URI as well. An example with a known mistake may be shown
// mended in the file of somebody else.
func (e *exhibition) judgeExamples(ctx context.Context) {
	for i, f := range e.facts {
		fact := &e.judged[i]
		if f.example == nil || fact.Verdict == report.Otherwise {
			continue
		}
		err := e.accept(ctx, e.Document, e.op, *f.example)
		if err == nil && e.Alias != nil {
			err = e.accept(ctx, e.Document, subjectOf(*e.Alias), *f.example)
		}
		if err != nil {
			fact.Detail = join(fact.Detail, "the contract refuses it: "+firstLine(err))
			if fact.Verdict == report.Found {
				fact.Verdict = report.Differs
			}
		}
		if !fact.OK() && !e.Rulings && (f.decision || e.shownMended(f)) {
			fact.Verdict = report.Otherwise
		}
	}
}

// shownMended reports whether the contract has, marked by an x-ruling, an example
// that differs from the document's only where that has a known mistake.
func (e *exhibition) shownMended(f fact) bool {
	for _, mistake := range e.Errata {
		if mistake.Field == "" || mistake.Status != f.example.Status {
			continue
		}
		for _, s := range e.statements[f.expect[0].about] {
			if s.ruled && without(s.value, mistake.Field) == without(f.expect[0].value, mistake.Field) {
				return true
			}
		}
	}
	return false
}

// without is a canonical example with null for a field.
func without(value, field string) string {
	tree, err := strictjson.Decode([]byte(value))
	if err != nil {
		return value
	}
	var blank func(at any, path []string)
	blank = func(at any, path []string) {
		switch v := at.(type) {
		case []any:
			for _, item := range v {
				blank(item, path)
			}
		case map[string]any:
			name := strings.TrimSuffix(path[0], "[]")
			if len(path) == 1 {
				v[name] = nil
			} else {
				blank(v[name], path[1:])
			}
		}
	}
	blank(tree, strings.Split(field, "."))
	return canonical(tree)
}

// further judges the examples of errors that the contract has beyond the document's.
func (e *exhibition) further() []report.Fact {
	known := map[string]bool{}
	for _, f := range e.facts {
		if f.example != nil {
			known[f.expect[0].value] = true
		}
	}
	var facts []report.Fact
	for a, said := range e.statements {
		parts := strings.Fields(a.subject) // method, path, status, "body"
		if a.predicate != example || len(parts) != 4 || parts[0]+" "+parts[1] != e.op {
			continue
		}
		status, err := strconv.Atoi(parts[2])
		if err != nil {
			continue
		}
		for _, s := range said {
			err := e.meaning(answer{id: e.OperationID(), status: status, body: []byte(s.value)})
			if known[s.value] || err == nil {
				continue
			}
			f := report.Fact{
				Document: e.Name, Row: fmt.Sprintf("further example response %d", status), Decision: true,
				Pointer: s.at.String(), Verdict: report.Differs, Detail: err.Error(),
			}
			if s.ruled && !e.Rulings {
				f.Verdict = report.Otherwise
			}
			facts = append(facts, f)
		}
	}
	slices.SortFunc(facts, func(a, b report.Fact) int { return strings.Compare(a.Pointer, b.Pointer) })
	return facts
}

func join(detail, more string) string {
	if detail == "" {
		return more
	}
	return detail + "; " + more
}

// firstLine is what an error of kin-openapi says before it prints schema and value.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
