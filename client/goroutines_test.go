package client_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/appgrant/appgrant/client"
)

// When everything that can go wrong has gone wrong, nothing is left running. It has no
// t.Parallel, so that nothing else starts or ends a goroutine meanwhile.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, op := range operations {
		misbehaving := []act{
			op.works(), stalls, stallsInBody(withBody(op), `{"auths": `), refuses(429, "APIG.0308", "slow down"),
			refuses(500, "APIG.9999", "System error"), answers(502, "text/html", page), says(withBody(op), `{"auths": [`),
			answers(302, "", "", "Location", "/elsewhere"), refuses(401, "APIG.1002", "no"),
		}
		for _, loss := range losses {
			misbehaving = append(misbehaving, loss.loses(op))
		}
		for _, misbehaves := range misbehaving {
			server := httptest.NewServer(&stage{t: t, acts: []act{misbehaves}})
			tokens := client.TokenFunc(func(context.Context) (client.Token, error) {
				return client.Token{Value: "a", Expires: time.Now().Add(time.Hour)}, nil
			})
			c := newClient(t, server.URL, client.WithTimeout(10*time.Millisecond), client.WithTokenSource(tokens))
			_ = op.call(t.Context(), c) // the other tests look at it
			c.CloseIdleConnections()
			server.Close()
		}
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			var stacks strings.Builder
			_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
			t.Fatalf("%d goroutines before, %d now:\n%s", before, runtime.NumGoroutine(), stacks.String())
		}
	}
}

// A client that is done with leaves no connection open at the server.
func TestCloseIdleConnections(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{})
	server := httptest.NewUnstartedServer(&stage{t: t, acts: []act{operations[1].works()}})
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			close(closed)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := newClient(t, server.URL)
	wantNoError(t, operations[1].call(t.Context(), c))
	select {
	case <-closed:
		t.Fatal("the connection is closed after one call")
	default:
	}
	c.CloseIdleConnections()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open")
	}
}
