package client_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/appgrant/appgrant/client"
)

// closedPort is an address of the loopback where nobody listens and, until the test
// ends, nobody will: the port is that of a client.
func closedPort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	wantNoError(t, err)
	conn, err := net.Dial("tcp", listener.Addr().String())
	wantNoError(t, err)
	t.Cleanup(func() {
		_ = conn.Close()
		_ = listener.Close()
	})
	return conn.LocalAddr().String()
}

// A request that could not be sent was not carried out, whatever it is.
func TestConnectionIsRefusedForEver(t *testing.T) {
	t.Parallel()
	endpoint := "http://" + closedPort(t)
	forEachOperation(t, func(t *testing.T, op operation) {
		err := op.call(t.Context(), newClient(t, endpoint))
		wantError(t, err, client.Error{Op: op.name, Attempts: quick.Attempts})
		wantClasses(t, err, "ErrUnreachable")
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("got %v, want a refused connection", err)
		}
	})
}

func TestConnectionIsRefusedOnce(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	forEachOperation(t, func(t *testing.T, op operation) {
		s := &stage{t: t, acts: []act{op.works()}}
		c := newClient(t, serve(t, s), client.WithHTTPClient(&http.Client{Transport: refusedOnce(closed)}))
		wantNoError(t, op.call(t.Context(), c))
		if got := s.carriedOut(); got != 1 {
			t.Errorf("carried out %d times, want once", got)
		}
	})
}

// What is true of the last attempt is not true of those before: if the answer was lost
// and then the server is gone, it may have been carried out.
func TestConnectionIsRefusedAfterAnswerIsLost(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	forEachOperation(t, func(t *testing.T, op operation) {
		s := &stage{t: t, acts: []act{done(drops)}}
		var dials atomic.Int64
		transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials.Add(1) > 1 {
				address = closed
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}}
		c := newClient(t, serve(t, s), client.WithHTTPClient(&http.Client{Transport: transport}))
		wantUnreachable(t, op.call(t.Context(), c), op.name, op.attempts())
		if got := s.carriedOut(); got != 1 {
			t.Errorf("carried out %d times, want once", got)
		}
	})
}

// A server whose certificate nobody vouches for was sent nothing and is not asked again.
func TestCertificateIsUnknown(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		s := &stage{t: t, acts: []act{op.works()}}
		server := httptest.NewUnstartedServer(s)
		server.Config.ErrorLog = silent
		server.StartTLS()
		t.Cleanup(server.Close)
		err := op.call(t.Context(), newClient(t, server.URL))
		wantError(t, err, client.Error{Op: op.name, Attempts: 1})
		wantClasses(t, err, "ErrUnreachable")
		wantNoError(t, op.call(t.Context(), newClient(t, server.URL, client.WithHTTPClient(server.Client()))))
		if got := s.carriedOut(); got != 1 {
			t.Errorf("carried out %d times, want once", got)
		}
	})
}

// refusedOnce dials the closed address first and the right one then.
func refusedOnce(closed string) *http.Transport {
	var dials atomic.Int64
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1) == 1 {
			address = closed
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
}
