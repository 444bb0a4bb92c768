package client_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/appgrant/appgrant/client"
)

type span struct{}

// watch keeps what hooks are told, as one line each, and the attempts.
type watch struct {
	mu       sync.Mutex
	lines    []string
	attempts []client.Attempt
}

func (w *watch) line(ctx context.Context, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, fmt.Sprintf("%v: ", ctx.Value(span{}))+fmt.Sprintf(format, args...))
}

func (w *watch) option() client.Option {
	return client.WithHooks(client.Hooks{
		Start: func(ctx context.Context, op string) context.Context {
			w.line(ctx, "start %s", op)
			return context.WithValue(ctx, span{}, "span")
		},
		Request: func(ctx context.Context, r *http.Request) { w.line(ctx, "request %s %s", r.Method, r.URL.Path) },
		Attempt: func(ctx context.Context, a client.Attempt) {
			w.line(ctx, "attempt %d %d", a.Number, a.Status)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.attempts = append(w.attempts, a)
		},
		End: func(ctx context.Context, op string, err error) { w.line(ctx, "end %s %v", op, err) },
	})
}

func TestHooks(t *testing.T) {
	t.Parallel()
	const request = "span: request DELETE /v2/project/apic/instances/instance/apps/sensors/app-codes/code"
	works := operations[2].works()
	tests := []struct {
		name     string
		acts     []act
		lines    []string
		attempts []client.Attempt
	}{
		{
			name:     "at first",
			acts:     []act{waits(time.Second, done(answers(204, "", "", "X-Request-Id", trace)))},
			lines:    []string{"<nil>: start ROMA.DeleteAppCode", request, "span: attempt 1 204", "span: end ROMA.DeleteAppCode <nil>"},
			attempts: []client.Attempt{{Op: "ROMA.DeleteAppCode", Number: 1, Status: 204, RequestID: trace, Duration: time.Second}},
		},
		{
			name: "after trouble",
			acts: []act{drops, waits(2*time.Second, refuses(503, "A.1", "down", "X-Request-Id", "1")), works},
			lines: []string{
				"<nil>: start ROMA.DeleteAppCode", request, "span: attempt 1 0", request, "span: attempt 2 503",
				request, "span: attempt 3 204", "span: end ROMA.DeleteAppCode <nil>",
			},
			attempts: []client.Attempt{
				{Op: "ROMA.DeleteAppCode", Number: 1, Err: cmpopts.AnyError},
				{Op: "ROMA.DeleteAppCode", Number: 2, Status: 503, RequestID: "1", Duration: 2 * time.Second},
				{Op: "ROMA.DeleteAppCode", Number: 3, Status: 204},
			},
		},
		{
			name: "with another token",
			acts: []act{refuses(401, "APIG.1002", "no"), works},
			lines: []string{
				"<nil>: start ROMA.DeleteAppCode", request, "span: attempt 1 401", request, "span: attempt 2 204",
				"span: end ROMA.DeleteAppCode <nil>",
			},
			attempts: []client.Attempt{
				{Op: "ROMA.DeleteAppCode", Number: 1, Status: 401}, {Op: "ROMA.DeleteAppCode", Number: 2, Status: 204},
			},
		},
		{
			name: "in vain",
			acts: []act{refuses(400, "A.1", "no")},
			lines: []string{
				"<nil>: start ROMA.DeleteAppCode", request, "span: attempt 1 400",
				"span: end ROMA.DeleteAppCode ROMA.DeleteAppCode: 400 A.1: no",
			},
			attempts: []client.Attempt{{Op: "ROMA.DeleteAppCode", Number: 1, Status: 400}},
		},
		{
			name: "half an answer",
			acts: []act{waits(time.Second, traced(cuts(400, "{", true))), works},
			lines: []string{
				"<nil>: start ROMA.DeleteAppCode", request, "span: attempt 1 400", request, "span: attempt 2 204",
				"span: end ROMA.DeleteAppCode <nil>",
			},
			attempts: []client.Attempt{
				{Op: "ROMA.DeleteAppCode", Number: 1, Status: 400, RequestID: trace, Duration: time.Second, Err: io.ErrUnexpectedEOF},
				{Op: "ROMA.DeleteAppCode", Number: 2, Status: 204},
			},
		},
		{
			name: "half a success",
			acts: []act{waits(time.Second, traced(cuts(200, "{", true))), works},
			lines: []string{
				"<nil>: start ROMA.DeleteAppCode", request, "span: attempt 1 0", request, "span: attempt 2 204",
				"span: end ROMA.DeleteAppCode <nil>",
			},
			attempts: []client.Attempt{
				{Op: "ROMA.DeleteAppCode", Number: 1, Duration: time.Second, Err: io.ErrUnexpectedEOF},
				{Op: "ROMA.DeleteAppCode", Number: 2, Status: 204},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var w watch
				_, c := newPipedStage(t, test.acts, w.option(), client.WithTokenSource(&source{}))
				_ = c.ROMA.DeleteAppCode(t.Context(), appCode) // the last line tells
				if diff := cmp.Diff(test.lines, w.lines); diff != "" {
					t.Errorf("hooks (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(test.attempts, w.attempts, cmpopts.EquateErrors()); diff != "" {
					t.Errorf("attempts (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// Without a token there is no request, but a beginning and an end.
func TestHooksWithoutToken(t *testing.T) {
	t.Parallel()
	var w watch
	_, c := newStage(t, []act{drops}, w.option(), client.WithTokenSource(client.TokenFunc(
		func(context.Context) (client.Token, error) { return client.Token{}, errTired })))
	_ = c.ROMA.DeleteAppCode(t.Context(), appCode)
	want := []string{
		"<nil>: start ROMA.DeleteAppCode", "span: end ROMA.DeleteAppCode ROMA.DeleteAppCode: no token: tired of it",
	}
	if diff := cmp.Diff(want, w.lines); diff != "" {
		t.Errorf("hooks (-want +got):\n%s", diff)
	}
}

// Each request of a long list is a call of its own.
func TestHooksOfList(t *testing.T) {
	t.Parallel()
	var w watch
	c := newClient(t, serve(t, authorizer{}), w.option(), client.WithConcurrency(1))
	_, err := c.APIG.AuthorizeApps(t.Context(), client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: ids("app", 51), APIIDs: ids("api", 1)})
	wantNoError(t, err)
	one := []string{
		"<nil>: start APIG.AuthorizeApps", "span: request POST /v2/p/apigw/instances/i/app-auths",
		"span: attempt 1 201", "span: end APIG.AuthorizeApps <nil>",
	}
	if diff := cmp.Diff(append(one, one...), w.lines); diff != "" {
		t.Errorf("hooks (-want +got):\n%s", diff)
	}
}

// What a hook adds is sent, except in place of what the package itself says; and it
// does not see the token.
func TestHookAddsHeaders(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		var before http.Header
		s, c := newStage(t, []act{op.works()}, client.WithToken("secret"), client.WithUserAgent("deployer/1.2"), client.WithHooks(client.Hooks{
			Request: func(_ context.Context, r *http.Request) {
				before = r.Header.Clone()
				r.Header.Set("Traceparent", "00-1-1-01")
				r.Header["X-Auth-Token"] = []string{"mine", "another"}
				r.Header.Set("Accept", "text/html")
				r.Header.Set("User-Agent", "mine")
			},
		}))
		wantNoError(t, op.call(t.Context(), c))
		if token := before.Values("X-Auth-Token"); token != nil {
			t.Errorf("the hook saw token %q", token)
		}
		got := s.arrived()[0].Header
		want := http.Header{"Traceparent": {"00-1-1-01"}, "X-Auth-Token": {"secret"}, "Accept": {"application/json"}}
		for name := range want {
			if diff := cmp.Diff(want.Values(name), got.Values(name)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		wantUserAgent(t, got, `^deployer/1\.2 appgrant-go/\S+$`)
	})
}

// A hook is no place for a token: without one of the package's own there is none.
func TestHookAddsToken(t *testing.T) {
	t.Parallel()
	s, c := newStage(t, []act{operations[2].works()}, client.WithHooks(client.Hooks{
		Request: func(_ context.Context, r *http.Request) { r.Header.Set("X-Auth-Token", "mine") },
	}))
	wantNoError(t, operations[2].call(t.Context(), c))
	wantTokens(t, s, "")
}

// With these headers net/http would send a request again by itself, where the package
// must not: a call that can't be repeated is without them.
func TestHookAddsIdempotencyKey(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key", "idempotency-key"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hook := client.WithHooks(client.Hooks{Request: func(_ context.Context, r *http.Request) { r.Header.Set(name, "7") }})
			forEachOperation(t, func(t *testing.T, op operation) {
				s, c := newStage(t, []act{op.works(), done(drops), op.works()}, hook)
				wantNoError(t, op.call(t.Context(), c)) // so that the connection is a used one
				err := op.call(t.Context(), c)
				want, requests := []string(nil), 2
				if op.repeatable {
					wantNoError(t, err)
					want, requests = []string{"7"}, 3
				} else {
					wantUnreachable(t, err, op.name, 1)
				}
				if got := s.carriedOut(); got != requests {
					t.Errorf("carried out %d times, want %d", got, requests)
				}
				for _, r := range s.arrived() {
					if diff := cmp.Diff(want, r.Header.Values(name)); diff != "" {
						t.Errorf("%s (-want +got):\n%s", name, diff)
					}
				}
			})
		})
	}
}

// A hook may read what is sent, and even change it for itself.
func TestHookReadsBody(t *testing.T) {
	t.Parallel()
	for i, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			var seen []string
			s, c := newStage(t, []act{refuses(429, "A.1", "later"), op.works()}, client.WithHooks(client.Hooks{
				Request: func(_ context.Context, r *http.Request) {
					var body []byte
					if r.Body != nil {
						body, _ = io.ReadAll(r.Body)
						_ = r.Body.Close()
					}
					seen = append(seen, string(body))
					r.Body, r.Method, r.URL.Path, r.ContentLength = nil, "GET", "/elsewhere", 0
				},
			}))
			wantNoError(t, op.call(t.Context(), c))
			var arrived []string
			for _, got := range s.arrived() {
				wantSent(t, got, requests[i])
				arrived = append(arrived, got.Body)
			}
			if diff := cmp.Diff(arrived, seen); diff != "" {
				t.Errorf("bodies that the hook saw (-sent +seen):\n%s", diff)
			}
		})
	}
}

// A context of a hook is that of the call: if it ends, so does the call.
func TestHookEndsCall(t *testing.T) {
	t.Parallel()
	s, c := newStage(t, []act{operations[2].works()}, client.WithHooks(client.Hooks{
		Start: func(ctx context.Context, _ string) context.Context {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx
		},
	}))
	wantCancelled(t, c.ROMA.DeleteAppCode(t.Context(), appCode), nil)
	if got := len(s.arrived()); got != 0 {
		t.Errorf("%d requests, want none", got)
	}
}
