package server_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/server"
)

// Tokens are in no answer (which check sees to) and in no line of the log, at any
// level, whatever becomes of the request.
func TestTokensStaySecret(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	f := start(t, inWorld, func(c *server.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug - 100, AddSource: true}))
	})
	tokens := []string{alice, bob, carol, dave, tokenOf("nobody"), tokenOf("only-DeleteAppCodeV2")}
	calls := []call{
		worldAuthorize("dev", []string{"shop"}, []string{"alices"}),
		worldAuthorize("dev", []string{"shop"}, []string{"alices", "bobs", "nothing"}),
		worldAuthorize("dev", []string{"shop"}, []string{"a b"}),
		worldCancel("none"),
		worldDeleteCode("shop", "none"),
		worldUnauthorize("cats", "meow", "a", "nobody"),
		worldAct("", "AUTHORIZE", "shop", future),
		worldAct("", "AUTHORIZE", "shop", future).withHeader("workspace", "0", "0"),
		worldAct("", "AUTHORIZE", "shop", future).withBody("{"),
		{method: "GET", path: "/nothing"},
		{method: "PUT", path: "/healthz"},
		{method: "GET", path: "/readyz"},
	}
	everybody := func() {
		for _, c := range calls {
			for _, token := range tokens {
				f.doHere(t, c.as(token)) // the access line is written when this returns
			}
		}
	}
	everybody()
	if err := f.server.Close(); err != nil { // from here on, failures of our own
		t.Fatal(err)
	}
	everybody()

	text := log.String()
	if lines := strings.Count(text, `"msg":"request"`); lines != 2*len(calls)*len(tokens) {
		t.Errorf("%d access lines for %d requests", lines, 2*len(calls)*len(tokens))
	}
	if !strings.Contains(text, `"msg":"request failed"`) {
		t.Error("no failure was logged: the test proves nothing")
	}
	for _, secret := range []string{"secret-token", "appcode-of"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log has %q in it", secret)
		}
	}
}

// Nothing of the log goes to the answer, but the id that ties them together.
func TestRequestIDIsInTheLog(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, c := range []call{unauthorize(modelApp), unauthorize(modelApp).as(""), {method: "GET", path: "/nothing"}} {
		// The access line is written after the answer, so it is there only when the
		// handler has returned: ask for it without a network.
		id := f.doHere(t, c).header.Get("X-Request-Id")
		if n := strings.Count(f.log.String(), "msg=request request_id="+id+" "); n != 1 {
			t.Errorf("%d access lines with the request id", n)
		}
	}
}
