package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/appgrant/appgrant/conformance/report"
)

// parsed is a report's page.
func parsed(t *testing.T, r *report.Report) *html.Node {
	t.Helper()
	page, err := html.Parse(bytes.NewReader(written(t, r.WriteHTML)))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// elements are those with one of the names, or all without one.
func elements(n *html.Node, names ...string) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, d.Data)) {
			found = append(found, d)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// reports are those every page must hold for.
func reports() map[string]*report.Report {
	rs := map[string]*report.Report{"sample": sample(), "empty": {}}
	for _, text := range hostile {
		rs[text] = hostileReport(text)
	}
	return rs
}

func TestPageLoadsNothing(t *testing.T) {
	t.Parallel()
	for name, r := range reports() {
		for _, e := range elements(parsed(t, r)) {
			for _, a := range e.Attr {
				loads := slices.Contains([]string{"src", "href", "srcset", "action", "formaction", "data", "poster", "background"}, a.Key)
				if loads && !strings.HasPrefix(a.Val, "#") && a.Val != "data:," {
					t.Errorf("%q: %s %s=%q", name, e.Data, a.Key, a.Val)
				}
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%q: %s %s=%q, which the policy refuses", name, e.Data, a.Key, a.Val)
				}
			}
		}
		for _, style := range elements(parsed(t, r), "style") {
			if strings.Contains(textOf(style), "url(") || strings.Contains(textOf(style), "@import") {
				t.Errorf("%q: the style loads something", name)
			}
		}
	}
}

func TestPagePolicyNamesItsParts(t *testing.T) {
	t.Parallel()
	for name, r := range reports() {
		page := parsed(t, r)
		policy := ""
		for _, meta := range elements(page, "meta") {
			if attr(meta, "http-equiv") == "Content-Security-Policy" {
				policy = attr(meta, "content")
			}
		}
		hash := func(element string) string {
			es := elements(page, element)
			if len(es) != 1 {
				t.Fatalf("%q: %d elements %s, want 1", name, len(es), element)
			}
			sum := sha256.Sum256([]byte(textOf(es[0])))
			return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		}
		want := "default-src 'none'; img-src data:; style-src " + hash("style") + "; script-src " + hash("script") + "; base-uri 'none'; form-action 'none'"
		if policy != want {
			t.Errorf("%q: policy is\n%s\nwant\n%s", name, policy, want)
		}
	}
}

// A hostile text must add no element to a page, and be read on it all the same.
func TestPageEscapesEverything(t *testing.T) {
	t.Parallel()
	shape := func(r *report.Report) []string {
		var names []string
		for _, e := range elements(parsed(t, r)) {
			names = append(names, e.Data)
		}
		return names
	}
	want := shape(hostileReport("hostile, not"))
	for _, text := range hostile {
		if diff := cmp.Diff(want, shape(hostileReport(text))); diff != "" {
			t.Errorf("%q: elements (-want +got):\n%s", text, diff)
		}
		page := written(t, hostileReport(text).WriteHTML)
		if bytes.Contains(page, []byte("ZgotmplZ")) {
			t.Errorf("%q: it stands where no text may stand", text)
		}
		if bytes.ContainsAny(page, "\x00\x01\x1b\u202e\u200b") {
			t.Errorf("%q: control characters got through", text)
		}
	}
}

func TestPageShowsWhatWasAnswered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"markup", hostile[0], hostile[0]},
		{"control characters", "a\x00\x1b[31m\a\tb", `a\x00\x1b[31m\a` + "\tb"},
		{"directions", "a\u202eb", `a\u202eb`},
		{"no UTF-8", "a\xff\xfeb", "a\ufffd\ufffdb"},
		{"ends of lines", "a\r\nb\nc", "a\nb\nc"},
		{"as much as fits", strings.Repeat("x", 4096), strings.Repeat("x", 4096)},
		{"too much", strings.Repeat("x", 4100), strings.Repeat("x", 4096) + "\n… and 4 bytes more"},
		{"too much within a character", strings.Repeat("𝔁", 1023) + "x" + "𝔁𝔁", strings.Repeat("𝔁", 1023) + "x" + "\n… and 8 bytes more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &report.Report{Cases: []report.Case{{
				ID: "apig/x", Outcome: report.Fail, Exchanges: []report.Exchange{{Status: 400, ResponseBody: tt.body}},
			}}}
			want := "400\n"
			if tt.want != "" {
				want += "\n" + tt.want
			}
			if got := textOf(elements(parsed(t, r), "pre")[1]); got != want {
				t.Errorf("got\n%q\nwant\n%q", got, want)
			}
		})
	}
}

func TestPageIsSound(t *testing.T) {
	t.Parallel()
	for name, r := range reports() {
		page := parsed(t, r)
		ids := map[string]bool{}
		for _, e := range elements(page) {
			if id := attr(e, "id"); id != "" && ids[id] {
				t.Errorf("%q: two elements are called %q", name, id)
			} else {
				ids[id] = true
			}
		}
		for _, e := range elements(page) {
			for _, to := range []string{strings.TrimPrefix(attr(e, "href"), "#"), attr(e, "popovertarget"), attr(e, "data-scope")} {
				if to != "" && to != "data:," && !ids[to] {
					t.Errorf("%q: %s points to %q, which is not there", name, e.Data, to)
				}
			}
		}
		for _, story := range elements(page, "article") {
			if attr(story, "id") == "" {
				t.Errorf("%q: nothing can point to a story", name)
			}
		}
		for _, th := range elements(page, "th") {
			if attr(th, "scope") == "" {
				t.Errorf("%q: the header %q has no scope", name, textOf(th))
			}
		}
		if lang := attr(elements(page, "html")[0], "lang"); lang != "en" {
			t.Errorf("%q: lang is %q", name, lang)
		}
		if n := len(elements(page, "h1")); n != 1 {
			t.Errorf("%q: %d h1", name, n)
		}
	}
}

func TestPageTellsEveryCase(t *testing.T) {
	t.Parallel()
	r := sample()
	page := parsed(t, r)

	listed := map[string]int{}
	for _, e := range elements(page, "tr") {
		if outcome := attr(e, "data-outcome"); outcome != "" {
			listed[textOf(elements(e, "code")[0])+" "+outcome]++
		}
	}
	mapped := map[string]int{}
	for _, e := range elements(page, "div") {
		if strings.HasPrefix(attr(e, "id"), "cell-") {
			for _, li := range elements(e, "li") {
				mapped[textOf(elements(li, "code")[0])+" "+strings.TrimPrefix(attr(elements(li, "span")[0], "class"), "dot ")]++
			}
		}
	}
	want := map[string]int{}
	var stories []string
	for _, c := range r.Cases {
		want[c.ID+" "+string(c.Outcome)]++
		if c.Outcome != report.Pass && c.Outcome != report.Skipped {
			stories = append(stories, c.ID)
		}
	}
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, mapped); diff != "" {
		t.Errorf("map (-want +got):\n%s", diff)
	}

	var told []string
	for _, e := range elements(page, "article") {
		told = append(told, textOf(elements(elements(e, "h3")[0], "code")[0]))
	}
	slices.Sort(told)
	slices.Sort(stories)
	if diff := cmp.Diff(stories, told); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
}

// A cell shows its worst outcome, and how many of its cases had it.
func TestMapShowsTheWorst(t *testing.T) {
	t.Parallel()
	in := func(kind string, outcomes ...report.Outcome) []report.Case {
		var cases []report.Case
		for _, o := range outcomes {
			cases = append(cases, report.Case{ID: "apig/x", Operation: "Authorize", Status: 201, Kind: kind, Outcome: o})
		}
		return cases
	}
	r := &report.Report{Cases: slices.Concat(
		in("a", report.Pass, report.Pass),
		in("b", report.Pass, report.Skipped),
		in("c", report.Skipped, report.ExpectedFail),
		in("d", report.ExpectedFail, report.UnexpectedPass),
		in("e", report.UnexpectedPass, report.Fail, report.Fail),
		in("f", report.Fail, report.Errored),
	)}
	var got []string
	for _, button := range elements(parsed(t, r), "button") {
		got = append(got, attr(button, "class")+": "+attr(button, "title"))
	}
	want := []string{
		"pass: Authorize, 201, a: 2 passed",
		"skipped: Authorize, 201, b: 1 of 2 skipped",
		"expected-fail: Authorize, 201, c: 1 of 2 failed as expected",
		"unexpected-pass: Authorize, 201, d: 1 of 2 passed unexpectedly",
		"fail: Authorize, 201, e: 2 of 3 failed",
		"error: Authorize, 201, f: 1 of 2 not judged",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPageStaysSmall(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		report    *report.Report
		megabytes float64
	}{
		{"every tenth failed", large(1500, 10, 500), 1.5},
		{"every tenth failed with long answers", large(1500, 10, 100_000), 2},
		{"all failed", large(1500, 1, 100_000), 2.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := written(t, tt.report.WriteHTML)
			if mb := float64(len(got)) / 1e6; mb > tt.megabytes {
				t.Errorf("%.2f MB, want at most %.2f", mb, tt.megabytes)
			}
			if n := strings.Count(string(got), "<article"); n == 0 || n != len(tt.report.Cases)-passes(tt.report) {
				t.Errorf("%d stories", n)
			}
		})
	}
}

func TestPageSaysWhatItLeftOut(t *testing.T) {
	t.Parallel()
	r := large(400, 1, 100_000)
	told := func(e *html.Node) int {
		n := len(elements(e, "details"))
		for _, li := range elements(e, "li") {
			if li.Parent.Data == "ul" {
				n++
			}
		}
		return n
	}
	for _, e := range elements(parsed(t, r), "article") {
		note := ""
		for _, p := range elements(e, "p") {
			if attr(p, "class") == "note" {
				note = textOf(p)
			}
		}
		if full := told(e) == 5; full == (note != "") {
			t.Fatalf("%d parts are told, and the note is %q", told(e), note)
		}
	}
}

func passes(r *report.Report) int { return r.Counts()[report.Pass] }
