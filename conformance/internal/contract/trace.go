package contract

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/appgrant/appgrant/conformance/report"
)

// tracer holds the statements of a contract against facts.
type tracer struct {
	Options
	statements map[about][]*tracked
}

// tracked is a statement, and whether something accounts for it.
type tracked struct {
	statement
	traced bool
}

func newTracer(opts Options, lists ...[]statement) *tracer {
	n := 0
	for _, list := range lists {
		n += len(list)
	}
	t := &tracer{opts, make(map[about][]*tracked, n)}
	all := make([]tracked, 0, n)
	for _, list := range lists {
		for _, s := range list {
			all = append(all, tracked{statement: s})
			t.statements[s.about] = append(t.statements[s.about], &all[len(all)-1])
		}
	}
	return t
}

// trace judges facts, in their order.
func (t *tracer) trace(c *collector) []report.Fact {
	facts := make([]report.Fact, len(c.facts))
	for i, f := range c.facts {
		facts[i] = t.judge(f)
	}
	t.allow(c)
	return facts
}

// allow traces what a document accounts for without asking for it.
func (t *tracer) allow(c *collector) {
	for a, values := range c.may {
		for _, s := range t.statements[a] {
			s.traced = s.traced || values[s.value]
		}
	}
}

// judge holds a fact against the contract. A decision that the contract takes
// otherwise is none of our business without Options.Rulings.
func (t *tracer) judge(f fact) report.Fact {
	r := report.Fact{Document: f.document, Row: f.row, Decision: f.decision, Verdict: report.Found}
	for i, e := range f.expect {
		s, problem := t.expect(e)
		if s != nil && r.Pointer == "" {
			r.Pointer = s.at.String()
		}
		if problem == none {
			continue
		}
		r.Detail = join(r.Detail, problem.of(e, s))
		r.Verdict = report.Differs
		if i == 0 && s == nil { // what follows is about the same
			r.Verdict = report.Missing
			break
		}
	}
	if difference := t.difference(f.twins); difference != nil && r.Verdict == report.Found {
		r.Verdict, r.Pointer, r.Detail = report.Differs, difference.at.String(), difference.detail
	}
	if r.Detail != "" && f.decision && !t.Rulings {
		r.Verdict = report.Otherwise
	}
	return r
}

// fits reports whether a document's facts hold. It is what trace comes to.
func (t *tracer) fits(c *collector) bool {
	for _, f := range c.facts {
		for _, e := range f.expect {
			if _, problem := t.expect(e); problem != none && (t.Rulings || !f.decision) {
				return false
			}
		}
		if t.difference(f.twins) != nil {
			return false
		}
	}
	t.allow(c)
	return true
}

// problem is what can be wrong with the answer to an expectation.
type problem int

const (
	none problem = iota
	missing
	surplus
	differs
	unmarked
	marked
)

// of says what is wrong.
func (p problem) of(e expectation, s *tracked) string {
	switch p {
	case missing:
		return fmt.Sprintf("%s: %s %s is missing", e.subject, e.predicate, e.value)
	case surplus:
		return fmt.Sprintf("%s: %s is %s, and should not be", e.subject, e.predicate, s.value)
	case differs:
		return fmt.Sprintf("%s: %s is %s, not %s", e.subject, e.predicate, s.value, e.value)
	case unmarked:
		return fmt.Sprintf("%s: %s is a decision, and no x-ruling says so", e.subject, e.predicate)
	case marked:
		return fmt.Sprintf("%s: %s is documented, and an x-ruling calls it a decision", e.subject, e.predicate)
	default:
		return ""
	}
}

// expect finds the statement that answers to an expectation, and what is wrong.
// What it finds is traced.
func (t *tracer) expect(e expectation) (*tracked, problem) {
	said := t.statements[e.about]
	free := e.decided && !t.Rulings // an x-ruling must account for it
	var same *tracked
	ruled, plain := false, false
	for _, s := range said {
		if s.value == e.value {
			same = s
			s.traced = s.traced || !free || s.ruled || e.anyMark
			// The mark of a credential that all operations share is no matter: some
			// documents list it, and some don't.
			ruled, plain = ruled || s.ruled, plain || !s.ruled || s.shared
		}
	}
	if other := contradiction(e, said); same != nil && other != nil {
		other.traced = true
		return other, differs
	}
	switch {
	case same != nil && e.anyMark:
		return same, none
	case same != nil && e.decided && t.Rulings && !ruled:
		return same, unmarked
	case same != nil && !e.decided && !plain:
		return same, marked
	case same != nil:
		return same, none
	}
	for _, s := range said { // the verdict tells of it
		s.traced = s.traced || !free && !several(e.predicate)
	}
	switch {
	case e.value == "" && len(said) == 0:
		return nil, none
	case e.value == "":
		return said[0], surplus
	case len(said) == 0 || several(e.predicate):
		return nil, missing
	default:
		return said[0], differs
	}
}

// contradiction is a statement with another value of what a document has one value
// of. No x-ruling makes that good.
func contradiction(e expectation, said []*tracked) *tracked {
	if e.decided || several(e.predicate) {
		return nil
	}
	for _, s := range said {
		if s.value != e.value {
			return s
		}
	}
	return nil
}

// untraced are the statements that nothing accounts for, each place once. With
// Options.Rulings an x-ruling accounts only for what is on record.
func (t *tracer) untraced() []report.Untraced {
	type saying struct{ pointer, predicate, value string }
	subjects, plain := map[saying][]string{}, map[saying]bool{}
	for _, said := range t.statements {
		for _, s := range said {
			if t.isTraced(s) {
				continue
			}
			key := saying{s.at.String(), s.predicate, s.value}
			subjects[key] = append(subjects[key], s.subject)
			plain[key] = plain[key] || !s.ruled
		}
	}
	var list []report.Untraced
	for key, of := range subjects {
		says := fmt.Sprintf("%s: %s is %s", slices.Min(of), key.predicate, key.value)
		if len(of) > 1 {
			says += fmt.Sprintf(" (and %d more)", len(of)-1)
		}
		if !plain[key] {
			says += ", a decision that is not on record"
		}
		list = append(list, report.Untraced{Pointer: key.pointer, Says: says})
	}
	slices.SortFunc(list, func(a, b report.Untraced) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Says, b.Says))
	})
	return list
}

func (t *tracer) isTraced(s *tracked) bool {
	return s.traced || s.ruled && !t.Rulings
}

// allTraced reports whether untraced has nothing to tell.
func (t *tracer) allTraced() bool {
	for _, said := range t.statements {
		for _, s := range said {
			if !t.isTraced(s) {
				return false
			}
		}
	}
	return true
}
