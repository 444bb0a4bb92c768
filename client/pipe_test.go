package client_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/appgrant/appgrant/client"
)

// newPipedStage is a stage within a synctest bubble, where waiting takes no time: its
// connections are pipes. The bubble also fails where a goroutine is left behind.
func newPipedStage(t testing.TB, acts []act, opts ...client.Option) (*stage, *client.Client) {
	t.Helper()
	s := &stage{t: t, acts: acts}
	return s, newPipedClient(t, s, opts...)
}

// newPipedClient makes a client of a handler, by pipes.
func newPipedClient(t testing.TB, handler http.Handler, opts ...client.Option) *client.Client {
	t.Helper()
	pipes := &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler, ErrorLog: silent}
	go func() { _ = server.Serve(pipes) }() // until it is closed
	t.Cleanup(func() { _ = server.Close() })
	transport := &http.Transport{DialContext: pipes.dial, MaxIdleConnsPerHost: 100}
	return newClient(t, "http://pipe.test",
		slices.Concat([]client.Option{client.WithHTTPClient(&http.Client{Transport: transport})}, opts)...)
}

// silent is the log of servers that are expected to complain.
var silent = log.New(io.Discard, "", 0)

// pipes are a listener without a network.
type pipes struct {
	accepted chan net.Conn
	once     sync.Once
	closed   chan struct{}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.accepted <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.accepted:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
