package report_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	t.Parallel()
	r := sample()
	text := func(opt report.TextOptions) func(io.Writer) error {
		return func(w io.Writer) error { return r.WriteText(w, opt) }
	}
	for _, tt := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"sample.txt", text(report.TextOptions{})},
		{"sample_all.txt", text(report.TextOptions{All: true})},
		{"sample_colour.txt", text(report.TextOptions{Color: true})},
		{"sample_trace.txt", r.WriteTrace},
		{"sample.md", r.WriteMarkdown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			golden(t, tt.name, written(t, tt.write))
		})
	}
}

// golden compares got with a golden file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

// written is what a writer of a report writes.
func written(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
