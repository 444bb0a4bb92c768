package client_test

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/allocs.txt")

// stub is a transport without a network: it gives the documented answers.
type stub struct{}

// RoundTrip implements http.RoundTripper.
func (stub) RoundTrip(req *http.Request) (*http.Response, error) {
	resp := &http.Response{
		Status: "204 No Content", StatusCode: http.StatusNoContent, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"X-Request-Id": {"0123456789abcdef0123456789abcdef"}}, Body: http.NoBody, Request: req,
	}
	if req.Method == http.MethodPost {
		resp.Status, resp.StatusCode = "201 Created", http.StatusCreated
		resp.Header["Content-Type"] = []string{"application/json"}
		resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(benchAnswer)), int64(len(benchAnswer))
	}
	return resp, nil
}

// TestAllocations fails if a call asks for memory more often than is on record. -update puts on record what it
// does now.
func TestAllocations(t *testing.T) {
	const file = "testdata/allocs.txt"
	got := map[string]float64{}
	for name, w := range waysOf(t, "http://stub.test", stub{}) {
		got[name] = testing.AllocsPerRun(500, func() {
			if err := w.sdk(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
	if raceDetector {
		t.Skip("the race detector asks for memory, too")
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
	record, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{}
	for line := range strings.Lines(string(record)) {
		var name string
		var allocations float64
		if _, err := fmt.Sscan(line, &name, &allocations); err != nil {
			t.Fatalf("%s: %q: %v", file, line, err)
		}
		want[name] = allocations
	}
	for name, allocations := range got {
		if most, known := want[name]; !known || allocations > most {
			t.Errorf("%s asks for memory %.0f times, %.0f are on record", name, allocations, most)
		}
	}
}
