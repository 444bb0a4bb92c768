package httpapi_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var updateAllocs = flag.Bool("update", false, "rewrite testdata/allocs.txt")

const allocsFile = "testdata/allocs.txt"

// answerTaker takes an answer and keeps nothing of it but the status.
type answerTaker struct {
	header http.Header
	status int
}

// Header implements [http.ResponseWriter].
func (a *answerTaker) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *answerTaker) WriteHeader(status int) { a.status = status }

// Write implements [http.ResponseWriter].
func (a *answerTaker) Write(p []byte) (int, error) { return len(p), nil }

// allocations is what a call costs beyond the making of its request.
func allocations(t *testing.T, h http.Handler, c call) int {
	t.Helper()
	const runs = 200
	requests := make([]*http.Request, 0, runs+1) // one is for warming up
	for range cap(requests) {
		requests = append(requests, c.request())
	}
	w := &answerTaker{header: http.Header{}}
	return int(testing.AllocsPerRun(runs, func() {
		clear(w.header)
		h.ServeHTTP(w, requests[0])
		requests = requests[1:]
		if w.status != c.status {
			t.Fatal(w.status)
		}
	}))
}

// What a call allocates is what it costs, and unlike time it is the same everywhere. A
// change that costs more has to say so, with -update.
func TestAllocations(t *testing.T) { // alone, since it counts what the process allocates
	h := handler(t)
	var measured strings.Builder
	for _, c := range calls {
		if c.name != "AuthorizeMany" { // the maps of the domain are not the same each time
			fmt.Fprintf(&measured, "%s %d\n", c.name, allocations(t, h, c))
		}
	}
	if raceDetector {
		t.Skip("the race detector allocates, too: the calls work, their figures are not compared")
	}
	if *updateAllocs {
		if err := os.MkdirAll(filepath.Dir(allocsFile), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(allocsFile, []byte(measured.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	known, err := os.ReadFile(allocsFile)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]int{}
	for line := range strings.Lines(string(known)) {
		var name string
		var n int
		if _, err := fmt.Sscanf(line, "%s %d\n", &name, &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		allowed[name] = n
	}
	const tolerance = 1 // a pool may be emptied meanwhile
	for line := range strings.Lines(measured.String()) {
		var name string
		var n int
		if _, err := fmt.Sscanf(line, "%s %d\n", &name, &n); err != nil {
			t.Fatal(err)
		}
		switch most, ok := allowed[name]; {
		case !ok:
			t.Errorf("%s is not in %s", name, allocsFile)
		case n > most+tolerance:
			t.Errorf("%s allocates %d times, %d were known", name, n, most)
		case n < most-tolerance:
			t.Logf("%s allocates %d times instead of %d; -update keeps it so", name, n, most)
		}
	}
}
