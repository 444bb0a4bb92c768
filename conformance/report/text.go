package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// TextOptions say how a terminal is written to.
type TextOptions struct {
	Color bool
	All   bool // name everything that was never exercised, rather than the first ten of a group
}

// WriteText writes the report for a terminal. What matters most comes last, where
// the eye is when a run has ended: what failed, then the totals and the verdict.
func (r *Report) WriteText(w io.Writer, opt TextOptions) error {
	t := &text{opt: opt}
	t.skips(r.skips())
	t.coverage(r.Coverage.groups())
	if r.Trace != nil {
		t.trace(r.Trace)
	}
	for _, c := range r.of(troubles...) {
		t.trouble(c)
	}
	t.verdict(r)
	_, err := w.Write(t.Bytes())
	return err
}

// text is a page for a terminal being written.
type text struct {
	bytes.Buffer
	opt TextOptions
}

func (t *text) printf(format string, args ...any) { fmt.Fprintf(&t.Buffer, format, args...) }

// paint is s in a colour, if there are colours.
func (t *text) paint(colour, s string) string {
	if !t.opt.Color {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// heading begins a part. An empty line precedes all but the first.
func (t *text) heading(s string) {
	if t.Len() > 0 {
		t.printf("\n")
	}
	t.printf("%s\n", t.paint(bold, s))
}

// indented writes foreign text, of any number of lines.
func (t *text) indented(indent, s string) {
	for line := range strings.Lines(printable(s)) {
		t.printf("%s%s\n", indent, strings.TrimSuffix(line, "\n"))
	}
}

// table aligns rows whose cells end in tabs.
func (t *text) table(rows []string) {
	tw := tabwriter.NewWriter(t, 0, 0, 2, ' ', 0)
	_, err := io.WriteString(tw, strings.Join(rows, "\n")+"\n")
	if err = errors.Join(err, tw.Flush()); err != nil {
		panic(err) // a buffer takes everything
	}
}

func (t *text) skips(groups []group[Case]) {
	if len(groups) == 0 {
		return
	}
	t.heading("skipped")
	for _, g := range groups {
		t.printf("%6d  %s\n", len(g.Items), oneLine(g.Key, 200))
	}
}

func (t *text) coverage(groups []CoverageGroup) {
	if len(groups) == 0 {
		return
	}
	t.heading("coverage")
	var rows []string
	for _, g := range groups {
		seen, total := g.Seen()
		row := fmt.Sprintf("  %s\t%d of %d\t%s", oneLine(g.Name, 60), seen, total, percent(seen, total))
		if n := len(g.excused()); n > 0 {
			row += fmt.Sprintf("\t%d cannot be provoked", n)
		}
		rows = append(rows, row)
	}
	t.table(rows)

	const few = 10
	for _, g := range groups {
		missing := g.missing()
		if len(missing) == 0 {
			continue
		}
		t.heading("never exercised: " + oneLine(g.Name, 60))
		for i, item := range missing {
			if i == few && !t.opt.All {
				t.printf("  and %d more\n", len(missing)-few)
				break
			}
			t.printf("  %s\n", oneLine(item, 300))
		}
	}
}

func (t *text) trouble(c Case) {
	o := looks[c.Outcome]
	t.heading(fmt.Sprintf("%s %s %s", t.paint(o.Colour, o.Sign), t.paint(o.Colour, o.Label), oneLine(c.ID, 200)))
	t.indented("  ", c.About)
	t.indented("  ", c.verdictOn())
	for _, f := range c.Findings {
		t.indented("  ", f.String())
	}
	for _, i := range c.told() {
		e := c.Exchanges[i]
		t.printf("  %d. %s\n", i+1, oneLine(e.line(), 300))
		t.indented("     ", e.Curl)
	}
}

func (t *text) verdict(r *Report) {
	if t.Len() > 0 {
		t.printf("\n")
	}
	colour := map[int]string{ExitConformant: green, ExitNonconformant: red, ExitUnjudged: magenta}[r.Exit()]
	t.printf("%s: %s\n", t.paint(bold, t.paint(colour, r.Verdict())), oneLine(r.Subject, 200))
	if r.Problem != "" {
		t.indented("  ", r.Problem)
	}
	if len(r.Cases) > 0 {
		t.printf("  %s\n", t.totals(r))
	}
	if r.Trace != nil {
		t.printf("  %s\n", r.Trace.Summary())
	}
	end := "in " + brief(r.Duration)
	if r.Seed != 0 {
		end += fmt.Sprintf(", seed %d", r.Seed)
	}
	t.printf("  %s\n", end)
}

// totals are the numbers of cases, such as "24 cases: 22 passed, 2 failed".
func (t *text) totals(r *Report) string {
	counts := r.Counts()
	var parts []string
	for _, o := range Outcomes {
		if counts[o] > 0 {
			parts = append(parts, t.paint(looks[o].Colour, fmt.Sprintf("%d %s", counts[o], looks[o].Label)))
		}
	}
	return count(len(r.Cases), "case") + ": " + strings.Join(parts, ", ")
}

// WriteTrace writes the traceability table for a terminal: each fact and decision
// with its place in the contract, then what is untraced, then the totals. It writes
// nothing but a line if the report has no trace.
func (r *Report) WriteTrace(w io.Writer) error {
	t := new(text)
	if r.Trace == nil {
		t.printf("no trace\n")
	} else {
		t.facts(r.Trace)
		t.printf("\n%s\n", r.Trace.Summary())
	}
	_, err := w.Write(t.Bytes())
	return err
}

func (t *text) facts(trace *Trace) {
	rows := []string{"DOCUMENT\tROW\tVERDICT\tPOINTER"}
	for _, f := range trace.Facts {
		row := fmt.Sprintf("%s\t%s\t%s\t%s", oneLine(f.Document, 80), oneLine(f.Row, 80), f.Verdict, oneLine(orDash(f.Pointer), 200))
		if f.Detail != "" {
			row += "  (" + oneLine(f.Detail, 200) + ")"
		}
		rows = append(rows, row)
	}
	for _, u := range trace.Untraced {
		rows = append(rows, fmt.Sprintf("–\t–\tuntraced\t%s  (%s)", oneLine(u.Pointer, 200), oneLine(u.Says, 200)))
	}
	t.table(rows)
}

// trace is how contract and documents fit, in short: what does not, and the mutants.
func (t *text) trace(trace *Trace) {
	t.heading("contract and documents")
	t.printf("  %s\n", trace.Summary())
	for _, f := range trace.bad() {
		t.printf("  %s %s: %s\n", t.paint(red, looks[Fail].Sign+" "+string(f.Verdict)),
			oneLine(f.Document, 80), oneLine(f.Row, 80))
		t.indented("    ", f.Pointer)
		t.indented("    ", f.Detail)
	}
	for _, u := range trace.Untraced {
		t.printf("  %s %s: %s\n", t.paint(red, looks[Fail].Sign+" untraced"), oneLine(u.Pointer, 200), oneLine(u.Says, 200))
	}
	if len(trace.Mutations) > 0 {
		t.mutants(trace)
	}
}

func (t *text) mutants(trace *Trace) {
	killed, total := trace.killed()
	t.heading("mutants")
	var rows []string
	var survivors []Survivor
	for _, s := range trace.Mutations {
		row := fmt.Sprintf("  %s\t%s\t%d of %d\t%s", oneLine(s.Of, 60), oneLine(s.Operator, 60),
			s.Killed, s.Total, percent(s.Killed, s.Total))
		rows = append(rows, row)
		survivors = append(survivors, s.Survivors...)
	}
	rows = append(rows, fmt.Sprintf("  all\t\t%d of %d\t%s", killed, total, percent(killed, total)))
	t.table(rows)

	for _, s := range trace.Mutations {
		for _, m := range s.unnoticed() {
			t.printf("  %s %s\n", t.paint(red, looks[Fail].Sign+" unnoticed"), oneLine(s.Of+", "+s.Operator+": "+m, 300))
		}
	}
	for _, g := range equivalents(survivors) {
		t.printf("  %d equivalent: %s\n", len(g.Items), oneLine(g.Key, 200))
		for _, m := range g.Items {
			t.printf("    %s\n", oneLine(m.Mutant, 300))
		}
	}
}

// orDash fills an empty cell.
func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
