package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"sync"
	"time"
)

//go:embed page
var pageFiles embed.FS

var (
	pageStyle  = mustReadPage("page/page.css")
	pageScript = mustReadPage("page/page.js")

	// It is read when the first page is written; most commands write none.
	pageTemplate = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("page.gohtml").Funcs(template.FuncMap{
			"label":   func(o Outcome) string { return looks[o].Label },
			"sign":    func(o Outcome) string { return looks[o].Sign },
			"clean":   printable,
			"brief":   brief,
			"percent": percent,
			"count":   count,
			"utc":     func(t time.Time) time.Time { return t.UTC() },
		}).ParseFS(pageFiles, "page/*.gohtml"))
	})
)

func mustReadPage(name string) string {
	data, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// page is a report as its page shows it.
type page struct {
	*Report
	Policy string
	Style  template.CSS
	Script template.JS

	Heading  string
	Tally    []tally
	Troubles []told
	Expected []told
	Skips    []group[Case]
	Heat     heatMap
	Covered  []covered
	Traced   *traced
	Folders  []group[listed]
}

// tally is how many cases had an outcome, and its part of a bar 100 wide.
type tally struct {
	Outcome  Outcome
	N        int
	At, Wide float64
}

// listed is a case in a list. Anchor is where its story is told, empty if nowhere.
type listed struct {
	*Case
	Anchor string
}

// meter is a part of a whole.
type meter struct{ Part, Total int }

// covered is a group of things and what of it was never exercised.
type covered struct {
	Name    string
	Meter   meter
	Missing []string
	Excused []CoverageItem
}

// WriteHTML writes the report as one page that needs nothing else: it loads nothing,
// and a policy in it keeps whatever a target answered from being run. Bodies are cut
// where the page would grow too long; the JSON report has them whole.
func (r *Report) WriteHTML(w io.Writer) error {
	var b bytes.Buffer
	if err := pageTemplate().Execute(&b, newPage(r)); err != nil {
		return fmt.Errorf("render report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func newPage(r *Report) *page {
	p := &page{
		Report:  r,
		Style:   template.CSS(pageStyle),
		Script:  template.JS(pageScript),
		Heading: r.heading(),
		Tally:   newTally(r),
		Skips:   r.skips(),
		Policy: fmt.Sprintf("default-src 'none'; img-src data:; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
			hashOf(pageStyle), hashOf(pageScript)),
	}

	var all []listed
	teller := &teller{room: pageLimit}
	for i := range r.Cases {
		c := &r.Cases[i]
		l := listed{Case: c}
		if looks[c.Outcome].bad >= looks[ExpectedFail].bad {
			l.Anchor = fmt.Sprintf("case-%d", i+1)
		}
		all = append(all, l)
	}
	p.Troubles = teller.tell(all, troubles...)
	p.Expected = teller.tell(all, ExpectedFail)
	p.Heat = newHeatMap(r.Kinds, all)
	p.Folders = groupBy(all, func(l listed) string { return l.folder() })

	for _, g := range r.Coverage.groups() {
		seen, total := g.Seen()
		p.Covered = append(p.Covered, covered{g.Name, meter{seen, total}, g.missing(), g.excused()})
	}
	if r.Trace != nil {
		p.Traced = newTraced(r.Trace)
	}
	return p
}

func newTally(r *Report) []tally {
	counts := r.Counts()
	var ts []tally
	at := 0.0
	for _, o := range Outcomes {
		wide := 100 * float64(counts[o]) / float64(max(len(r.Cases), 1))
		ts = append(ts, tally{o, counts[o], at, wide})
		at += wide
	}
	return ts
}

// hashOf is what a content security policy calls an inline element by.
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// traced is a trace as the page shows it.
type traced struct {
	*Trace
	Documents []document
	Verdicts  []Verdict
	Meter     meter // of all mutants
	Scores    []scored
}

// document is its facts, and how many of them the contract may not leave as they are.
type document struct {
	group[Fact]
	Bad int
}

// scored is a score with its survivors apart.
type scored struct {
	Score
	Meter       meter
	Unnoticed   []string
	Equivalents []group[Survivor]
}

func newTraced(t *Trace) *traced {
	v := &traced{Trace: t}
	for _, g := range groupBy(t.Facts, func(f Fact) string { return f.Document }) {
		d := document{group: g}
		for _, f := range g.Items {
			if !f.OK() {
				d.Bad++
			}
		}
		v.Documents = append(v.Documents, d)
	}
	for _, g := range groupBy(t.Facts, func(f Fact) string { return string(f.Verdict) }) {
		v.Verdicts = append(v.Verdicts, Verdict(g.Key))
	}
	v.Meter.Part, v.Meter.Total = t.killed()
	for _, s := range t.scores() {
		v.Scores = append(v.Scores, scored{s, meter{s.Killed, s.Total}, s.unnoticed(), equivalents(s.Survivors)})
	}
	return v
}
