package report_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/report"
)

func TestMarkdownIsNeverTooLong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		text string
		n    int
	}{
		{"many", "short", 5000},
		{"long", strings.Repeat("𝔁", 5000), 250},
		{"pipes", strings.Repeat("|", 5000), 250},
		{"backslashes and pipes", strings.Repeat(`\|`, 5000), 250},
		{"ticks", strings.Repeat("`", 5000), 250},
		{"controls", strings.Repeat("\x00", 5000), 250},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := written(t, crowded(tt.text, tt.n).WriteMarkdown)
			if len(got) > 65536 {
				t.Errorf("%d bytes", len(got))
			}
			for _, heading := range []string{"What went wrong", "Coverage", "Skipped", "Contract and documents"} {
				if !strings.Contains(string(got), "\n### "+heading+"\n") {
					t.Errorf("no part %q", heading)
				}
			}
			if !strings.HasSuffix(strings.TrimSpace(string(got)), "*") {
				t.Errorf("the last table does not say that it was cut")
			}
		})
	}
}

// crowded is a report with n of everything.
func crowded(text string, n int) *report.Report {
	r := &report.Report{Tool: text, Subject: text, Problem: text, Coverage: new(report.Coverage), Trace: new(report.Trace)}
	for i := range n {
		id := fmt.Sprintf("apig/%d/%s", i, text)
		finding := []report.Finding{{Layer: report.Meaning, Message: text}}
		r.Cases = append(r.Cases,
			report.Case{ID: id, Outcome: report.Fail, Findings: finding},
			report.Case{ID: id, Outcome: report.Skipped, Reason: id})
		r.Coverage.Groups = append(r.Coverage.Groups, report.CoverageGroup{Name: text, Items: []report.CoverageItem{{Name: text}}})
		r.Trace.Facts = append(r.Trace.Facts, report.Fact{Document: text, Row: text, Detail: text, Pointer: text, Verdict: report.Differs})
		r.Trace.Mutations = append(r.Trace.Mutations, report.Score{Of: text, Operator: text, Total: 2})
	}
	return r
}

func TestMarkdownSaysHowMuchItLeftOut(t *testing.T) {
	t.Parallel()
	const n = 5000
	got := string(written(t, crowded("short", n).WriteMarkdown))
	part, _, _ := strings.Cut(got, "### Coverage")
	shown := strings.Count(part, "\n| `apig/")
	m := regexp.MustCompile(`\*(\d+) of (\d+) rows are left out here`).FindStringSubmatch(part)
	if want := []string{strconv.Itoa(n - shown), strconv.Itoa(n)}; m == nil || shown == 0 || !cmp.Equal(want, m[1:]) {
		t.Errorf("%d rows of %d are shown, and the note is %q", shown, n, m)
	}
}

func TestMarkdownTakesAnything(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		got := string(written(t, hostileReport(text).WriteMarkdown))
		columns := 0
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			for _, cell := range outsideCode(t, line) {
				if regexp.MustCompile("hostile|three|evil").MatchString(cell) {
					t.Errorf("%q: outside of a code span: %q", text, line)
				}
			}
			if !strings.HasPrefix(line, "|") {
				columns = 0
				continue
			}
			if n := cells(line); columns == 0 {
				columns = n
			} else if n != columns {
				t.Errorf("%q: %d cells instead of %d: %s", text, n, columns, line)
			}
		}
		if strings.Count(got, "<details>") != strings.Count(got, "\n</details>\n") {
			t.Errorf("%q: details are not closed", text)
		}
	}
}

// cells counts the cells of a row as GitHub does: a backslash keeps what follows
// from ending a cell.
func cells(row string) int {
	n := 0
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			n++
		}
	}
	return n - 1
}

// outsideCode is what is left of a line without its code spans.
func outsideCode(t *testing.T, line string) []string {
	t.Helper()
	ticks := regexp.MustCompile("`+")
	var outside []string
	for {
		fence := ticks.FindStringIndex(line)
		if fence == nil {
			return append(outside, line)
		}
		outside = append(outside, line[:fence[0]])
		opening := line[fence[0]:fence[1]]
		line = line[fence[1]:]
		closing := -1
		for _, at := range ticks.FindAllStringIndex(line, -1) {
			if at[1]-at[0] == len(opening) {
				closing = at[1]
				break
			}
		}
		if closing < 0 {
			t.Fatalf("a code span is not closed: %q", line)
		}
		line = line[closing:]
	}
}
