package client_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/appgrant/appgrant/client"
)

// stage is a server that plays one act for each request, in the order in which they
// arrive, and the last act again and again. It counts what it was asked and what it did.
type stage struct {
	t    testing.TB
	acts []act

	mu       sync.Mutex
	requests []request
	effects  int
}

// act answers a request, or does not.
type act func(s *stage, w http.ResponseWriter, r *http.Request)

// request is what arrived.
type request struct {
	Method, Path, Query string
	Header              http.Header
	Body                string
}

// newStage starts a server on a free port of the loopback and makes a client of it.
func newStage(t testing.TB, acts []act, opts ...client.Option) (*stage, *client.Client) {
	t.Helper()
	s := &stage{t: t, acts: acts}
	return s, newClient(t, serve(t, s), opts...)
}

// serve starts a server on a free port of the loopback and returns its URL.
func serve(t testing.TB, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// newClient makes a client that hardly waits, unless the options say otherwise.
func newClient(t testing.TB, endpoint string, opts ...client.Option) *client.Client {
	t.Helper()
	opts = slices.Concat([]client.Option{client.WithRetry(quick)}, opts)
	c, err := client.New(endpoint, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// quick sends three times at most.
var quick = client.Retry{Attempts: 3, Wait: time.Millisecond, MaxWait: 2 * time.Millisecond}

// ServeHTTP implements http.Handler.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Logf("the stage reads the body: %v", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body)) // for the act
	s.mu.Lock()
	n := len(s.requests)
	s.requests = append(s.requests, request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(body),
	})
	s.mu.Unlock()
	s.acts[min(n, len(s.acts)-1)](s, w, r)
}

// arrived returns the requests so far.
func (s *stage) arrived() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// carriedOut returns how often a request was carried out.
func (s *stage) carriedOut() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.effects
}

// done carries the request out and goes on with another act.
func done(then act) act {
	return func(s *stage, w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.effects++
		s.mu.Unlock()
		then(s, w, r)
	}
}

// answers sends an answer; the pairs are headers.
func answers(status int, contentType, body string, headers ...string) act {
	return func(_ *stage, w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a body where none may be is dropped
	}
}

// says sends JSON.
func says(status int, body string, headers ...string) act {
	return answers(status, "application/json", body, headers...)
}

// refuses sends an error's envelope.
func refuses(status int, code, msg string, headers ...string) act {
	return says(status, fmt.Sprintf(`{"error_code": %q, "error_msg": %q}`, code, msg), headers...)
}

const page = "<html><body><h1>Bad Gateway</h1></body></html>"

// drops closes the connection without a word.
func drops(s *stage, w http.ResponseWriter, _ *http.Request) {
	_ = s.hijack(w).Close()
}

// resets closes the connection so that the other side gets an error, not an end.
func resets(s *stage, w http.ResponseWriter, _ *http.Request) {
	conn := s.hijack(w)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// writes sends these bytes, whatever they are, and closes the connection.
func writes(raw string) act {
	return func(s *stage, w http.ResponseWriter, _ *http.Request) {
		conn := s.hijack(w)
		_, _ = io.WriteString(conn, raw)
		_ = conn.Close()
	}
}

// cuts sends the beginning of a body whose end was promised, in chunks or by its
// length.
func cuts(status int, body string, chunked bool) act {
	return func(_ *stage, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if !chunked {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)+10))
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// traced answers with a trace id.
func traced(then act) act {
	return func(s *stage, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", trace)
		then(s, w, r)
	}
}

// stalls waits until the other side gives up.
func stalls(_ *stage, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// stallsInBody sends the beginning of an answer and waits until the other side gives up.
func stallsInBody(status int, body string) act {
	return func(s *stage, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		_ = http.NewResponseController(w).Flush()
		stalls(s, w, r)
	}
}

// waits answers after a time, or never if the other side gives up before.
func waits(d time.Duration, then act) act {
	return func(s *stage, w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(d):
			then(s, w, r)
		case <-r.Context().Done():
		}
	}
}

func (s *stage) hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.t.Errorf("the stage takes the connection: %v", err)
		panic(http.ErrAbortHandler)
	}
	return conn
}
