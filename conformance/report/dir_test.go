package report_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/report"
)

func TestWriteDir(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "reports")
	if err := new(report.Report).WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	r := sample()
	if err := r.WriteDir(dir); err != nil {
		t.Fatal(err)
	}

	writers := map[string]func(io.Writer) error{
		"report.json": r.WriteJSON, "report.xml": r.WriteJUnit, "report.md": r.WriteMarkdown, "report.html": r.WriteHTML,
	}
	for name, write := range writers {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, written(t, write)) {
			t.Errorf("%s is not what its writer writes", name)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
	if diff := cmp.Diff([]string{"report.html", "report.json", "report.md", "report.xml"}, names(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestWriteDirLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// A directory that is not empty cannot be replaced by a file.
	if err := os.MkdirAll(filepath.Join(dir, "report.json", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := sample().WriteDir(dir); err == nil {
		t.Error("no error")
	}
	if diff := cmp.Diff([]string{"report.json"}, names(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
