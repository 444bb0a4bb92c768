package sqlstore_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// proxy stands between a store and PostgreSQL. Once it is told to, it swallows the
// answer to one COMMIT, and cuts that connection.
type proxy struct {
	url       string
	swallow   atomic.Bool
	swallowed atomic.Int64
}

func newProxy(t *testing.T, schema string) *proxy {
	t.Helper()
	cfg, err := pgx.ParseConfig(schema)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	u, err := url.Parse(schema)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Del("host")
	query.Set("sslmode", "disable")
	u.Host, u.RawQuery = listener.Addr().String(), query.Encode()
	p := &proxy{url: u.String()}
	network, address := pgconn.NetworkAddress(cfg.Host, cfg.Port)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				_ = client.Close()
				continue
			}
			go p.pass(client, server)
		}
	}()
	return p
}

func (p *proxy) pass(client, server net.Conn) {
	var cut atomic.Bool
	both := func() { _ = errors.Join(client.Close(), server.Close()) }
	go func() {
		defer both()
		b := make([]byte, 1<<16)
		for {
			n, err := client.Read(b)
			if bytes.Contains(b[:n], []byte("COMMIT\x00")) && p.swallow.CompareAndSwap(true, false) {
				cut.Store(true)
			}
			if _, failed := server.Write(b[:n]); err != nil || failed != nil {
				return
			}
		}
	}()
	defer both()
	b := make([]byte, 1<<16)
	for {
		n, err := server.Read(b)
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
		if cut.Load() {
			p.swallowed.Add(1)
			return
		}
		if _, failed := client.Write(b[:n]); err != nil || failed != nil {
			return
		}
	}
}
