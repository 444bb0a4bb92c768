// Package breaking compares two OpenAPI contracts and says whether clients of the one
// can go on with the other. What oasdiff knows is taken from it; what it passes over,
// such as examples, addresses and what is new to it, is judged here, and what nobody
// can judge counts as a break. A break has to be announced by the next major version.
package breaking

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Report is the comparison of a contract with an earlier one, its base.
type Report struct {
	Base    string `json:"base"`    // the version of the earlier one
	Version string `json:"version"` // the version of the later one
	// Verdict is that of the whole.
	Verdict Verdict `json:"verdict"`
	// Asks is what the changes ask of the next version, and Next that version.
	Asks Need   `json:"asks"`
	Next string `json:"next"`
	// Remark tells of a version that has not risen as the changes ask, if they break
	// nothing: a contract under work keeps its version until it is released.
	Remark string `json:"remark,omitempty"`
	// Findings are the changes, what breaks first; never nil.
	Findings []Finding `json:"findings"`
}

// Verdict is what a comparison comes to.
type Verdict string

// The verdicts. Only Breaking is a failure.
const (
	Unchanged  Verdict = "unchanged"
	Compatible Verdict = "compatible"
	Announced  Verdict = "announced" // it breaks, and the major version has risen
	Breaking   Verdict = "breaking"
)

// Finding is one change, wherever it shows.
type Finding struct {
	ID     string `json:"id"`
	Asks   Need   `json:"asks"` // Major: it breaks
	Change string `json:"change"`
	// Consequence is what clients will see; of breaks only.
	Consequence string  `json:"consequence,omitempty"`
	Places      []Place `json:"places,omitempty"` // none: it is of the contract as a whole
}

// Place is an operation, and the statuses of its answers if the change is in some.
type Place struct {
	Method      string   `json:"method"`
	Path        string   `json:"path"`
	OperationID string   `json:"operation_id,omitempty"`
	Statuses    []string `json:"statuses,omitempty"`
}

// Breaks counts the findings that break.
func (r *Report) Breaks() int {
	n := 0
	for _, f := range r.Findings {
		if f.Asks == Major {
			n++
		}
	}
	return n
}

// finding is a change in one operation.
type finding struct {
	id, change, consequence string
	need                    Need
	operation               operationKey
	statuses                []string
	about                   []difference // that it tells
	args                    []any        // of oasdiff's text
	claims                  []string     // the locations that its rule is about
	media, shared           string       // the media type and the shared schema, where it names them
}

// Compare tells what changes from base to revision. It is an error if revision's
// version is lower, or if they are contracts of different things: of another title,
// without an operation in common. Both may be compared again.
func Compare(base, revision *Contract) (*Report, error) {
	if base.unlike(revision) {
		return nil, fmt.Errorf("the contracts %q and %q have no operation in common", base.doc.Info.Title, revision.doc.Info.Title)
	}
	if revision.version.compare(base.version) < 0 {
		return nil, fmt.Errorf("the version %s is lower than %s, which came before", revision.Version(), base.Version())
	}
	found, err := checked(base, revision)
	if err != nil {
		return nil, err
	}
	different, err := differences(base, revision)
	if err != nil {
		return nil, err
	}
	known := len(found)
	for _, d := range different {
		judged, told := d.judge(), false
		for i := range found[:known] {
			if f := &found[i]; f.tells(d, judged.need) {
				f.about, told = append(f.about, d), true
			}
		}
		if !told {
			found = append(found, judged)
		}
	}
	if len(found) == 0 {
		if found, err = rewritten(base.form, revision.form); err != nil {
			return nil, err
		}
	}
	share(found)
	r := &Report{Base: base.Version(), Version: revision.Version(), Findings: grouped(found, base.operations(), revision.operations())}
	r.conclude(base.version, revision.version)
	return r, nil
}

func (r *Report) conclude(base, revision version) {
	for _, f := range r.Findings {
		r.Asks = max(r.Asks, f.Asks)
	}
	r.Next = base.next(r.Asks)
	announced := base.announces(r.Asks, revision)
	switch {
	case r.Asks == None:
		r.Verdict = Unchanged
	case r.Asks < Major:
		r.Verdict = Compatible
		if !announced {
			r.Remark = fmt.Sprintf("the version is %s, and the changes ask for %s when it is released", revision.text, r.Next)
		}
	case announced:
		r.Verdict = Announced
	default:
		r.Verdict = Breaking
	}
}

// grouped makes one finding of each change, however many operations it is in.
func grouped(found []finding, base, revision map[operationKey]operation) []Finding {
	type same struct{ id, change, consequence string }
	groups := map[same]*Finding{}
	for _, f := range found {
		key := same{f.id, f.change, f.consequence}
		g := groups[key]
		if g == nil {
			g = &Finding{ID: f.id, Asks: f.need, Change: f.change, Consequence: f.consequence}
			groups[key] = g
		}
		g.Asks = max(g.Asks, f.need)
		if f.operation != (operationKey{}) {
			g.add(placeOf(f, base, revision))
		}
	}
	findings := make([]Finding, 0, len(groups))
	for _, g := range groups {
		slices.SortFunc(g.Places, func(a, b Place) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
		})
		g.Change = strings.ReplaceAll(g.Change, anyStatus, strings.Join(g.statuses(), ", "))
		findings = append(findings, *g)
	}
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Asks, a.Asks), strings.Compare(a.ID, b.ID),
			strings.Compare(a.Change, b.Change), strings.Compare(a.Consequence, b.Consequence))
	})
	return findings
}

func placeOf(f finding, base, revision map[operationKey]operation) Place {
	p := Place{Method: f.operation.method, Path: f.operation.path, Statuses: f.statuses}
	for _, ops := range []map[operationKey]operation{base, revision} { // clients know it by what it was
		if op, ok := ops[f.operation]; ok {
			p.Path, p.OperationID = op.path, op.OperationID
			break
		}
	}
	return p
}

// statuses are those of all places.
func (f *Finding) statuses() []string {
	var all []string
	for _, p := range f.Places {
		all = append(all, p.Statuses...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (f *Finding) add(p Place) {
	i := slices.IndexFunc(f.Places, func(q Place) bool { return q.Method == p.Method && q.Path == p.Path })
	if i < 0 {
		f.Places = append(f.Places, p)
		return
	}
	statuses := append(slices.Clone(f.Places[i].Statuses), p.Statuses...)
	slices.Sort(statuses)
	f.Places[i].Statuses = slices.Compact(statuses)
}
