package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/appgrant/appgrant/client"
)

// A token with characters that JSON may write in several ways.
const secret = "MIIS/3cr3t+t0k3n=="

// echoes are the ways in which a server can tell the token that it was sent.
var echoes = []struct {
	name   string
	echoes func(op operation) act
}{
	{name: "in the message", echoes: func(operation) act { return refuses(403, "APIG.1005", "token "+secret+" may not") }},
	{name: "in the code", echoes: func(operation) act { return refuses(400, secret, "no") }},
	{name: "twice", echoes: func(operation) act { return refuses(500, "A-"+secret, secret+secret) }},
	{name: "escaped", echoes: func(operation) act {
		return says(403, `{"error_code": "A.1", "error_msg": "`+strings.NewReplacer("/", `\/`, "+", `\u002b`).Replace(secret)+`"}`)
	}},
	{name: "in the trace id", echoes: func(operation) act { return refuses(404, "A.1", "no", "X-Request-Id", secret) }},
	{name: "in the trace id of a page", echoes: func(operation) act { return answers(502, "text/html", secret, "X-Request-Id", "1-"+secret) }},
	{name: "in the trace id of a bad answer", echoes: func(operation) act { return answers(203, "text/html", secret, "X-Request-Id", secret) }},
	{name: "in all headers", echoes: func(operation) act {
		return refuses(400, "A.1", "no", "Retry-After", secret, "X-Auth-Token", secret, "Content-Encoding", secret)
	}},
	{name: "in the type", echoes: func(op operation) act { return answers(withBody(op), secret, "{}") }},
	{name: "in a location", echoes: func(operation) act { return answers(302, "", "", "Location", "http://elsewhere.test/"+secret) }},
	{name: "in the first line", echoes: func(operation) act { return writes("HTTP/1.1 " + secret + " OK\r\n\r\n") }},
	{name: "in place of the first line", echoes: func(operation) act { return writes(secret + "\r\n\r\n") }},
	{name: "in a line that is no header", echoes: func(operation) act { return writes("HTTP/1.1 200 OK\r\n" + secret + "\r\n\r\n") }},
	{name: "in the length", echoes: func(operation) act { return writes("HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n") }},
	{name: "in the coding", echoes: func(operation) act {
		return writes("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + secret + "\r\n\r\n")
	}},
	{name: "in a chunk's length", echoes: func(operation) act {
		return writes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + secret + "\r\n")
	}},
	{name: "in a trailer", echoes: func(operation) act {
		return writes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + secret + "\r\n\r\n")
	}},
	{name: "in a member's name", echoes: func(op operation) act { return says(withBody(op), `{"`+secret+`": 1, "auths": {"`+secret+`": 1}}`) }},
	{name: "in a member", echoes: func(op operation) act {
		return says(withBody(op), `{"auths": [{"app_id": "`+secret+`"}], "unauth_result": [{"app_id": "`+secret+`"}]}`)
	}},
	{name: "in a status", echoes: func(op operation) act {
		return says(withBody(op), strings.ReplaceAll(strings.ReplaceAll(authorized, "SUCCESS", secret), "SKIPPED", secret))
	}},
	{name: "in what failed", echoes: func(op operation) act {
		return says(withBody(op), `{"auths": [
			{"app_id": "shop", "api_id": "orders", "auth_result": {"status": "FAILED", "error_code": "`+secret+`", "error_msg": "`+secret+`"}},
			{"app_id": "shop", "api_id": "invoices", "auth_result": {"status": "FAILED", "error_code": "A.1", "error_msg": "`+secret+`"}}],
			"unauth_result": [{"app_id": "dashboard", "api_id": "predict", "success": false, "reason": "`+secret+`"},
			{"app_id": "classifier", "api_id": "predict", "success": false, "reason": "`+secret+`"}]}`)
	}},
}

// Whatever a server makes of the token, it is in no error's text and nothing that hooks
// get to see, then or later.
func TestTokenIsSecret(t *testing.T) {
	t.Parallel()
	for _, echo := range echoes {
		t.Run(echo.name, func(t *testing.T) {
			t.Parallel()
			forEachOperation(t, func(t *testing.T, op operation) {
				var seen []any
				var requests []*http.Request
				hooks := client.Hooks{
					Request: func(_ context.Context, r *http.Request) {
						requests = append(requests, r)
						seen = append(seen, r.Header.Clone())
					},
					Attempt: func(_ context.Context, a client.Attempt) { seen = append(seen, a, a.Err) },
					End:     func(_ context.Context, _ string, err error) { seen = append(seen, err) },
				}
				s, c := newStage(t, []act{echo.echoes(op)}, client.WithToken(secret), client.WithHooks(hooks))
				err := op.call(t.Context(), c)
				if err == nil {
					t.Fatal("no error")
				}
				for _, token := range tokensOf(s.arrived()) {
					if token != secret {
						t.Errorf("the server saw token %q", token)
					}
				}
				for _, r := range requests {
					seen = append(seen, r.Header, r)
				}
				for _, thing := range seen {
					wantNoSecret(t, thing)
				}
				for _, verb := range []string{"%v", "%+v", "%#v"} {
					if text := fmt.Sprintf(verb, c); strings.Contains(text, secret) {
						t.Errorf("%s of the client tells the token: %s", verb, text)
					}
				}
				wantNoSecretInError(t, err)
			})
		})
	}
}

// A source that fails may say which token it did not like; the package adds none.
func TestTokenOfSourceIsSecret(t *testing.T) {
	t.Parallel()
	bad := secret + " \r\n"
	_, c := newStage(t, []act{operations[2].works()}, client.WithTokenSource(client.TokenFunc(
		func(context.Context) (client.Token, error) { return client.Token{Value: bad}, nil })))
	wantNoSecretInError(t, operations[2].call(t.Context(), c))
	_, err := client.New("http://localhost", client.WithToken(bad))
	wantNoSecretInError(t, err)
	for _, endpoint := range []string{
		"http://user:" + secret + "@localhost", "http://localhost/?token=" + secret,
		"http://localhost/#" + secret, secret + "://localhost", "http://[" + secret,
	} {
		_, err := client.New(endpoint)
		wantNoSecretInError(t, err)
	}
}

// Hiding a token leaves the error what it is, also if the token is a common word.
func TestTokenIsCommonWord(t *testing.T) {
	t.Parallel()
	c := newClient(t, "http://"+closedPort(t), client.WithToken("connection"))
	err := operations[8].call(t.Context(), c)
	wantError(t, err, client.Error{Op: "DataArts.CancelByOwner", Attempts: quick.Attempts})
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v, want a refused connection", err)
	}
	_, c = newStage(t, []act{stalls}, client.WithToken("context"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantCancelled(t, operations[8].call(ctx, c), nil)
}

// A token of a few letters is no secret, and leaves the words that have it in them.
func TestShortTokenIsNotHidden(t *testing.T) {
	t.Parallel()
	_, c := newStage(t, []act{refuses(403, "APIG.1005", "not today")}, client.WithToken("t"))
	err := operations[0].call(t.Context(), c)
	wantError(t, err, client.Error{
		Op: operations[0].name, Status: 403, Code: "APIG.1005", Message: "not today", Attempts: 1,
	})
}

// wantNoSecret looks for the token in all the ways in which a program may print a thing.
func wantNoSecret(t testing.TB, thing any) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		text := fmt.Sprintf(verb, thing)
		for _, token := range []string{secret, strings.ReplaceAll(secret, "/", "%2F"), strings.ReplaceAll(secret, "+", `\u002b`)} {
			if strings.Contains(text, token) {
				t.Errorf("%s of %T tells the token: %s", verb, thing, text)
			}
		}
	}
}

// wantNoSecretInError looks for the token in an error and in all that it is made of.
func wantNoSecretInError(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	var asked *url.Error
	if errors.As(err, &asked) {
		wantNoSecret(t, asked)
	}
	for errs := []error{err}; len(errs) > 0; errs = errs[1:] {
		wantNoSecret(t, errs[0])
		switch e := errs[0].(type) { //nolint:errorlint // all of them are looked at, one by one
		case interface{ Unwrap() error }:
			if inner := e.Unwrap(); inner != nil {
				errs = append(errs, inner)
			}
		case interface{ Unwrap() []error }:
			errs = slices.Concat(errs, e.Unwrap())
		}
	}
}
