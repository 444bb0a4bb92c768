package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/appgrant/appgrant/internal/alloctest"
)

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
func allocations(t *testing.T, h http.Handler, c call) float64 {
	t.Helper()
	const runs = 200
	requests := make([]*http.Request, 0, runs+1) // one is for warming up
	for range cap(requests) {
		requests = append(requests, c.request())
	}
	w := &answerTaker{header: http.Header{}}
	return testing.AllocsPerRun(runs, func() {
		clear(w.header)
		h.ServeHTTP(w, requests[0])
		requests = requests[1:]
		if w.status != c.status {
			t.Fatal(w.status)
		}
	})
}

func TestAllocations(t *testing.T) { // alone, since it counts what the process allocates
	h := handler(t)
	got := map[string]float64{}
	for _, c := range calls {
		if c.name != "AuthorizeMany" { // the maps of the domain are not the same each time
			got[c.name] = allocations(t, h, c)
		}
	}
	alloctest.Compare(t, got)
}
