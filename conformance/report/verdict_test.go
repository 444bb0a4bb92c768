package report_test

import (
	"testing"

	"github.com/appgrant/appgrant/conformance/report"
)

func TestVerdict(t *testing.T) {
	t.Parallel()
	outcomes := func(os ...report.Outcome) *report.Report {
		r := new(report.Report)
		for _, o := range os {
			r.Cases = append(r.Cases, report.Case{Outcome: o})
		}
		return r
	}
	trace := func(t report.Trace) *report.Report { return &report.Report{Trace: &t} }
	fact := func(v report.Verdict) *report.Report {
		return trace(report.Trace{Facts: []report.Fact{{Verdict: report.Found}, {Verdict: v}}})
	}
	const conformant, not, unjudged = "conformant", "not conformant", "could not be judged"

	for _, tt := range []struct {
		name    string
		report  *report.Report
		exit    int
		verdict string
	}{
		{"nothing", outcomes(), 0, conformant},
		{"passes", outcomes(report.Pass, report.Pass), 0, conformant},
		{"skips and expected failures do no harm", outcomes(report.Pass, report.Skipped, report.ExpectedFail), 0, conformant},
		{"a failure", outcomes(report.Pass, report.Fail), 1, not},
		{"an unexpected pass", outcomes(report.Pass, report.UnexpectedPass), 1, not},
		{"an error", outcomes(report.Pass, report.Errored), 2, unjudged},
		{"an error outweighs a failure", outcomes(report.Fail, report.Errored), 2, unjudged},
		{"a problem", &report.Report{Problem: "no answer"}, 2, unjudged},
		{"a found fact", fact(report.Found), 0, conformant},
		{"a mended fact", fact(report.Mended), 0, conformant},
		{"a decision taken otherwise", fact(report.Otherwise), 0, conformant},
		{"a missing fact", fact(report.Missing), 1, not},
		{"a differing fact", fact(report.Differs), 1, not},
		{"something untraced", trace(report.Trace{Untraced: []report.Untraced{{Pointer: "/x"}}}), 1, not},
		{"all mutants noticed", trace(report.Trace{Mutations: []report.Score{{Killed: 2, Total: 2}}}), 0, conformant},
		{"a survivor", trace(report.Trace{Mutations: []report.Score{{Killed: 1, Total: 2}}}), 1, not},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.report.Exit(); got != tt.exit {
				t.Errorf("exit = %d, want %d", got, tt.exit)
			}
			if got := tt.report.Verdict(); got != tt.verdict {
				t.Errorf("verdict = %q, want %q", got, tt.verdict)
			}
		})
	}
}

func TestSeenLeavesOutWhatCannotBeProvoked(t *testing.T) {
	t.Parallel()
	g := report.CoverageGroup{Items: []report.CoverageItem{
		{Name: "seen", Times: 3},
		{Name: "missing"},
		{Name: "excused", Excuse: "no request makes a server fail"},
		{Name: "seen all the same", Times: 1, Excuse: "no request makes a server fail"},
	}}
	if seen, total := g.Seen(); seen != 2 || total != 3 {
		t.Errorf("seen = %d of %d, want 2 of 3", seen, total)
	}
}
