package report_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/report"
)

// The parts of a JUnit report that CI systems read.
type (
	xmlRun struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Time     string     `xml:"time,attr"`
		Suites   []xmlSuite `xml:"testsuite"`
	}
	xmlSuite struct {
		Name       string        `xml:"name,attr"`
		Tests      int           `xml:"tests,attr"`
		Failures   int           `xml:"failures,attr"`
		Errors     int           `xml:"errors,attr"`
		Skipped    int           `xml:"skipped,attr"`
		Timestamp  string        `xml:"timestamp,attr"`
		Properties []xmlProperty `xml:"properties>property"`
		Cases      []xmlCase     `xml:"testcase"`
	}
	xmlProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	xmlCase struct {
		Name    string     `xml:"name,attr"`
		Class   string     `xml:"classname,attr"`
		Time    string     `xml:"time,attr"`
		Failure *xmlDetail `xml:"failure"`
		Error   *xmlDetail `xml:"error"`
		Skipped *xmlDetail `xml:"skipped"`
	}
	xmlDetail struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func junit(t *testing.T, r *report.Report) xmlRun {
	t.Helper()
	var run xmlRun
	if err := xml.Unmarshal(written(t, r.WriteJUnit), &run); err != nil {
		t.Fatal(err)
	}
	return run
}

func (r xmlRun) suite(t *testing.T, name string) xmlSuite {
	t.Helper()
	for _, s := range r.Suites {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no suite %q", name)
	return xmlSuite{}
}

func TestJUnitCounts(t *testing.T) {
	t.Parallel()
	run := junit(t, sample())

	type counts struct{ Tests, Failures, Errors, Skipped int }
	got := map[string]counts{"": {run.Tests, run.Failures, run.Errors, run.Skipped}}
	for _, s := range run.Suites {
		got[s.Name] = counts{s.Tests, s.Failures, s.Errors, s.Skipped}
		if s.Tests != len(s.Cases) {
			t.Errorf("suite %s says %d tests and has %d", s.Name, s.Tests, len(s.Cases))
		}
	}
	want := map[string]counts{
		"":          {347, 7, 1, 19},
		"apig":      {88, 2, 0, 2},
		"roma":      {49, 1, 0, 1},
		"modelarts": {73, 0, 0, 3},
		"dataarts":  {33, 0, 1, 13},
		"facts":     {100, 2, 0, 0},
		"untraced":  {1, 1, 0, 0},
		"mutations": {3, 1, 0, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if run.Name != "appgrant conformance 0.5.0" || run.Time != "12.346" {
		t.Errorf("run is %q in %q", run.Name, run.Time)
	}
	properties := []xmlProperty{
		{"target", "http://127.0.0.1:8080"}, {"verdict", "could not be judged"}, {"seed", "4242424242"},
	}
	if diff := cmp.Diff(properties, run.Suites[0].Properties); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if got, want := run.Suites[0].Timestamp, "2026-11-22T16:43:33"; got != want {
		t.Errorf("timestamp = %q, want %q", got, want)
	}
}

func TestJUnitCases(t *testing.T) {
	t.Parallel()
	exchange := authorize(404, "")
	exchange.Curl = "curl 'http://x'"
	finding := report.Finding{Layer: report.Meaning, Step: 1, Where: "/error_code", Message: `want "A", got "B"`}
	story := "[meaning] exchange 1, /error_code: want \"A\", got \"B\"\n\nexchange 1: POST " + sampleURL + ": 404, 3ms\ncurl 'http://x'\n"

	for _, tt := range []struct {
		name   string
		report report.Case
		want   xmlCase
	}{
		{"pass", report.Case{Outcome: report.Pass}, xmlCase{}},
		{
			"fail",
			report.Case{Outcome: report.Fail, Findings: []report.Finding{finding}, Exchanges: []report.Exchange{exchange}},
			xmlCase{Failure: &xmlDetail{Type: "meaning", Message: `want "A", got "B"`, Text: story}},
		},
		{
			"fail without a finding",
			report.Case{Outcome: report.Fail},
			xmlCase{Failure: &xmlDetail{Type: "fail", Message: "it failed without a finding"}},
		},
		{
			"unexpected pass",
			report.Case{Outcome: report.UnexpectedPass, Reason: "a proxy"},
			xmlCase{Failure: &xmlDetail{Type: "unexpected-pass", Message: "it passed, and was expected to fail: a proxy"}},
		},
		{
			"expected fail",
			report.Case{Outcome: report.ExpectedFail, Reason: "a proxy", Findings: []report.Finding{finding}, Exchanges: []report.Exchange{exchange}},
			xmlCase{Skipped: &xmlDetail{Message: "it failed as expected: a proxy", Text: story}},
		},
		{
			"skip",
			report.Case{Outcome: report.Skipped, Reason: "no clock"},
			xmlCase{Skipped: &xmlDetail{Message: "no clock"}},
		},
		{
			"error",
			report.Case{Outcome: report.Errored, Reason: "no answer"},
			xmlCase{Error: &xmlDetail{Type: "error", Message: "no answer"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.report.ID, tt.report.Duration = "apig/authorize/x", 1234567
			tt.want.Name, tt.want.Class, tt.want.Time = "apig/authorize/x", "apig.authorize", "0.001"
			got := junit(t, &report.Report{Cases: []report.Case{tt.report}}).suite(t, "apig").Cases
			if diff := cmp.Diff([]xmlCase{tt.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJUnitProblem(t *testing.T) {
	t.Parallel()
	run := junit(t, &report.Report{Problem: "connection refused"})
	if run.Errors != 1 || run.suite(t, "run").Cases[0].Error.Message != "connection refused" {
		t.Errorf("the problem is no error: %+v", run)
	}
}

func TestJUnitTakesAnything(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		run := junit(t, hostileReport(text))
		failure := run.suite(t, "apig").Cases[1].Failure
		if failure == nil || !strings.Contains(failure.Message, "hostile") || strings.Count(failure.Text, "hostile") != 4 {
			t.Errorf("%q: failure is %+v", text, failure)
			continue
		}
		for _, r := range failure.Message + failure.Text {
			if !unicode.IsPrint(r) && r != '\n' && r != '\t' {
				t.Errorf("%q: %U got through", text, r)
			}
		}
	}
}
