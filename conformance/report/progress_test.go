package report_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/appgrant/appgrant/conformance/report"
)

// screen is what a terminal shows after s: its lines, each as last overwritten.
func screen(s string) []string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		var shown []rune
		at := 0
		for _, r := range line {
			if r == '\r' {
				at = 0
				continue
			}
			if at == len(shown) {
				shown = append(shown, r)
			} else {
				shown[at] = r
			}
			at++
		}
		lines = append(lines, strings.TrimRight(string(shown), " "))
	}
	return lines
}

func TestProgress(t *testing.T) {
	t.Parallel()
	failed := "✗ failed apig/authorize/unknown-app: [meaning] exchange 2, /error_code: want \"APIG.3004\", got \"APIG.3001\""
	unexpectedly := "? passed unexpectedly roma/app-code/last-one: it passed, and was expected to fail: the gateway keeps the last one"
	for _, tt := range []struct {
		name     string
		terminal bool
		closed   bool
		want     []string
	}{
		{"terminal", true, false, []string{failed, unexpectedly, "75 % · 3 of 4 · 1 failed · 1 passed unexpectedly · apig/d"}},
		{"terminal at the end", true, true, []string{failed, unexpectedly, ""}},
		{"file", false, false, []string{failed, unexpectedly, ""}},
		{"file at the end", false, true, []string{failed, unexpectedly, ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			p := report.NewProgress(&b, 4, tt.terminal)
			p.Begin("apig/a-case-with-a-long-name-that-must-not-linger")
			p.Add(report.Case{ID: "apig/a", Outcome: report.Pass})
			p.Add(unknownApp())
			p.Add(unexpected())
			p.Begin("apig/d")
			if tt.closed {
				p.Close()
			}
			if got := screen(b.String()); !equal(got, tt.want) {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
			if !tt.terminal && strings.Contains(b.String(), "\r") {
				t.Errorf("a carriage return in a file")
			}
		})
	}
}

func TestProgressFitsALine(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	p := report.NewProgress(&b, 1, true)
	p.Begin(strings.Repeat("𝔁", 500))
	for _, line := range screen(b.String()) {
		if n := utf8.RuneCountInString(line); n > 79 {
			t.Errorf("%d characters", n)
		}
	}
}

func TestProgressIsConcurrent(t *testing.T) {
	t.Parallel()
	const n = 200
	var b strings.Builder
	p := report.NewProgress(&b, n, true)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			p.Begin(fmt.Sprintf("apig/%d", i))
			p.Add(report.Case{ID: fmt.Sprintf("apig/%d", i), Outcome: report.Fail})
		})
	}
	wg.Wait()
	lines := screen(b.String())
	if len(lines) != n+1 || !strings.HasPrefix(lines[n], "100 % · 200 of 200 · 200 failed") {
		t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}

func equal(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }
