package generate

import (
	"slices"

	"github.com/appgrant/appgrant/conformance/cases"
)

// mostTries bounds how often Shrink has a case run.
const mostTries = 400

// Shrink makes a sequence that fails as small as it gets: it leaves out actions, many
// at a time and then one by one, and makes those that remain simpler. fails tells
// whether a case fails; it is asked a bounded number of times. A sequence that does not
// fail once more is returned as it is.
func (s Sequence) Shrink(fails func(cases.Case) bool) Sequence {
	sh := &shrinker{Sequence: s, fails: fails, left: mostTries}
	if !sh.keep(s.Actions) {
		return s
	}
	for again := true; again; {
		again = sh.leaveOut()
		again = sh.simplify() || again
	}
	return sh.Sequence
}

// shrinker is the smallest sequence so far.
type shrinker struct {
	Sequence
	fails func(cases.Case) bool
	left  int // tries
}

// keep takes over other actions if they fail.
func (sh *shrinker) keep(actions []Action) bool {
	if sh.left == 0 {
		return false
	}
	sh.left--
	other := sh.Sequence
	other.Actions = actions
	if !sh.fails(other.Case()) {
		return false
	}
	sh.Sequence = other
	return true
}

// leaveOut leaves out what is not needed to fail, and reports whether there was any.
func (sh *shrinker) leaveOut() (some bool) {
	for size := (len(sh.Actions) + 1) / 2; size > 0; size /= 2 {
		for from := len(sh.Actions) - size; from >= 0; from -= size {
			some = sh.keep(slices.Delete(slices.Clone(sh.Actions), from, from+size)) || some
		}
	}
	return some
}

// simplify turns down what need not be so, and reports whether there was any.
func (sh *shrinker) simplify() (some bool) {
	for i := range sh.Actions {
		for knob := range sh.Actions[i].knobs() {
			simpler := slices.Clone(sh.Actions)
			if at := simpler[i].knobs()[knob]; *at != 0 {
				*at = 0
				some = sh.keep(simpler) || some
			}
		}
	}
	return some
}
