package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// lateEnd is the end of a body that comes when it is told to.
type lateEnd <-chan struct{}

// Read implements [io.Reader].
func (end lateEnd) Read([]byte) (int, error) {
	<-end
	return 0, io.EOF
}

// A body is acted on when it has ended, with as many bytes as were declared.
func TestBodyEnds(t *testing.T) {
	t.Parallel()
	h := handler(t)
	authorize := calls[0]
	status := func(body io.Reader) int {
		r := authorize.request()
		r.Body, r.ContentLength = io.NopCloser(body), int64(len(authorize.body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"as declared": {authorize.body, http.StatusCreated},
		"longer":      {authorize.body + " ", http.StatusBadRequest},
		"shorter":     {strings.TrimSuffix(authorize.body, "}"), http.StatusBadRequest},
	} {
		if got := status(strings.NewReader(c.body)); got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}

	end, answered := make(chan struct{}), make(chan int, 1)
	go func() { answered <- status(io.MultiReader(strings.NewReader(authorize.body), lateEnd(end))) }()
	select {
	case got := <-answered:
		t.Errorf("it is answered before it has ended, with %d", got)
		answered <- got
	case <-time.After(100 * time.Millisecond):
	}
	close(end)
	if got := <-answered; got != http.StatusCreated {
		t.Errorf("ended late: status %d", got)
	}
}
