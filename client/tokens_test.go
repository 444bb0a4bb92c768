package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// source hands out token-1, token-2 and so on, that live for so long.
type source struct {
	life time.Duration // 0 is not known
	wait time.Duration // before it answers
	err  error         // instead of one, from the second on; the wait is over before

	mu    sync.Mutex
	asked int
	busy  bool
}

// Token implements client.TokenSource.
func (s *source) Token(ctx context.Context) (client.Token, error) {
	s.mu.Lock()
	if s.busy {
		panic("the source is asked twice at a time")
	}
	s.busy = true
	s.asked++
	n := s.asked
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.busy = false
		s.mu.Unlock()
	}()
	select {
	case <-time.After(s.wait):
	case <-ctx.Done():
		return client.Token{}, ctx.Err()
	}
	if n > 1 && s.err != nil {
		return client.Token{}, s.err
	}
	token := client.Token{Value: fmt.Sprintf("token-%d", n)}
	if s.life != 0 {
		token.Expires = time.Now().Add(s.life)
	}
	return token, nil
}

func (s *source) times() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// tokensOf returns the tokens that requests had.
func tokensOf(requests []request) []string {
	var tokens []string
	for _, r := range requests {
		tokens = append(tokens, strings.Join(r.Header.Values("X-Auth-Token"), " and "))
	}
	return tokens
}

// wantTokens compares the tokens that the server saw.
func wantTokens(t testing.TB, s *stage, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, tokensOf(s.arrived())); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func TestTokenIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := &source{wait: time.Second}
		s, c := newPipedStage(t, []act{operations[2].works()}, client.WithTokenSource(tokens))
		begin := time.Now()
		for range 3 {
			wantNoError(t, operations[2].call(t.Context(), c))
			time.Sleep(1000 * time.Hour)
		}
		wantTokens(t, s, "token-1", "token-1", "token-1")
		if took := time.Since(begin); took != 3000*time.Hour+time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// A token is replaced a minute before its end, or in the last fifth of a short life,
// while the old one still serves.
func TestTokenIsReplacedBeforeItExpires(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		life, until time.Duration // until when it isn't replaced
	}{
		{name: "a day", life: 24 * time.Hour, until: 24*time.Hour - time.Minute},
		{name: "five minutes", life: 5 * time.Minute, until: 4 * time.Minute},
		{name: "ten seconds", life: 10 * time.Second, until: 8 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tokens := &source{life: test.life, wait: time.Second}
				s, c := newPipedStage(t, []act{operations[2].works()}, client.WithTokenSource(tokens))
				at := func(d time.Duration) { // since the token was made
					t.Helper()
					time.Sleep(d)
					synctest.Wait()
					begin := time.Now()
					wantNoError(t, operations[2].call(t.Context(), c))
					if took := time.Since(begin); took != 0 {
						t.Errorf("after %v the call took %v", d, took)
					}
				}
				wantNoError(t, operations[2].call(t.Context(), c))
				at(test.until - 1)        // nothing happens
				at(1)                     // a second one is asked for, the first still serves
				at(time.Second - 1)       // it does until the second is there
				at(1)                     // and then the second serves
				at(test.until - 1)        // for as long
				at(1)                     // until a third is asked for
				time.Sleep(5 * test.life) // which has expired when it is used
				begin := time.Now()
				wantNoError(t, operations[2].call(t.Context(), c))
				if took := time.Since(begin); took != time.Second {
					t.Errorf("with an expired token the call took %v, want the source to be waited for", took)
				}
				wantTokens(t, s, "token-1", "token-1", "token-1", "token-1", "token-2", "token-2", "token-2", "token-4")
			})
		})
	}
}

// While a token has not expired, it does not matter that there is no other. The source
// is left alone for a second after it failed.
func TestTokenCannotBeReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := &source{life: time.Hour, err: errTired}
		s, c := newPipedStage(t, []act{operations[2].works()}, client.WithTokenSource(tokens))
		call := func() error {
			defer synctest.Wait() // for the source, too
			return operations[2].call(t.Context(), c)
		}
		wantNoError(t, call())
		time.Sleep(59 * time.Minute)
		for i, want := range []int{2, 2, 3, 3} { // times that it was asked
			wantNoError(t, call())
			if got := tokens.times(); got != want {
				t.Errorf("call %d: the source was asked %d times, want %d", i, got, want)
			}
			time.Sleep(500 * time.Millisecond)
		}
		wantTokens(t, s, "token-1", "token-1", "token-1", "token-1", "token-1")
		time.Sleep(time.Minute)
		err := call()
		wantError(t, err, client.Error{Op: "ROMA.DeleteAppCode"})
		wantClasses(t, err, "ErrToken")
		if !errors.Is(err, errTired) {
			t.Errorf("%v does not tell why", err)
		}
		if got := len(s.arrived()); got != 5 {
			t.Errorf("%d requests, want 5", got)
		}
	})
}

// However many calls wait for the first token, the source is asked once.
func TestOneTokenForManyAtStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := &source{wait: time.Second, life: time.Hour}
		s, c := newPipedStage(t, []act{operations[2].works()}, client.WithTokenSource(tokens))
		atOnce(50, func(int) {
			if err := operations[2].call(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		if got := tokens.times(); got != 1 {
			t.Errorf("the source was asked %d times", got)
		}
		for _, token := range tokensOf(s.arrived()) {
			if token != "token-1" {
				t.Errorf("token %q", token)
			}
		}
	})
}

// atOnce does something so often at the same time.
func atOnce(n int, do func(i int)) {
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { do(i) })
	}
	running.Wait()
}

// Those who wait for a token when one of them gives up still get it.
func TestCallerGivesUpWaitingForToken(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{nil, errTired} {
		synctest.Test(t, func(t *testing.T) {
			tokens := &source{wait: 10 * time.Second}
			s, c := newPipedStage(t, []act{operations[2].works()}, client.WithTokenSource(tokens))
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(3*time.Second, func() { cancel(cause) })
			begin := time.Now()
			atOnce(10, func(i int) {
				if i > 0 {
					time.Sleep(time.Second) // the first one is the one that asks
					if err := operations[2].call(t.Context(), c); err != nil {
						t.Error(err)
					}
					return
				}
				err := operations[2].call(ctx, c)
				wantCancelled(t, err, cause)
				wantClasses(t, err)
				if took := time.Since(begin); took != 3*time.Second {
					t.Errorf("it took %v", took)
				}
			})
			if got := tokens.times(); got != 1 {
				t.Errorf("the source was asked %d times", got)
			}
			if got := len(s.arrived()); got != 9 {
				t.Errorf("%d requests, want 9", got)
			}
		})
	}
}

// A source that takes longer than an attempt may is told to stop, and has no token.
func TestTokenSourceTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, c := newPipedStage(t, []act{operations[2].works()}, client.WithTimeout(5*time.Second),
			client.WithTokenSource(&source{wait: time.Hour}))
		begin := time.Now()
		wantClasses(t, operations[2].call(t.Context(), c), "ErrToken")
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// A source sees what is in the context of the call, but not its end.
func TestTokenSourceSeesContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
	defer cancel()
	var seen any
	var left time.Duration
	tokens := client.TokenFunc(func(ctx context.Context) (client.Token, error) {
		deadline, _ := ctx.Deadline()
		seen, left = ctx.Value(key{}), time.Until(deadline)
		return client.Token{Value: "a"}, nil
	})
	_, c := newStage(t, []act{operations[2].works()}, client.WithTokenSource(tokens))
	wantNoError(t, operations[2].call(ctx, c))
	if seen != "value" || left <= 0 || left > client.DefaultTimeout {
		t.Errorf("value %v and %v left", seen, left)
	}
}

func TestTokenCannotBeSent(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, token, problem string }{
		{name: "empty", problem: "is empty"},
		{name: "too long", token: strings.Repeat("a", 65537), problem: "is longer than 65536 characters"},
		{name: "space", token: "sec ret", problem: "has characters other than printable ASCII"},
		{name: "end of line", token: "secret\r\nHost: other", problem: "has characters other than printable ASCII"},
		{name: "other letters", token: "secrét", problem: "has characters other than printable ASCII"},
		{name: "delete", token: "secret\x7f", problem: "has characters other than printable ASCII"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := client.New("http://localhost", client.WithToken(test.token))
			if diff := cmp.Diff(error(&client.InputError{Op: "New", Field: "token", Problem: test.problem}), err); diff != "" {
				t.Errorf("WithToken (-want +got):\n%s", diff)
			}
			s, c := newStage(t, []act{operations[2].works()}, client.WithTokenSource(client.TokenFunc(
				func(context.Context) (client.Token, error) { return client.Token{Value: test.token}, nil })))
			err = operations[2].call(t.Context(), c)
			wantClasses(t, err, "ErrToken")
			if want := "ROMA.DeleteAppCode: no token: the token " + test.problem; err.Error() != want {
				t.Errorf("got %q, want %q", err, want)
			}
			if got := len(s.arrived()); got != 0 {
				t.Errorf("%d requests, want none", got)
			}
		})
	}
	long := strings.Repeat("a", 65536)
	s, c := newStage(t, []act{operations[2].works()}, client.WithToken(long))
	wantNoError(t, operations[2].call(t.Context(), c))
	wantTokens(t, s, long)
}

func TestNoToken(t *testing.T) {
	t.Parallel()
	s, c := newStage(t, []act{refuses(401, "APIG.1002", "Incorrect token")})
	wantClasses(t, operations[2].call(t.Context(), c), "ErrUnauthorized")
	wantTokens(t, s, "")
}
