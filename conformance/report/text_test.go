package report_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/appgrant/appgrant/conformance/report"
)

func TestTextOfLittle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		report *report.Report
		want   string
	}{
		{
			"all passed",
			&report.Report{Subject: "http://x", Duration: 1500000, Cases: []report.Case{{Outcome: report.Pass}}},
			"conformant: http://x\n  1 case: 1 passed\n  in 2ms\n",
		},
		{
			"a problem",
			&report.Report{Subject: "http://x", Problem: "connection refused"},
			"could not be judged: http://x\n  connection refused\n  in 0s\n",
		},
		{
			"facts alone",
			&report.Report{Subject: "app.yaml", Trace: &report.Trace{Facts: []report.Fact{{Verdict: report.Found}}}},
			"contract and documents\n  1 of 1 facts, 0 untraced\n\nconformant: app.yaml\n  1 of 1 facts, 0 untraced\n  in 0s\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := tt.report.WriteText(&b, report.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			if b.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", b.String(), tt.want)
			}
		})
	}
}

func TestTraceOfNothing(t *testing.T) {
	t.Parallel()
	if got := string(written(t, new(report.Report).WriteTrace)); got != "no trace\n" {
		t.Errorf("got %q", got)
	}
}

func TestTerminalIsSafe(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		var b strings.Builder
		r := hostileReport(text)
		if err := r.WriteText(&b, report.TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := r.WriteTrace(&b); err != nil {
			t.Fatal(err)
		}
		p := report.NewProgress(&b, len(r.Cases), false)
		for _, c := range r.Cases {
			p.Add(c)
		}
		for _, r := range b.String() {
			if !unicode.IsPrint(r) && r != '\n' && r != '\t' {
				t.Errorf("%q: %U got through", text, r)
			}
		}
		if !strings.Contains(b.String(), "hostile") {
			t.Errorf("%q: nothing is left of it", text)
		}
	}
}

func TestLongListsAreCut(t *testing.T) {
	t.Parallel()
	g := report.CoverageGroup{Name: "values"}
	for i := range 25 {
		g.Items = append(g.Items, report.CoverageItem{Name: fmt.Sprintf("item %d", i)})
	}
	r := &report.Report{Coverage: &report.Coverage{Groups: []report.CoverageGroup{g}}}
	for _, tt := range []struct {
		name  string
		all   bool
		items int
		more  int
	}{
		{"some", false, 10, 1},
		{"all", true, 25, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := r.WriteText(&b, report.TextOptions{All: tt.all}); err != nil {
				t.Fatal(err)
			}
			items, more := strings.Count(b.String(), "\n  item "), strings.Count(b.String(), "\n  and 15 more\n")
			if items != tt.items || more != tt.more {
				t.Errorf("%d items and %d notes, want %d and %d", items, more, tt.items, tt.more)
			}
		})
	}
}
