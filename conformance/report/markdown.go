package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The shares of the tables, in bytes. A comment on GitHub may be 65 536 long, and the
// shares leave room for what is around the tables.
const (
	failureShare  = 30000
	coverageShare = 4000
	missingShare  = 12000
	skipShare     = 4000
	factShare     = 6000
	mutantShare   = 4000
)

// WriteMarkdown writes the report for a pull request: the verdict, the totals, what
// failed, what was never exercised, and how contract and documents fit. It is never
// longer than GitHub takes, and says how much it left out.
func (r *Report) WriteMarkdown(w io.Writer) error {
	m := new(markdown)
	m.head(r)
	m.failures(r)
	m.coverage(r.Coverage.groups())
	m.skips(r)
	if r.Trace != nil {
		m.trace(r.Trace)
	}
	_, err := w.Write(m.Bytes())
	return err
}

// markdown is a document being written. What others wrote stands in code spans
// throughout: nothing in them is markup, a mention, a link or a reference.
type markdown struct{ bytes.Buffer }

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.Buffer, format, args...) }

// table writes rows until their share is used up.
func (m *markdown) table(share int, head string, rows []string) {
	m.printf("%s\n|%s\n", head, strings.Repeat("---|", strings.Count(head, "|")-1))
	for i, row := range rows {
		share -= len(row) + 1
		if share < 0 {
			m.printf("\n*%d of %d rows are left out here; the other reports have them.*\n", len(rows)-i, len(rows))
			break
		}
		m.printf("%s\n", row)
	}
	m.printf("\n")
}

func (m *markdown) head(r *Report) {
	m.printf("## %s\n\n", r.heading())
	about := []string{code(r.Subject, 200), code(r.Tool, 100), r.Started.UTC().Format("2006-01-02 15:04 UTC"), brief(r.Duration)}
	if r.Seed != 0 {
		about = append(about, "seed "+code(strconv.FormatUint(r.Seed, 10), 20))
	}
	m.printf("%s\n\n", strings.Join(about, " · "))
	if r.Problem != "" {
		m.printf("Not everything could be judged: %s\n\n", code(r.Problem, 500))
	}
	if len(r.Cases) == 0 {
		return
	}

	counts := r.Counts()
	labels, numbers := []string{"cases"}, []string{strconv.Itoa(len(r.Cases))}
	for _, o := range Outcomes {
		labels = append(labels, looks[o].Label)
		numbers = append(numbers, strconv.Itoa(counts[o]))
	}
	m.table(coverageShare, row(labels...), []string{row(numbers...)})
}

func (m *markdown) failures(r *Report) {
	cases := r.of(troubles...)
	if len(cases) == 0 {
		return
	}
	rows := make([]string, len(cases))
	for i, c := range cases {
		layer, message := looks[c.Outcome].Label, c.verdictOn()
		more := ""
		if len(c.Findings) > 0 {
			layer, message = string(c.Findings[0].Layer), c.Findings[0].Message
		}
		if n := len(c.Findings) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		rows[i] = row(code(c.ID, 120), layer, code(message, 300)+more)
	}
	m.printf("### What went wrong\n\n")
	m.table(failureShare, "| case | layer | finding |", rows)
}

func (m *markdown) coverage(groups []CoverageGroup) {
	if len(groups) == 0 {
		return
	}
	var rows, missing []string
	for _, g := range groups {
		seen, total := g.Seen()
		name := code(g.Name, 60)
		rows = append(rows, row(name, fmt.Sprintf("%d of %d", seen, total), percent(seen, total), strconv.Itoa(len(g.excused()))))
		for _, item := range g.missing() {
			missing = append(missing, row(name, code(item, 300)))
		}
	}
	m.printf("### Coverage\n\n")
	m.table(coverageShare, "| of | exercised | | cannot be provoked |", rows)
	if len(missing) > 0 {
		m.printf("<details><summary>Never exercised: %d</summary>\n\n", len(missing))
		m.table(missingShare, "| of | what |", missing)
		m.printf("</details>\n\n")
	}
}

func (m *markdown) skips(r *Report) {
	groups := r.skips()
	if len(groups) == 0 {
		return
	}
	rows := make([]string, len(groups))
	for i, g := range groups {
		rows[i] = row(strconv.Itoa(len(g.Items)), code(g.Key, 300))
	}
	m.printf("### Skipped\n\n")
	m.table(skipShare, "| cases | reason |", rows)
}

func (m *markdown) trace(t *Trace) {
	m.printf("### Contract and documents\n\n%s.\n\n", t.Summary())
	var rows []string
	for _, f := range t.bad() {
		rows = append(rows, row(string(f.Verdict), code(f.Document+", "+f.Row, 200), code(f.Pointer, 200), code(f.Detail, 300)))
	}
	for _, u := range t.Untraced {
		rows = append(rows, row("untraced", "", code(u.Pointer, 200), code(u.Says, 300)))
	}
	if len(rows) > 0 {
		m.table(factShare, "| verdict | fact | pointer | detail |", rows)
	}

	if len(t.Mutations) == 0 {
		return
	}
	killed, total := t.killed()
	m.printf("%d of %d mutants noticed (%s).\n\n", killed, total, percent(killed, total))
	rows = nil
	for _, s := range t.scores() {
		rows = append(rows, row(code(s.Of, 60), code(s.Operator, 60),
			fmt.Sprintf("%d of %d", s.Killed, s.Total), percent(s.Killed, s.Total)))
	}
	m.table(mutantShare, "| of | operator | noticed | |", rows)
}

// row is a row of a table.
func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |" }

// code is s as a code span that may stand in a table: on one line, fenced by more
// backticks than it has in a row, and with its pipes escaped. A pipe keeps its
// escape behind a backslash too, at the price of showing that backslash twice.
func code(s string, limit int) string {
	s = oneLine(s, limit)
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	var b strings.Builder
	backslashes := 0
	for _, r := range s {
		if r == '|' {
			b.WriteString(strings.Repeat(`\`, backslashes+1))
		}
		if r == '\\' {
			backslashes++
		} else {
			backslashes = 0
		}
		b.WriteRune(r)
	}
	return fence + b.String() + fence
}
