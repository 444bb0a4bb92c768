package report

// Exit statuses of the suite, which are its own.
const (
	ExitConformant    = 0
	ExitNonconformant = 1
	ExitUnjudged      = 2 // it could not be judged, or not whole
)

// Exit is the exit status of the run.
func (r *Report) Exit() int {
	counts := r.Counts()
	switch {
	case r.Problem != "" || counts[Errored] > 0:
		return ExitUnjudged
	case counts[Fail]+counts[UnexpectedPass] > 0 || r.Trace != nil && !r.Trace.OK():
		return ExitNonconformant
	default:
		return ExitConformant
	}
}

// Verdict is the run in a few words.
func (r *Report) Verdict() string {
	switch r.Exit() {
	case ExitConformant:
		if !r.Coverage.whole() {
			return "conformant as far as exercised"
		}
		return "conformant"
	case ExitNonconformant:
		return "not conformant"
	default:
		return "could not be judged"
	}
}

// Counts are the numbers of cases by outcome.
func (r *Report) Counts() map[Outcome]int {
	counts := map[Outcome]int{}
	for _, c := range r.Cases {
		counts[c.Outcome]++
	}
	return counts
}

// OK reports whether contract and documents fit, and whether damage would have been
// noticed.
func (t *Trace) OK() bool {
	for _, f := range t.Facts {
		if !f.OK() {
			return false
		}
	}
	for _, s := range t.Mutations {
		if s.Killed < s.Total && !t.Advisory {
			return false
		}
	}
	return len(t.Untraced) == 0
}

// whole reports whether all was exercised that can be.
func (c *Coverage) whole() bool {
	for _, g := range c.groups() {
		if seen, total := g.Seen(); seen < total {
			return false
		}
	}
	return true
}

// Seen are how many things of the group were exercised, of how many that can be.
func (g CoverageGroup) Seen() (seen, total int) {
	for _, item := range g.Items {
		if item.Excuse != "" && item.Times == 0 {
			continue
		}
		total++
		if item.Times > 0 {
			seen++
		}
	}
	return seen, total
}
