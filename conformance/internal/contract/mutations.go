package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/appgrant/appgrant/conformance/internal/contract/damage"
	"github.com/appgrant/appgrant/conformance/report"
)

// Why damage may go unnoticed. The last two hold without Options.Rulings.
const (
	isSame    = "its statements are the original's, with a mark where that has one and it counts"
	isOwn     = "all that it takes away or adds is covered by an x-ruling: a decision of this file's own"
	isOwnBody = "only a decision forbids it, and this file may decide otherwise"
)

// damageContract damages the file in every way and counts what is noticed.
func (j *judgement) damageContract(ctx context.Context) []report.Score {
	mutants := j.sample(damage.All(j.outline.root))
	killed, equivalent := make([]bool, len(mutants)), make([]string, len(mutants))
	parallel(len(mutants), func(i int) {
		if ctx.Err() == nil {
			killed[i], equivalent[i] = j.notices(ctx, mutants[i])
		}
	})
	tally := newTally("contract", damage.Operators())
	for i, m := range mutants {
		tally.count(m.Operator, m.What, equivalent[i], killed[i])
	}
	return tally.scores()
}

// sample is one mutant in j.OneIn, operator by operator.
func (j *judgement) sample(mutants []damage.Mutant) []damage.Mutant {
	if j.OneIn < 2 {
		return mutants
	}
	seen := map[string]int{}
	return slices.DeleteFunc(mutants, func(m damage.Mutant) bool {
		seen[m.Operator]++
		return seen[m.Operator]%j.OneIn != 1
	})
}

// notices reports whether damage is noticed, and if not, why it may go unnoticed.
// Statements are compared first, which is cheap; only what that does not notice is
// loaded and meets the examples.
func (j *judgement) notices(ctx context.Context, m damage.Mutant) (noticed bool, equivalent string) {
	o := flatten(m.Apply(j.outline.root), j.outline)
	switch {
	case !o.whole || !j.fits(o):
		return true, ""
	case m.Harmless != "" && m.Sound:
		return false, m.Harmless
	case m.Harmless == "" && !j.Rulings && j.ownDecision(o):
		return false, isOwn
	}
	if equivalent = m.Harmless; equivalent == "" && j.same(o) {
		equivalent = isSame
	}
	return !j.works(ctx, o, m), equivalent
}

// ownDecision reports whether a damaged file differs in statements, and in none but
// those that an x-ruling covers. Where a document lost its URI, that itself is such
// a decision.
func (j *judgement) ownDecision(o *outline) bool {
	type saying struct {
		about
		value string
		ruled bool
	}
	count := map[saying]int{}
	differs := len(o.sections) != len(j.outline.sections)
	for sign, side := range map[int]*outline{-1: j.outline, 1: o} {
		other := j.outline
		if side == other {
			other = o
		}
		var renames []string
		for _, d := range j.documents {
			op := operationOf(d, j.documents, side)
			differs = differs || op != operationOf(d, j.documents, other)
			_, from, _ := strings.Cut(op, " ")
			renames = append(renames, op, subjectOf(d.URI), "path "+from, "path "+d.URI.Path)
		}
		same := strings.NewReplacer(renames...)
		for path, s := range side.sections {
			if other.sections[path] == s {
				continue
			}
			for _, st := range s.statements {
				st.subject = same.Replace(st.subject)
				count[saying{st.about, st.value, st.ruled}] += sign
			}
		}
	}
	for said, n := range count {
		if n != 0 && !said.ruled {
			return false
		}
		differs = differs || n != 0
	}
	return differs
}

// works reports whether a damaged file can be loaded, and accepts the documents'
// examples. Harmless damage has no bearing on those.
func (j *judgement) works(ctx context.Context, o *outline, m damage.Mutant) bool {
	spec, err := json.Marshal(o.root)
	if err != nil {
		return false
	}
	v, err := newValidator(spec, j.codes)
	if err != nil {
		return false
	}
	if m.Harmless != "" {
		return true
	}
	for _, c := range locate(j.documents, o) {
		for _, e := range c.Examples {
			if v.accept(ctx, c.Document, c.op, e) != nil {
				return false
			}
		}
	}
	return true
}

// fits reports whether the statements of a damaged file still do. Documents whose
// paths say what they said are passed over.
func (j *judgement) fits(o *outline) bool {
	lists := [][]statement{o.rest}
	touched := map[string]bool{}
	for path, s := range o.sections {
		if j.outline.sections[path] != s {
			touched[path] = true
			lists = append(lists, s.statements)
		}
	}
	for path := range j.outline.sections {
		touched[path] = touched[path] || o.sections[path] == nil
	}
	var concerned []*collector
	for i, c := range j.collectors {
		if !slices.ContainsFunc(c.paths(), func(path string) bool { return touched[path] }) {
			continue
		}
		if op := operationOf(c.Document, j.documents, o); op != c.op {
			c = collect(j.documents[i], op)
		}
		concerned = append(concerned, c)
		for _, path := range c.paths() {
			if s := o.sections[path]; s != nil && !touched[path] {
				lists = append(lists, s.statements)
			}
		}
	}
	t := newTracer(j.Options, lists...)
	for _, c := range concerned {
		if !t.fits(c) {
			return false
		}
	}
	return t.allTraced()
}

// parallel does n pieces of work on as many goroutines as there are processors.
func parallel(n int, work func(i int)) {
	var next sync.Mutex
	i := 0
	take := func() (int, bool) {
		next.Lock()
		defer next.Unlock()
		i++
		return i - 1, i <= n
	}
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				work(i)
			}
		})
	}
	wg.Wait()
}

// tally counts mutants by operator, in the operators' order.
type tally struct {
	of        string
	operators []string
	scored    map[string]*report.Score
	// equal are the survivors that say the same, by operator and reason.
	equal map[[2]string][]string
	order [][2]string
}

func newTally(of string, operators []string) *tally {
	t := &tally{of: of, operators: operators, scored: map[string]*report.Score{}, equal: map[[2]string][]string{}}
	for _, name := range operators {
		t.scored[name] = &report.Score{Of: of, Operator: name}
	}
	return t
}

// count counts a mutant. equivalent is why it may live, if it may.
func (t *tally) count(operator, what, equivalent string, killed bool) {
	s := t.scored[operator]
	switch {
	case killed:
		s.Killed++
		s.Total++
	case equivalent == "":
		s.Total++
		s.Survivors = append(s.Survivors, report.Survivor{Mutant: what})
	default:
		key := [2]string{operator, equivalent}
		if t.equal[key] == nil {
			t.order = append(t.order, key)
		}
		t.equal[key] = append(t.equal[key], what)
	}
}

// scores are the counts of all operators. Survivors with the same reason to live
// are one, named by the first.
func (t *tally) scores() []report.Score {
	for _, key := range t.order {
		mutants := t.equal[key]
		name := mutants[0]
		if len(mutants) > 1 {
			name = fmt.Sprintf("%s (and %d more)", name, len(mutants)-1)
		}
		s := t.scored[key[0]]
		s.Survivors = append(s.Survivors, report.Survivor{Mutant: name, Equivalent: key[1]})
	}
	var all []report.Score
	for _, name := range t.operators {
		if s := t.scored[name]; s.Total > 0 || len(s.Survivors) > 0 {
			all = append(all, *s)
		}
	}
	return all
}
