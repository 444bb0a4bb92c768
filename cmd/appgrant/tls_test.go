package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pair is a certificate of this machine by its serial number, and its key, in PEM.
type pair struct{ cert, key []byte }

func newPair(t *testing.T, serial int64) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
	}
}

// write puts a pair in a folder and returns the files' names.
func (p pair) write(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	put(t, cert, p.cert, time.Now())
	put(t, key, p.key, time.Now())
	return cert, key
}

// put writes a file as if at some time.
func put(t *testing.T, file string, data []byte, at time.Time) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, at, at); err != nil {
		t.Fatal(err)
	}
}

// trusting is what a client needs to know of a certificate.
func (p pair) trusting() *tls.Config {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(p.cert)
	return &tls.Config{RootCAs: roots}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	known := newPair(t, 1)
	cert, key := known.write(t, t.TempDir())
	p := start(t, "--tls-cert", cert, "--tls-key", key)
	address, ok := strings.CutPrefix(p.url, "https://")
	if !ok {
		t.Fatalf("it listens on %s", p.url)
	}
	for _, test := range []struct {
		name         string
		http1, http2 bool
		want         string
	}{
		{"HTTP/1.1", true, false, "HTTP/1.1"},
		{"HTTP/2", false, true, "HTTP/2.0"},
		{"either", true, true, "HTTP/2.0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			spoken := new(http.Protocols)
			spoken.SetHTTP1(test.http1)
			spoken.SetHTTP2(test.http2)
			transport := &http.Transport{TLSClientConfig: known.trusting(), Protocols: spoken}
			t.Cleanup(transport.CloseIdleConnections)
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+authorizePath, strings.NewReader(authorizeBody))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("X-Auth-Token", "demo-token")
			request.Header.Set("Content-Type", "application/json")
			response, err := transport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			decodeOne(t, response)
			if response.Proto != test.want {
				t.Errorf("%s instead of %s", response.Proto, test.want)
			}
		})
	}
	for _, test := range []struct {
		name    string
		version uint16
		spoken  bool
	}{
		{"TLS 1.0", tls.VersionTLS10, false},
		{"TLS 1.1", tls.VersionTLS11, false},
		{"TLS 1.2", tls.VersionTLS12, true},
		{"TLS 1.3", tls.VersionTLS13, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := known.trusting()
			config.MinVersion, config.MaxVersion = test.version, test.version
			conn, err := tls.Dial("tcp", address, config)
			if err == nil {
				_ = conn.Close()
			}
			if (err == nil) != test.spoken {
				t.Errorf("spoken: %t (%v), want %t", err == nil, err, test.spoken)
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		response, err := http.Get("http://" + address + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusBadRequest {
			t.Errorf("%d %v, want 400", response.StatusCode, err)
		}
	})
}

// shown is the serial number of what a connection would see now and, if it looks, at
// a time when the files are looked at again.
func shown(t *testing.T, c *certificate, looks bool) int64 {
	t.Helper()
	if looks {
		c.checked = time.Time{}
	}
	got, err := c.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.Leaf.SerialNumber.Int64()
}

// A certificate that is replaced is another one for new connections, as soon as it is
// whole and not before.
func TestCertificateIsReplaced(t *testing.T) {
	t.Parallel()
	first, second, third := newPair(t, 1), newPair(t, 2), newPair(t, 3)
	now := time.Now().Add(-time.Hour)
	at := func(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }
	type file struct {
		key  bool
		data []byte
		at   time.Time
	}
	both := func(p pair, t time.Time) []file { return []file{{false, p.cert, t}, {true, p.key, t}} }
	for _, test := range []struct {
		name string
		put  []file // one after the other
		want []int64
	}{
		{"nothing", nil, nil},
		{"the second", both(second, at(1)), []int64{1, 2}},
		{"the key first", []file{{true, second.key, at(1)}, {false, second.cert, at(2)}}, []int64{1, 2}},
		{"half-written", []file{{true, second.key, at(1)}, {false, second.cert[:100], at(2)}, {false, second.cert, at(3)}}, []int64{1, 1, 2}},
		{"emptied", []file{{false, nil, at(1)}, {true, nil, at(2)}, {true, third.key, at(3)}, {false, third.cert, at(4)}}, []int64{1, 1, 1, 3}},
		{"key of another", []file{{true, third.key, at(1)}}, []int64{1}},
		{"twice", append(both(second, at(1)), both(third, at(2))...), []int64{1, 2, 2, 3}},
		{"back to older files", append(both(second, at(1)), both(first, at(-5))...), []int64{1, 2, 2, 1}},
		// As of copies that keep their files' times: here the certificate is renewed
		// with its key, and is older than the key's copy.
		{"certificate between the files' times", []file{{false, first.cert, at(-5)}, {true, first.key, at(9)}, {false, renewed(t, first, 7), at(1)}}, []int64{1, 1, 7}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			names := map[bool]string{false: filepath.Join(dir, "cert.pem"), true: filepath.Join(dir, "key.pem")}
			put(t, names[false], first.cert, at(0))
			put(t, names[true], first.key, at(0))
			c, err := openCertificate(names[false], names[true])
			if err != nil {
				t.Fatal(err)
			}
			if got := shown(t, c, true); got != 1 {
				t.Fatalf("it begins with %d", got)
			}
			var got []int64
			for _, f := range test.put {
				before := shown(t, c, false)
				put(t, names[f.key], f.data, f.at)
				if early := shown(t, c, false); early != before {
					t.Errorf("it is %d before the files are looked at again", early)
				}
				got = append(got, shown(t, c, true))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, name := range names {
				if err := os.Remove(name); err != nil {
					t.Fatal(err)
				}
				if before, without := shown(t, c, false), shown(t, c, true); before != without {
					t.Errorf("without a file it is %d instead of %d", without, before)
				}
			}
		})
	}
}

// renewed is a certificate of another serial number for the same key.
func renewed(t *testing.T, p pair, serial int64) []byte {
	t.Helper()
	old, err := tls.X509KeyPair(p.cert, p.key)
	if err != nil {
		t.Fatal(err)
	}
	template := *old.Leaf
	template.SerialNumber = big.NewInt(serial)
	cert, err := x509.CreateCertificate(rand.Reader, &template, &template, old.Leaf.PublicKey, old.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
}
