package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// A source that takes no notice of its context keeps nobody waiting for ever.
func TestSourceIgnoresContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var end = make(chan struct{})
		defer close(end)
		deaf := client.TokenFunc(func(context.Context) (client.Token, error) {
			<-end
			return client.Token{Value: "too-late"}, nil
		})
		_, c := newPipedStage(t, nil, client.WithTokenSource(deaf), client.WithTimeout(time.Minute))
		begin := time.Now()
		err := operations[2].call(t.Context(), c)
		wantError(t, err, client.Error{Op: "ROMA.DeleteAppCode"})
		wantClasses(t, err, "ErrToken")
		if waited := time.Since(begin); waited != time.Minute {
			t.Errorf("it waited for %v", waited)
		}
	})
}

// A source that ends its goroutine, as a test's that fails there, keeps nobody waiting.
func TestSourceEndsWithoutReturn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		s, c := newPipedStage(t, []act{operations[2].works()}, client.WithTokenSource(client.TokenFunc(
			func(context.Context) (client.Token, error) {
				time.Sleep(time.Second) // so that all are waiting
				if asked.Add(1) == 1 {
					runtime.Goexit()
				}
				return client.Token{Value: "token"}, nil
			})))
		begin := time.Now()
		atOnce(10, func(int) {
			err := operations[2].call(t.Context(), c)
			wantClasses(t, err, "ErrToken")
			if want := "ROMA.DeleteAppCode: no token: its source ended"; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
		if waited := time.Since(begin); waited != time.Second || asked.Load() != 1 {
			t.Errorf("they waited for %v, and the source was asked %d times", waited, asked.Load())
		}
		wantNoError(t, operations[2].call(t.Context(), c)) // since it is asked again
		wantTokens(t, s, "token")
	})
}

// An attempt that took too long is told from other losses.
func TestTimeoutIsDeadlineExceeded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := newPipedStage(t, []act{stalls}, client.WithTimeout(time.Minute))
		err := operations[8].call(t.Context(), c)
		wantClasses(t, err, "ErrUnreachable")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v is not context.DeadlineExceeded", err)
		}
	})
}

// Why a call ended is told once.
func TestErrorTextOfEndedCall(t *testing.T) {
	t.Parallel()
	const sent = `Post "http://pipe.test/v1/project/service/apis/authorize/action": `
	tests := []struct {
		name  string
		end   func(ctx context.Context) (context.Context, func())
		wants string
	}{
		{name: "deadline", wants: sent + "context deadline exceeded", end: func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			return ctx, cancel
		}},
		{name: "cancelled", wants: sent + "context canceled", end: func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		}},
		{name: "cancelled for a reason", wants: "context canceled: " + sent + "tired of it", end: func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(time.Second, func() { cancel(errTired) })
			return ctx, func() { cancel(nil) }
		}},
		{name: "attempt", wants: sent + "the attempt took too long: context deadline exceeded", end: func(ctx context.Context) (context.Context, func()) {
			return ctx, func() {}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := newPipedStage(t, []act{stalls})
				ctx, cancel := test.end(t.Context())
				defer cancel()
				err := c.DataArts.CancelByOwner(ctx, studio)
				if want := "DataArts.CancelByOwner: " + test.wants; err == nil || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			})
		})
	}
}

// A program may log what it has.
func TestLoggedSecrets(t *testing.T) {
	t.Parallel()
	token := client.Token{Value: secret, Expires: until}
	var text, lines strings.Builder
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&lines, nil), slog.NewTextHandler(&text, nil)} {
		slog.New(handler).With("mine", token).WithGroup("of").Info("have", "token", token, "pointer", &token, slog.Group("all", "token", token))
	}
	wantNoSecret(t, lines.String())
	wantNoSecret(t, text.String())
	var got map[string]any
	wantNoError(t, json.Unmarshal([]byte(lines.String()), &got))
	const hidden = "(token)"
	want := map[string]any{"token": hidden, "pointer": hidden, "all": map[string]any{"token": hidden}}
	if diff := cmp.Diff(want, got["of"]); diff != "" || got["mine"] != hidden {
		t.Errorf("logged %v (-want +got):\n%s", got["mine"], diff)
	}
}

// A program may print what it has.
func TestPrintedSecrets(t *testing.T) {
	t.Parallel()
	c := newClient(t, "http://localhost:1/base", client.WithToken(secret))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, thing := range []any{c, client.Token{Value: secret}, []client.Token{{Value: secret}}} {
			text := fmt.Sprintf(verb, thing)
			if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
				t.Errorf("%s of %T tells the token: %s", verb, thing, text)
			}
		}
	}
}
