package main

import (
	"bytes"
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/bench/drivers/internal/measure"
)

func TestFigures(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := run([]string{"-rounds=1", "-rows=100", "-commits=2", "-batches=1", "-bulks=1", "-lookups=100", "-dir", t.TempDir(), "-json"}, &out, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]measure.Figures
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"modernc, sql", "modernc, direct", "ncruces, sql", "ncruces, direct"} {
		if all[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	known := []string{}
	for _, line := range lines {
		known = append(known, line.name)
	}
	for name, figures := range all {
		for figure := range figures {
			if !slices.Contains(known, figure) {
				t.Errorf("%s: the table leaves out %s", name, figure)
			}
		}
		for _, line := range lines {
			figure, ok := figures[line.name]
			switch {
			case !ok && slices.Contains(overSQLOnly, line.name) && !strings.HasSuffix(name, ", sql"):
			case runtime.GOOS != "linux" && slices.Contains(linuxOnly, line.name):
			case !ok || figure <= 0:
				t.Errorf("%s: %s is %v", name, line.name, figure)
			}
		}
	}
}

var (
	overSQLOnly = []string{"batch now", "batch now CPU", "hit cancellable", "hit unprepared"}
	linuxOnly   = []string{"commit CPU", "batch rows CPU", "batch JSON CPU", "batch now CPU", "memory", "connection"}
)
