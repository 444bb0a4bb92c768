package client_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// takes refuses all tokens but one with 401.
func takes(token string, then act) act {
	return func(s *stage, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Auth-Token") == token {
			then(s, w, r)
			return
		}
		refuses(401, "APIG.1002", "Incorrect token or token resolution failed")(s, w, r)
	}
}

// A refused token is replaced once and the call repeated, whatever call it is: it was
// not carried out.
func TestTokenIsRefusedOnce(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		tokens := &source{life: time.Hour}
		s, c := newStage(t, []act{takes("token-2", op.works())}, client.WithTokenSource(tokens))
		wantNoError(t, op.call(t.Context(), c))
		wantNoError(t, op.call(t.Context(), c))
		wantTokens(t, s, "token-1", "token-2", "token-2")
		if got := s.carriedOut(); got != 2 {
			t.Errorf("carried out %d times, want 2", got)
		}
	})
}

// The call is repeated although a single attempt is all that [client.Retry] allows.
func TestTokenIsRefusedInOnlyAttempt(t *testing.T) {
	t.Parallel()
	s, c := newStage(t, []act{takes("token-2", operations[2].works())}, client.WithTokenSource(&source{}),
		client.WithRetry(client.Retry{Attempts: 1}))
	wantNoError(t, operations[2].call(t.Context(), c))
	wantTokens(t, s, "token-1", "token-2")
}

// The replacement of a token takes none of the attempts that other trouble may have, but
// it is a request.
func TestTokenIsRefusedBeforeTrouble(t *testing.T) {
	t.Parallel()
	refused, down := refuses(401, "APIG.1002", "Incorrect token"), refuses(503, "APIG.9999", "down")
	tests := []struct {
		name   string
		acts   []act
		tokens []string
		want   client.Error // if it has a status
	}{
		{name: "once", acts: []act{refused, down, operations[2].works()}, tokens: []string{"token-1", "token-2", "token-2"}},
		{name: "in between", acts: []act{down, refused, operations[2].works()}, tokens: []string{"token-1", "token-1", "token-2"}},
		{
			name: "for ever", acts: []act{refused, down}, tokens: []string{"token-1", "token-2", "token-2"},
			want: client.Error{Status: 503, Code: "APIG.9999", Message: "down"},
		},
		{
			name: "and again", acts: []act{refused, down, refused}, tokens: []string{"token-1", "token-2", "token-2"},
			want: client.Error{Status: 401, Code: "APIG.1002", Message: "Incorrect token"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var w watch
			s, c := newStage(t, test.acts, client.WithTokenSource(&source{}), w.option(),
				client.WithRetry(client.Retry{Attempts: 2, Wait: time.Millisecond}))
			err := c.ROMA.DeleteAppCode(t.Context(), appCode)
			wantTokens(t, s, test.tokens...)
			for i, a := range w.attempts {
				if a.Number != i+1 {
					t.Errorf("attempt %d has number %d", i+1, a.Number)
				}
			}
			if test.want.Status == 0 {
				wantNoError(t, err)
				return
			}
			want := test.want
			want.Op, want.Attempts = "ROMA.DeleteAppCode", len(test.tokens)
			wantError(t, err, want)
		})
	}
}

// If there is no other token, all that is known of the refusal is told.
func TestTokenIsRefusedByPage(t *testing.T) {
	t.Parallel()
	same := client.WithTokenSource(client.TokenFunc(func(context.Context) (client.Token, error) { return client.Token{Value: "same"}, nil }))
	_, c := newStage(t, []act{answers(401, "text/html", page)}, same)
	err := c.ROMA.DeleteAppCode(t.Context(), appCode)
	wantError(t, err, client.Error{Op: "ROMA.DeleteAppCode", Status: 401, Attempts: 1})
	wantAnswerError(t, err, client.AnswerError{
		Op: "ROMA.DeleteAppCode", Status: 401, Where: "header Content-Type", Problem: "is not application/json",
	})
}

func TestTokenIsRefusedAgain(t *testing.T) {
	t.Parallel()
	refused := refuses(401, "APIG.1002", "Incorrect token")
	tests := []struct {
		name   string
		option client.Option
		tokens []string
	}{
		{name: "another", option: client.WithTokenSource(&source{}), tokens: []string{"token-1", "token-2"}},
		{
			name: "the same", tokens: []string{"same"},
			option: client.WithTokenSource(client.TokenFunc(func(context.Context) (client.Token, error) {
				return client.Token{Value: "same"}, nil
			})),
		},
		{name: "the only one", option: client.WithToken("only"), tokens: []string{"only"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, c := newStage(t, []act{refused}, test.option)
			err := operations[2].call(t.Context(), c)
			wantError(t, err, client.Error{
				Op: "ROMA.DeleteAppCode", Status: 401, Code: "APIG.1002", Message: "Incorrect token", Attempts: len(test.tokens),
			})
			wantClasses(t, err, "ErrUnauthorized")
			wantTokens(t, s, test.tokens...)
		})
	}
}

// A token that is refused in the middle of other trouble is replaced as well, and what
// is known of the attempts before it stays known.
func TestTokenIsRefusedAfterAnswerIsLost(t *testing.T) {
	t.Parallel()
	s, c := newStage(t, []act{
		done(drops), refuses(401, "APIG.1002", "Incorrect token"), refuses(404, "APIG.3082", "no such AppCode"),
	}, client.WithTokenSource(&source{}))
	wantNoError(t, operations[2].call(t.Context(), c))
	wantTokens(t, s, "token-1", "token-1", "token-2")
}

// With no other token there is no other request.
func TestRefusedTokenCannotBeReplaced(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		s, c := newStage(t, []act{takes("none", op.works())}, client.WithTokenSource(&source{err: errTired}))
		err := op.call(t.Context(), c)
		wantError(t, err, client.Error{
			Op: op.name, Status: 401, Code: "APIG.1002", Message: "Incorrect token or token resolution failed", Attempts: 1,
		})
		wantClasses(t, err, "ErrToken", "ErrUnauthorized")
		if !errors.Is(err, errTired) {
			t.Errorf("%v does not tell why", err)
		}
		wantTokens(t, s, "token-1")
	})
}

// However many calls are refused, the source is asked once: those that are told later
// that their token is refused take the one that is there by then.
func TestOneTokenForManyRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := &source{wait: 5 * time.Second}
		slow := waits(time.Second, takes("token-2", operations[2].works()))
		s, c := newPipedStage(t, []act{slow}, client.WithTokenSource(tokens))
		atOnce(50, func(i int) {
			if i%5 == 0 {
				time.Sleep(5500 * time.Millisecond) // and is refused half a second later
			}
			if err := operations[2].call(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		if got := tokens.times(); got != 2 {
			t.Errorf("the source was asked %d times, want 2", got)
		}
		count := map[string]int{}
		for _, token := range tokensOf(s.arrived()) {
			count[token]++
		}
		if diff := cmp.Diff(map[string]int{"token-1": 50, "token-2": 50}, count); diff != "" {
			t.Errorf("tokens (-want +got):\n%s", diff)
		}
	})
}

// One who is told of the refusal when the new token has been in use for long does not
// throw it away.
func TestLateRefusalKeepsNewToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens := &source{}
		works := takes("token-2", operations[2].works())
		s, c := newPipedStage(t, []act{waits(10*time.Second, works), works}, client.WithTokenSource(tokens))
		atOnce(2, func(i int) {
			time.Sleep(time.Duration(i) * time.Second)
			if err := operations[2].call(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		wantTokens(t, s, "token-1", "token-1", "token-2", "token-2")
		if got := tokens.times(); got != 2 {
			t.Errorf("the source was asked %d times, want 2", got)
		}
	})
}
