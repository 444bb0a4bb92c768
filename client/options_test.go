package client_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

func TestOptionIsWrong(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		option         client.Option
		field, problem string
	}{
		{name: "token", option: client.WithToken(""), field: "token", problem: "is empty"},
		{name: "source", option: client.WithTokenSource(nil), field: "token source", problem: "is nil"},
		{name: "client", option: client.WithHTTPClient(nil), field: "HTTP client", problem: "is nil"},
		{name: "no time", option: client.WithTimeout(0), field: "timeout", problem: "is not positive"},
		{name: "negative time", option: client.WithTimeout(-1), field: "timeout", problem: "is not positive"},
		{name: "attempts", option: client.WithRetry(client.Retry{Attempts: -1}), field: "retry", problem: "has a negative member"},
		{name: "wait", option: client.WithRetry(client.Retry{Wait: -1}), field: "retry", problem: "has a negative member"},
		{name: "longest wait", option: client.WithRetry(client.Retry{MaxWait: -1}), field: "retry", problem: "has a negative member"},
		{name: "concurrency", option: client.WithConcurrency(0), field: "concurrency", problem: "is less than 1"},
		{name: "user agent", option: client.WithUserAgent("a\r\nb"), field: "user agent", problem: "is not printable ASCII"},
		{name: "letters", option: client.WithUserAgent("dépl"), field: "user agent", problem: "is not printable ASCII"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := client.New("http://localhost", client.WithToken("a"), test.option)
			want := error(&client.InputError{Op: "New", Field: test.field, Problem: test.problem})
			if diff := cmp.Diff(want, err); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if c != nil {
				t.Error("there is a client")
			}
		})
	}
}

func TestLastOptionCounts(t *testing.T) {
	t.Parallel()
	s, c := newStage(t, []act{operations[2].works()}, client.WithToken("a"), client.WithToken("b"))
	wantNoError(t, operations[2].call(t.Context(), c))
	wantTokens(t, s, "b")
}

func wantUserAgent(t testing.TB, h http.Header, pattern string) {
	t.Helper()
	if got := h.Values("User-Agent"); len(got) != 1 || !regexp.MustCompile(pattern).MatchString(got[0]) {
		t.Errorf("user agent %q does not match %s", got, pattern)
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	for name, pattern := range map[string]string{
		"": `^appgrant-go/\S+$`, "deployer/1.2": `^deployer/1\.2 appgrant-go/\S+$`, "my tool (x)": `^my tool \(x\) appgrant-go/\S+$`,
	} {
		forEachOperation(t, func(t *testing.T, op operation) {
			s, c := newStage(t, []act{op.works()}, client.WithUserAgent(name))
			wantNoError(t, op.call(t.Context(), c))
			wantUserAgent(t, s.arrived()[0].Header, pattern)
		})
	}
}

// roundTrips counts what goes through it.
type roundTrips struct {
	http.RoundTripper
	n atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (r *roundTrips) RoundTrip(req *http.Request) (*http.Response, error) {
	r.n.Add(1)
	return r.RoundTripper.RoundTrip(req)
}

// The HTTP client of the program is used as it is at the time, and left as it is.
func TestHTTPClientIsCopied(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	wantNoError(t, err)
	errNo := errors.New("no redirect")
	own := &http.Transport{}
	t.Cleanup(own.CloseIdleConnections)
	trips := &roundTrips{RoundTripper: own}
	hc := &http.Client{
		Transport: trips, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return errNo },
	}
	s, c := newStage(t, []act{says(204, "", "Set-Cookie", "a=b")}, client.WithHTTPClient(hc))
	if err := hc.CheckRedirect(nil, nil); !errors.Is(err, errNo) {
		t.Errorf("the program's redirect policy was changed: %v", err)
	}
	hc.Transport, hc.Jar = nil, nil // is too late
	for range 2 {
		wantNoError(t, operations[2].call(t.Context(), c))
	}
	if got := trips.n.Load(); got != 2 {
		t.Errorf("%d round trips of the program's transport, want 2", got)
	}
	if got := s.arrived()[1].Header.Get("Cookie"); got != "a=b" {
		t.Errorf("cookie %q", got)
	}
}

// As many connections are kept as there may be, although they are all to one server.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	const calls = 30
	var arrived sync.WaitGroup
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Done()
		arrived.Wait() // for all the others, each on a connection of its own
		w.WriteHeader(http.StatusNoContent)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := newClient(t, server.URL, client.WithRetry(client.Retry{Attempts: 1}))
	for range 3 {
		arrived.Add(calls)
		atOnce(calls, func(int) {
			if err := operations[2].call(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	if got := connections.Load(); got != calls {
		t.Errorf("%d connections, want %d", got, calls)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	for name, timeout := range map[string]time.Duration{"the default": 0, "short": time.Second, "long": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				opts := []client.Option{client.WithRetry(client.Retry{Attempts: 1})}
				want := client.DefaultTimeout
				if timeout != 0 {
					opts, want = append(opts, client.WithTimeout(timeout)), timeout
				}
				_, c := newPipedStage(t, []act{stalls}, opts...)
				begin := time.Now()
				err := operations[2].call(t.Context(), c)
				wantUnreachable(t, err, "ROMA.DeleteAppCode", 1)
				if errors.Is(err, context.Canceled) {
					t.Errorf("%v counts as cancelled", err)
				}
				if took := time.Since(begin); took != want {
					t.Errorf("it took %v, want %v", took, want)
				}
			})
		})
	}
}

// A slow server is no problem if it is fast enough for each attempt.
func TestTimeoutIsOfAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := waits(9*time.Second, refuses(503, "A.1", "down"))
		_, c := newPipedStage(t, []act{slow, slow, waits(9*time.Second, operations[2].works())}, client.WithTimeout(10*time.Second))
		wantNoError(t, operations[2].call(t.Context(), c))
	})
}
