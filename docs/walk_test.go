// Package docs_test walks the ways that the documentation describes.
package docs_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// step is a block of commands in a page, and the block after it, which shows lines of
// what they print.
type step struct {
	line     int
	commands string
	fails    bool // it is opened by "```sh fails"
	shows    []string
}

// TestChangeTheContract runs the commands of the page on a copy of the repository, one
// block after the other, and wants each to succeed or to fail, and to print, as the
// page says.
func TestChangeTheContract(t *testing.T) {
	t.Parallel()
	if os.Getenv("APPGRANT_TEST_WALK") == "" {
		t.Skip("it takes minutes and needs npm: make test-walk")
	}
	text, err := os.ReadFile("change-the-contract.md")
	if err != nil {
		t.Fatal(err)
	}
	steps := stepsOf(string(text))
	if len(steps) < 10 {
		t.Fatalf("the page has %d steps", len(steps))
	}
	dir := copyOf(t, "..")
	for _, step := range steps {
		started := time.Now()
		output, err := run(t, dir, step.commands)
		t.Logf("line %d: %.1f s", step.line, time.Since(started).Seconds())
		if failed := err != nil; failed != step.fails {
			t.Fatalf("line %d: failed is %t, want %t\n%s\n%s", step.line, failed, step.fails, step.commands, end(output))
		}
		for _, line := range step.shows {
			if !strings.Contains(output, line) {
				t.Fatalf("line %d: its output lacks %q\n%s\n%s", step.line, line, step.commands, end(output))
			}
		}
	}
}

// stepsOf reads a page. "..." in what a step shows stands for whatever else is there.
func stepsOf(page string) []step {
	var steps []step
	var block *strings.Builder
	number, opened := 0, ""
	for line := range strings.Lines(page) {
		number++
		fence, isFence := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "```")
		switch {
		case isFence && block == nil:
			opened, block = fence, &strings.Builder{}
			if strings.HasPrefix(opened, "sh") {
				steps = append(steps, step{line: number, fails: opened == "sh fails"})
			}
		case isFence:
			last := &steps[len(steps)-1]
			if strings.HasPrefix(opened, "sh") {
				last.commands = block.String()
			} else {
				for shown := range strings.Lines(block.String()) {
					for part := range strings.SplitSeq(shown, "...") {
						if part = strings.TrimSpace(part); part != "" {
							last.shows = append(last.shows, part)
						}
					}
				}
			}
			block = nil
		case block != nil:
			block.WriteString(line)
		}
	}
	return steps
}

// run runs commands as a shell that stops at the first that fails.
func run(t *testing.T, dir, commands string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", commands)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &output, &output
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return output.String(), err
}

// end is the end of an output.
func end(output string) string { return output[max(0, len(output)-4000):] }

// copyOf copies what git knows of a repository, or would take into it, as it is now.
func copyOf(t *testing.T, repository string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = repository
	list, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		from, to := filepath.Join(repository, name), filepath.Join(dir, name)
		info, err := os.Stat(from)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and git doesn't know yet
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, info.Mode()); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
