package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// report gathers what is found.
type report struct {
	goals    []goal
	sections []section
}

// goal is something that was to be reached.
type goal struct {
	what, want, reached string
	met                 bool
}

// section is one experiment's table.
type section struct {
	title, text string
	columns     []string
	rows        [][]string
}

// atLeast and atMost note a goal for a median.
func (r *report) atLeast(what, want string, limit float64, s sample, say func(sample) string) {
	r.goals = append(r.goals, goal{what, "≥ " + want, say(s), len(s) > 0 && s.median() >= limit})
}

func (r *report) atMost(what, want string, limit float64, s sample, say func(sample) string) {
	r.goals = append(r.goals, goal{what, "≤ " + want, say(s), len(s) > 0 && s.median() <= limit})
}

func (r *report) add(s section) { r.sections = append(r.sections, s) }

func (r *report) write(ctx context.Context, file string) error {
	var b strings.Builder
	b.WriteString("# Measured\n\n")
	fmt.Fprintf(&b, "%s, %s, %d processors, %s/%s, %s. Medians over the rounds, in brackets the quartiles; ratios are of what was measured in one round.\n\n",
		time.Now().UTC().Format("2006-01-02"), processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, revision(ctx))
	if len(r.goals) > 0 {
		rows := make([][]string, len(r.goals))
		for i, g := range r.goals {
			verdict := "no"
			if g.met {
				verdict = "yes"
			}
			rows[i] = []string{g.what, g.want, g.reached, verdict}
		}
		table(&b, []string{"goal", "wanted", "reached", "met"}, rows)
	}
	for _, s := range r.sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", s.title, s.text)
		table(&b, s.columns, s.rows)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		return err
	}
	_, err := fmt.Print(b.String())
	return err
}

func table(b *strings.Builder, columns []string, rows [][]string) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
}

// processor is what the kernel calls it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "an unknown processor"
	}
	_, rest, _ := strings.Cut(string(text), "model name")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(strings.TrimLeft(line, "\t :"))
}

// revision is what was measured.
func revision(ctx context.Context) string {
	commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--abbrev=12").Output()
	if err != nil {
		return runtime.Version() + ", unknown revision"
	}
	return runtime.Version() + ", " + strings.TrimSpace(string(commit))
}
