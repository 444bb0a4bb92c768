package client_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// gaps is how long a call waited between its attempts. The calls are made in a bubble,
// where nothing but waiting takes time.
type gaps struct {
	last  time.Time
	waits []time.Duration
}

func (g *gaps) option() client.Option {
	return client.WithHooks(client.Hooks{
		Request: func(context.Context, *http.Request) {
			if !g.last.IsZero() {
				g.waits = append(g.waits, time.Since(g.last))
			}
			g.last = time.Now()
		},
	})
}

// A wait is random within the half of a range that doubles, up to MaxWait.
func TestWaitsGrow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		retry client.Retry
		most  []time.Duration
	}{
		{name: "the default", most: []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond}},
		{
			name: "up to the longest", retry: client.Retry{Attempts: 7, Wait: time.Second, MaxWait: 10 * time.Second},
			most: []time.Duration{1e9, 2e9, 4e9, 8e9, 10e9, 10e9},
		},
		{name: "no longer than the longest", retry: client.Retry{Attempts: 2, Wait: time.Hour}, most: []time.Duration{time.Minute}},
		{name: "hardly any", retry: client.Retry{Attempts: 3, Wait: 1}, most: []time.Duration{1, 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			different := false
			for range 8 {
				synctest.Test(t, func(t *testing.T) {
					var g gaps
					_, c := newPipedStage(t, []act{refuses(503, "APIG.9999", "down")}, client.WithRetry(test.retry), g.option())
					wantClasses(t, c.ROMA.DeleteAppCode(t.Context(), appCode), "ErrServer")
					if len(g.waits) != len(test.most) {
						t.Fatalf("waits %v, want %d", g.waits, len(test.most))
					}
					for i, most := range test.most {
						if got := g.waits[i]; got < most/2 || got > most {
							t.Errorf("wait %d is %v, want between %v and %v", i+1, got, most/2, most)
						}
						different = different || g.waits[i] != most && g.waits[i] != most/2
					}
				})
			}
			if !different && test.most[0] > 1 {
				t.Error("the waits are not random")
			}
		})
	}
}

// The service may ask for a longer wait, in seconds or by a date.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	tests := []struct {
		name   string
		header func() string
		want   time.Duration // as the error tells
		sent   int
	}{
		{name: "none", header: func() string { return "" }, sent: 2},
		{name: "seconds", header: func() string { return "7" }, want: 7 * time.Second, sent: 2},
		{name: "none at all", header: func() string { return "0" }, sent: 2},
		{name: "the longest", header: func() string { return "60" }, want: time.Minute, sent: 2},
		{name: "longer than the longest", header: func() string { return "61" }, want: 61 * time.Second, sent: 1},
		{name: "for ever", header: func() string { return "99999999999999999999" }, want: (1<<31 - 1) * time.Second, sent: 1},
		{name: "a date", header: func() string { return in(9 * time.Second) }, want: 9 * time.Second, sent: 2},
		{name: "a date long from now", header: func() string { return in(time.Hour) }, want: time.Hour, sent: 1},
		{name: "a date in the past", header: func() string { return in(-time.Hour) }, sent: 2},
		{name: "negative", header: func() string { return "-5" }, sent: 2},
		{name: "very negative", header: func() string { return "-99999999999999999999" }, sent: 2},
		{name: "rubbish", header: func() string { return "soon" }, sent: 2},
	}
	for _, test := range tests {
		for _, status := range []int{429, 503} {
			t.Run(test.name+" with "+http.StatusText(status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var g gaps
					retry := client.Retry{Attempts: 2, Wait: time.Second, MaxWait: time.Minute}
					_, c := newPipedStage(t, []act{refuses(status, "A.1", "later", "Retry-After", test.header())}, client.WithRetry(retry), g.option())
					err := c.ROMA.DeleteAppCode(t.Context(), appCode)
					want := client.Error{Op: "ROMA.DeleteAppCode", Status: status, Code: "A.1", Message: "later", RetryAfter: test.want, Attempts: test.sent}
					if test.name == "a date" {
						want.RetryAfter = 0 // what was left of it at the last attempt
					}
					wantError(t, err, want)
					if len(g.waits) != test.sent-1 {
						t.Fatalf("waits %v, want %d", g.waits, test.sent-1)
					}
					if test.sent == 2 && test.want > time.Second && g.waits[0] != test.want {
						t.Errorf("waited %v, want %v", g.waits[0], test.want)
					}
					if test.sent == 2 && g.waits[0] < time.Second/2 {
						t.Errorf("waited %v, want half a second at least", g.waits[0])
					}
				})
			})
		}
	}
}

// Unless the program says otherwise, a minute is the longest that the service may ask for.
func TestRetryAfterLongestByDefault(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[string][]time.Duration{"60": {time.Minute}, "61": nil} {
		synctest.Test(t, func(t *testing.T) {
			var g gaps
			_, c := newPipedStage(t, []act{refuses(429, "A.1", "later", "Retry-After", seconds)}, client.WithRetry(client.Retry{Attempts: 2}), g.option())
			wantClasses(t, c.ROMA.DeleteAppCode(t.Context(), appCode), "ErrThrottled")
			if diff := cmp.Diff(want, g.waits); diff != "" {
				t.Errorf("waits after %s s (-want +got):\n%s", seconds, diff)
			}
		})
	}
}

// A call whose context would end before the wait ends at once, with what it knows.
func TestContextEndsBeforeWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := newPipedStage(t, []act{refuses(429, "A.1", "later", "Retry-After", "5")}, client.WithRetry(client.Retry{}))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		begin := time.Now()
		err := c.ROMA.DeleteAppCode(ctx, appCode)
		wantError(t, err, client.Error{
			Op: "ROMA.DeleteAppCode", Status: 429, Code: "A.1", Message: "later", RetryAfter: 5 * time.Second, Attempts: 1,
		})
		if took := time.Since(begin); took != 0 {
			t.Errorf("it took %v", took)
		}
	})
}

var errTired = errors.New("tired of it")

// A call whose context is cancelled ends at once: while it waits for an answer, for the
// rest of it, for the next attempt, or before it begins.
func TestContextIsCancelled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		acts []act
		want client.Error
	}{
		{name: "before the answer", acts: []act{stalls}},
		{name: "within the answer", acts: []act{stallsInBody(200, `{"auths`)}},
		{
			name: "within a refusal", acts: []act{traced(stallsInBody(400, `{"error_`))},
			want: client.Error{Status: 400, RequestID: trace},
		},
		{
			name: "in the wait", acts: []act{refuses(429, "A.1", "later", "Retry-After", "8")},
			want: client.Error{Status: 429, Code: "A.1", Message: "later", RetryAfter: 8 * time.Second},
		},
		{
			name: "in the wait after a page", acts: []act{answers(503, "text/html", page, "Retry-After", "8")},
			want: client.Error{Status: 503, RetryAfter: 8 * time.Second},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, cause := range []error{nil, errTired} {
				synctest.Test(t, func(t *testing.T) {
					_, c := newPipedStage(t, test.acts, client.WithRetry(client.Retry{}))
					ctx, cancel := context.WithCancelCause(t.Context())
					time.AfterFunc(3*time.Second, func() { cancel(cause) })
					begin := time.Now()
					err := c.ROMA.DeleteAppCode(ctx, appCode)
					if took := time.Since(begin); took != 3*time.Second {
						t.Errorf("it took %v", took)
					}
					want := test.want
					want.Op, want.Attempts = "ROMA.DeleteAppCode", 1
					wantError(t, err, want)
					wantCancelled(t, err, cause)
					if errors.Is(err, client.ErrUnreachable) {
						t.Errorf("%v counts as unreachable", err)
					}
				})
			}
		})
	}
}

// wantCancelled wants an error that tells that the context was cancelled, and why if
// that is known.
func wantCancelled(t testing.TB, err, cause error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not tell that the context was cancelled", err)
	}
	if cause != nil && !errors.Is(err, cause) {
		t.Errorf("%v does not tell why", err)
	}
}

// A deadline of the call that passes says nothing about the server.
func TestDeadlinePasses(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		synctest.Test(t, func(t *testing.T) {
			s, c := newPipedStage(t, []act{done(stalls)})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			err := op.call(ctx, c)
			wantError(t, err, client.Error{Op: op.name, Attempts: 1})
			wantClasses(t, err)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v does not tell that the deadline passed", err)
			}
			if got := s.carriedOut(); got != 1 {
				t.Errorf("carried out %d times", got)
			}
		})
	})
}

// Nothing is sent where the context has ended before.
func TestContextHasEnded(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		for _, cause := range []error{nil, errTired} {
			for name, opts := range map[string][]client.Option{
				"no token": nil, "a token": {client.WithToken("secret")}, "a source": {client.WithTokenSource(&source{})},
			} {
				var w watch
				s, c := newStage(t, []act{op.works()}, slices.Concat(opts, []client.Option{w.option()})...)
				ctx, cancel := context.WithCancelCause(t.Context())
				cancel(cause)
				err := op.call(ctx, c)
				wantCancelled(t, err, cause)
				wantError(t, err, client.Error{Op: op.name})
				wantClasses(t, err)
				if got := len(s.arrived()) + len(w.attempts); got != 0 {
					t.Errorf("%s: %d requests and attempts, want none", name, got)
				}
			}
		}
	})
}
