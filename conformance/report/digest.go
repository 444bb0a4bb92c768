package report

import (
	"fmt"
	"slices"
	"strings"
)

// group is things that have something in common.
type group[T any] struct {
	Key   string
	Items []T
}

// groupBy sorts items into groups, in the order in which their keys first appear.
func groupBy[T any](items []T, key func(T) string) []group[T] {
	var groups []group[T]
	at := map[string]int{}
	for _, item := range items {
		k := key(item)
		i, ok := at[k]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, group[T]{Key: k})
		}
		groups[i].Items = append(groups[i].Items, item)
	}
	return groups
}

// troubles are the outcomes that keep a target from being called conformant.
var troubles = []Outcome{Fail, UnexpectedPass, Errored}

// of are the cases with these outcomes, in the order of the outcomes.
func (r *Report) of(outcomes ...Outcome) []Case {
	var cases []Case
	for _, o := range outcomes {
		for _, c := range r.Cases {
			if c.Outcome == o {
				cases = append(cases, c)
			}
		}
	}
	return cases
}

// skips are the skipped cases by reason, the most frequent first.
func (r *Report) skips() []group[Case] {
	groups := groupBy(r.of(Skipped), func(c Case) string { return c.Reason })
	slices.SortStableFunc(groups, func(a, b group[Case]) int { return len(b.Items) - len(a.Items) })
	return groups
}

// heading is the verdict as a heading has it.
func (r *Report) heading() string {
	v := r.Verdict()
	return strings.ToUpper(v[:1]) + v[1:]
}

// folder is the first segment of the case's id, the service.
func (c Case) folder() string {
	folder, _, _ := strings.Cut(c.ID, "/")
	return folder
}

// verdictOn is what to say of a case that is in trouble besides its findings.
func (c Case) verdictOn() string {
	switch {
	case c.Outcome == UnexpectedPass && c.Reason != "":
		return "it passed, and was expected to fail: " + c.Reason
	case c.Outcome == UnexpectedPass:
		return "it passed, and was expected to fail"
	case c.Outcome == ExpectedFail && c.Reason != "":
		return "it failed as expected: " + c.Reason
	case c.Outcome == Fail && len(c.Findings) == 0 && c.Reason == "":
		return "it failed without a finding"
	default:
		return c.Reason
	}
}

// where is the place a finding was made, such as "exchange 2, /error_code".
func (f Finding) where() string {
	switch {
	case f.Step > 0 && f.Where != "":
		return fmt.Sprintf("exchange %d, %s", f.Step, f.Where)
	case f.Step > 0:
		return fmt.Sprintf("exchange %d", f.Step)
	default:
		return f.Where
	}
}

// String is the finding in a line.
func (f Finding) String() string {
	if where := f.where(); where != "" {
		return fmt.Sprintf("[%s] %s: %s", f.Layer, where, f.Message)
	}
	return fmt.Sprintf("[%s] %s", f.Layer, f.Message)
}

// missing are the names of what was never exercised and could have been.
func (g CoverageGroup) missing() []string {
	var names []string
	for _, item := range g.Items {
		if item.Times == 0 && item.Excuse == "" {
			names = append(names, item.Name)
		}
	}
	return names
}

// excused are the things never exercised that no black box can provoke.
func (g CoverageGroup) excused() []CoverageItem {
	var items []CoverageItem
	for _, item := range g.Items {
		if item.Times == 0 && item.Excuse != "" {
			items = append(items, item)
		}
	}
	return items
}

// groups are those of a coverage that may be nil.
func (c *Coverage) groups() []CoverageGroup {
	if c == nil {
		return nil
	}
	return c.Groups
}

// Summary is the trace in a line, such as "57 of 57 facts, 8 of 8 decisions, 0 untraced".
func (t *Trace) Summary() string {
	var ok, total [2]int
	otherwise := 0
	for _, f := range t.Facts {
		i := 0
		if f.Decision {
			i = 1
		}
		total[i]++
		switch {
		case f.Verdict == Otherwise:
			otherwise++
		case f.OK():
			ok[i]++
		}
	}
	s := fmt.Sprintf("%d of %d facts", ok[0], total[0])
	if total[1] > 0 {
		s += fmt.Sprintf(", %d of %d decisions", ok[1], total[1])
	}
	if otherwise > 0 {
		s += fmt.Sprintf(" (%d taken otherwise)", otherwise)
	}
	return fmt.Sprintf("%s, %d untraced", s, len(t.Untraced))
}

// bad are the facts the contract may not leave as they are.
func (t *Trace) bad() []Fact {
	return slices.DeleteFunc(slices.Clone(t.Facts), Fact.OK)
}

// killed are the mutants noticed, of how many that could be.
func (t *Trace) killed() (killed, total int) {
	for _, s := range t.Mutations {
		killed += s.Killed
		total += s.Total
	}
	return killed, total
}

// scores are those of the mutations, first those with something that went unnoticed.
func (t *Trace) scores() []Score {
	sorted := slices.Clone(t.Mutations)
	slices.SortStableFunc(sorted, func(a, b Score) int { return min(b.Total-b.Killed, 1) - min(a.Total-a.Killed, 1) })
	return sorted
}

// unnoticed are the survivors that say something else than the original.
func (s Score) unnoticed() []string {
	var mutants []string
	for _, m := range s.Survivors {
		if m.Equivalent == "" {
			mutants = append(mutants, m.Mutant)
		}
	}
	return mutants
}

// equivalents are the other survivors, by the reason why nobody can notice them.
func equivalents(survivors []Survivor) []group[Survivor] {
	same := slices.DeleteFunc(slices.Clone(survivors), func(s Survivor) bool { return s.Equivalent == "" })
	return groupBy(same, func(s Survivor) string { return s.Equivalent })
}

// look is how an outcome is shown.
type look struct {
	Label  string // after a number
	Sign   string // so that nothing depends on colour
	Colour string // on a terminal
	bad    int    // the higher, the worse
}

var looks = map[Outcome]look{
	Pass:           {"passed", "✓", green, 0},
	Skipped:        {"skipped", "–", grey, 1},
	ExpectedFail:   {"failed as expected", "≈", yellow, 2},
	UnexpectedPass: {"passed unexpectedly", "?", magenta, 3},
	Fail:           {"failed", "✗", red, 4},
	Errored:        {"not judged", "!", red, 5},
}

// Colours of a terminal.
const (
	red     = "31"
	green   = "32"
	yellow  = "33"
	magenta = "35"
	grey    = "90"
	bold    = "1"
)

// manyExchanges is how many of a case are told whole in lists.
const manyExchanges = 24

// told are the indices of the exchanges to tell in lists: all of them or, where they
// are many, those that something was found in.
func (c Case) told() []int {
	var told []int
	for i := range c.Exchanges {
		found := slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Step == i+1 })
		if found || len(c.Exchanges) <= manyExchanges {
			told = append(told, i)
		}
	}
	return told
}
