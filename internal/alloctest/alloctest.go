// Package alloctest holds what calls allocate against a file. How often a call asks
// for memory is much of what it costs and, unlike time, is the same on every machine.
package alloctest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/allocs.txt")

// file has a line for each call: its name and how often it allocates.
const file = "testdata/allocs.txt"

// tolerance is for pools that happen to be emptied meanwhile.
const tolerance = 1

// Compare fails the test if a call allocates more often than the file says, or if
// one of the two does not have it. A change that costs more says so by -update. The test
// must not run beside others, whose allocations would count. Under the race detector,
// which allocates itself, nothing is compared.
func Compare(t *testing.T, got map[string]float64) {
	t.Helper()
	if raceDetector {
		t.Skip("the race detector allocates, too: the calls work, their figures are not compared")
	}
	if *update {
		var text strings.Builder
		for _, name := range slices.Sorted(maps.Keys(got)) {
			fmt.Fprintf(&text, "%s %.0f\n", name, got[name])
		}
		if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		var name string
		var n float64
		if _, err := fmt.Sscan(line, &name, &n); err != nil {
			t.Fatalf("%s: %q: %v", file, line, err)
		}
		known[name] = n
	}
	for name := range known {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is in %s, but not measured", name, file)
		}
	}
	for name, n := range got {
		switch most, ok := known[name]; {
		case !ok:
			t.Errorf("%s is not in %s", name, file)
		case n > most+tolerance:
			t.Errorf("%s allocates %.0f times, %.0f were known", name, n, most)
		case n < most-tolerance:
			t.Logf("%s allocates %.0f times instead of %.0f; -update keeps it so", name, n, most)
		}
	}
}
