package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// WriteDir writes the report into dir as report.json, report.xml (JUnit), report.md
// and report.html. It creates dir, and replaces each file as a whole: whoever reads
// while it writes sees the old one or the new one.
func (r *Report) WriteDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := []struct {
		name  string
		write func(io.Writer) error
	}{
		{"report.json", r.WriteJSON},
		{"report.xml", r.WriteJUnit},
		{"report.md", r.WriteMarkdown},
		{"report.html", r.WriteHTML},
	}
	for _, f := range files {
		if err := replaceFile(filepath.Join(dir, f.name), f.write); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile writes a file beside the one of that name and then puts it in its place.
func replaceFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
