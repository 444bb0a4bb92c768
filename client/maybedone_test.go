package client_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appgrant/appgrant/client"
)

// wantMayBeDone compares what an error tells of the request.
func wantMayBeDone(t testing.TB, err error, status, attempts int, want bool) {
	t.Helper()
	var got *client.Error
	if !errors.As(err, &got) {
		t.Fatalf("got %T %v", err, err)
	}
	if got.Status != status || got.Attempts != attempts || got.MayBeDone != want {
		t.Errorf("%v: status %d, %d attempts, may be done: %t, want %d, %d, %t",
			err, got.Status, got.Attempts, got.MayBeDone, status, attempts, want)
	}
}

// A call may be done unless none of its requests was taken by a server, or all were
// refused.
func TestMayBeDone(t *testing.T) {
	t.Parallel()
	type result struct {
		status, attempts int
		mayBeDone        bool
	}
	refused, throttled := refuses(400, "A.1", "no"), refuses(429, "A.1", "later")
	down, missing := refuses(503, "A.1", "down"), refuses(404, "A.2", "no such project")
	gateway := answers(504, "text/html", page)
	broken := func() client.TokenSource {
		return client.TokenFunc(func(context.Context) (client.Token, error) { return client.Token{}, errTired })
	}
	expires := func() client.TokenSource { return &source{life: time.Second, err: errTired} }
	once := func() client.TokenSource { return &source{err: errTired} }
	slow := func() client.TokenSource { return &source{wait: 10 * time.Second} }
	tests := []struct {
		name              string
		acts              []act
		token             func() client.TokenSource
		ends              time.Duration // the context of the call; -1 is before it
		repeatable, other result
	}{
		{name: "400", acts: []act{refused}, repeatable: result{400, 1, false}, other: result{400, 1, false}},
		{name: "401", acts: []act{refuses(401, "A.1", "no")}, repeatable: result{401, 1, false}, other: result{401, 1, false}},
		{name: "404 of a proxy", acts: []act{answers(404, "text/html", page)}, repeatable: result{404, 1, false}, other: result{404, 1, false}},
		{name: "404 cut off", acts: []act{cuts(404, "{", true)}, repeatable: result{404, 3, false}, other: result{404, 1, false}},
		{name: "404 that stalls", acts: []act{stallsInBody(404, "{")}, repeatable: result{404, 3, false}, other: result{404, 1, false}},
		{name: "429", acts: []act{throttled}, repeatable: result{429, 3, false}, other: result{429, 3, false}},
		{name: "429 cut off", acts: []act{cuts(429, "{", true)}, repeatable: result{429, 3, false}, other: result{429, 3, false}},
		{name: "429 and 400", acts: []act{throttled, refused}, repeatable: result{400, 2, false}, other: result{400, 2, false}},
		{name: "500", acts: []act{refuses(500, "A.1", "no")}, repeatable: result{500, 3, true}, other: result{500, 1, true}},
		{name: "501", acts: []act{refuses(501, "A.1", "no")}, repeatable: result{501, 1, true}, other: result{501, 1, true}},
		{name: "500 cut off", acts: []act{cuts(500, "{", true)}, repeatable: result{500, 3, true}, other: result{500, 1, true}},
		{name: "504", acts: []act{gateway}, repeatable: result{504, 3, true}, other: result{504, 1, true}},
		{name: "504 and 400", acts: []act{gateway, refused}, repeatable: result{400, 2, true}, other: result{504, 1, true}},
		{name: "503, 429 and 404", acts: []act{down, throttled, missing}, repeatable: result{404, 3, true}, other: result{503, 1, true}},
		{name: "429 and 503", acts: []act{throttled, down, refused}, repeatable: result{400, 3, true}, other: result{503, 2, true}},
		{name: "lost", acts: []act{drops}, repeatable: result{0, 3, true}, other: result{0, 1, true}},
		{name: "lost and 400", acts: []act{drops, refused}, repeatable: result{400, 2, true}, other: result{0, 1, true}},
		{name: "success cut off", acts: []act{cuts(200, "{", false)}, repeatable: result{0, 3, true}, other: result{0, 1, true}},
		{name: "too long", acts: []act{stalls}, repeatable: result{0, 3, true}, other: result{0, 1, true}},
		{name: "no token", acts: []act{drops}, token: broken},
		{
			name: "no other token", acts: []act{refuses(401, "A.1", "no")}, token: once,
			repeatable: result{401, 1, false}, other: result{401, 1, false},
		},
		{
			name: "no token any more", acts: []act{waits(2*time.Second, drops)}, token: expires,
			repeatable: result{0, 1, true}, other: result{0, 1, true},
		},
		{
			name: "no token after 429", acts: []act{waits(2*time.Second, throttled)}, token: expires,
			repeatable: result{0, 1, false}, other: result{0, 1, false},
		},
		{name: "cancelled before", acts: []act{drops}, ends: -1},
		{name: "cancelled before it has a token", acts: []act{drops}, token: slow, ends: time.Second},
		{name: "cancelled", acts: []act{stalls}, ends: time.Second, repeatable: result{0, 1, true}, other: result{0, 1, true}},
		{
			name: "cancelled within a refusal", acts: []act{stallsInBody(400, "{")}, ends: time.Second,
			repeatable: result{400, 1, false}, other: result{400, 1, false},
		},
		{
			name: "cancelled after 429", acts: []act{refuses(429, "A.1", "later", "Retry-After", "8")}, ends: time.Second,
			repeatable: result{429, 1, false}, other: result{429, 1, false},
		},
		{
			name: "cancelled after 503", acts: []act{refuses(503, "A.1", "down", "Retry-After", "8")}, ends: time.Second,
			repeatable: result{503, 1, true}, other: result{503, 1, true},
		},
	}
	for _, test := range tests {
		for _, op := range []operation{operations[2], operations[8]} {
			t.Run(test.name+" "+op.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					opts := []client.Option{client.WithRetry(client.Retry{Attempts: 3})}
					if test.token != nil {
						opts = append(opts, client.WithTokenSource(test.token()))
					}
					s, c := newPipedStage(t, test.acts, opts...)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					switch {
					case test.ends < 0:
						cancel()
					case test.ends > 0:
						time.AfterFunc(test.ends, cancel)
					}
					want := test.other
					if op.repeatable {
						want = test.repeatable
					}
					wantMayBeDone(t, op.call(ctx, c), want.status, want.attempts, want.mayBeDone)
					if got := len(s.arrived()); got != want.attempts {
						t.Errorf("%d requests, want %d", got, want.attempts)
					}
					time.Sleep(time.Minute) // for the source, too
				})
			})
		}
	}
}

// A server that was never reached did nothing, but one that was before may have.
func TestMayBeDoneByServerThatIsGone(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	tests := []struct {
		name              string
		acts              []act // before the server is gone
		attempts          int   // of those that can't be repeated
		mayBeDone         bool
		proxied, stranger bool
	}{
		{name: "at first", attempts: 3},
		{name: "after 429", acts: []act{refuses(429, "A.1", "later")}, attempts: 3},
		{name: "after 429 and 429", acts: []act{refuses(429, "A.1", "later"), refuses(429, "A.1", "later")}, attempts: 3},
		{name: "after a loss", acts: []act{done(drops)}, attempts: 1, mayBeDone: true},
		{name: "with a proxy", attempts: 3, proxied: true},
		{name: "with an unknown certificate", attempts: 1, stranger: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, op := range []operation{operations[2], operations[8]} {
				s := &stage{t: t, acts: test.acts}
				server := httptest.NewUnstartedServer(s)
				server.Config.ErrorLog = silent
				if test.proxied || test.stranger {
					server.StartTLS()
				} else {
					server.Start()
				}
				t.Cleanup(server.Close)
				var dials atomic.Int64
				transport := &http.Transport{
					DisableKeepAlives: true,
					DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
						if dials.Add(1) > int64(len(test.acts)) && !test.stranger && !test.proxied {
							address = closed
						}
						return (&net.Dialer{}).DialContext(ctx, network, address)
					},
				}
				if test.proxied {
					transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: closed})
				}
				c := newClient(t, server.URL, client.WithHTTPClient(&http.Client{Transport: transport}))
				err := op.call(t.Context(), c)
				attempts := test.attempts
				if op.repeatable && !test.stranger {
					attempts = quick.Attempts
				}
				wantMayBeDone(t, err, 0, attempts, test.mayBeDone)
				wantClasses(t, err, "ErrUnreachable")
				if got := len(s.arrived()); got != len(test.acts) {
					t.Errorf("%d requests, want %d", got, len(test.acts))
				}
			}
		})
	}
}
