package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
		wantError(t, err, client.Error{Op: "ROMA.DeleteAppCode", NotDone: true})
		wantClasses(t, err, "ErrToken")
		if waited := time.Since(begin); waited != time.Minute {
			t.Errorf("it waited for %v", waited)
		}
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
