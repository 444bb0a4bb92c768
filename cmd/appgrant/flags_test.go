package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// outcome is what a command comes to, seen from outside.
type outcome struct {
	Status         int
	Stdout, Stderr string
}

func runHere(t *testing.T, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a server that should not run ends, too
	defer cancel()
	var stdout, stderr strings.Builder
	status := run(ctx, args, nil, &stdout, &stderr)
	return outcome{status, stdout.String(), stderr.String()}
}

// getsFar is what is asked rightly comes to: it gets as far as the address, which is
// none.
var getsFar = outcome{2, "", "appgrant: --listen: address nowhere: missing port in address\n"}

func refusedFor(line string) outcome { return outcome{2, "", "appgrant: " + line + "\n"} }

func TestServeFlags(t *testing.T) {
	t.Parallel()
	origin := refusedFor("--cors-origin is neither * nor an origin like https://example.com or http://localhost:3000")
	keep := refusedFor("--keep-ended and --keep-events can't be negative")
	for _, test := range []struct {
		name string
		args []string
		want outcome
	}{
		{"an origin", []string{"--cors-origin", "https://example.com"}, getsFar},
		{"an origin with a port", []string{"--cors-origin", "http://localhost:3000"}, getsFar},
		{"an address as origin", []string{"--cors-origin", "http://127.0.0.1:3000"}, getsFar},
		{"an IPv6 address as origin", []string{"--cors-origin", "https://[::1]:3000"}, getsFar},
		{"any origin", []string{"--cors-origin", "*"}, getsFar},
		{"origins in one", []string{"--cors-origin", "https://a.example,https://b.example"}, getsFar},
		{"origins one by one", []string{"--cors-origin", "https://a.example", "--cors-origin", "https://b.example"}, getsFar},
		{"an origin without a scheme", []string{"--cors-origin", "example.com"}, origin},
		{"an origin with a slash", []string{"--cors-origin", "https://example.com/"}, origin},
		{"an origin with a path", []string{"--cors-origin", "https://a.b/path"}, origin},
		{"an origin with a query", []string{"--cors-origin", "https://a.b?x"}, origin},
		{"an origin with a fragment", []string{"--cors-origin", "https://a.b#x"}, origin},
		{"an origin with a user", []string{"--cors-origin", "https://u:s3cr3t@a.b"}, origin},
		{"an origin of FTP", []string{"--cors-origin", "ftp://x"}, origin},
		{"an origin in a file", []string{"--cors-origin", "file:///"}, origin},
		{"an origin in upper case", []string{"--cors-origin", "HTTPS://a.b"}, origin},
		{"no origin", []string{"--cors-origin", "null"}, origin},
		{"an origin without a host", []string{"--cors-origin", "https://"}, origin},
		{"an origin of a port alone", []string{"--cors-origin", "http://:3000"}, origin},
		{"an origin with a wildcard", []string{"--cors-origin", "https://*.example.com"}, origin},
		{"an origin that is a wildcard", []string{"--cors-origin", "https://*"}, origin},
		{"an empty origin", []string{"--cors-origin", ""}, origin},
		{"an empty origin and another", []string{"--cors-origin", "https://a.b,"}, origin},
		{"one bad origin of two", []string{"--cors-origin", "https://a.b", "--cors-origin", "b.a"}, origin},

		{"keep for ever", []string{"--keep-ended", "0", "--keep-events", "0s"}, getsFar},
		{"keep for a while", []string{"--keep-ended", "2160h", "--keep-events", "1ns"}, getsFar},
		{"keep ended for less than nothing", []string{"--keep-ended", "-1s"}, keep},
		{"keep events for less than nothing", []string{"--keep-events", "-1ns"}, keep},
		{"no pages", []string{"--docs=false"}, getsFar},
		{"some pages", []string{"--docs=some"}, refusedFor(`invalid argument "some" for "--docs" flag: must be true or false`)},
		{"keep for no time", []string{"--keep-ended", "soon"}, refusedFor(`invalid argument "soon" for "--keep-ended" flag: must be a duration like "30s" or "5m"`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := runHere(t, append([]string{"serve", "--listen", "nowhere"}, test.args...)...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A password that was given in the wrong way is not repeated, whatever the command.
func TestStoreFlag(t *testing.T) {
	t.Parallel()
	noURL := refusedFor("--store looks like a PostgreSQL database, but is no postgres:// URL")
	other := func(scheme string) outcome {
		return refusedFor("--store " + scheme + "://... is neither a file nor a postgres:// URL")
	}
	for _, test := range []struct {
		name, store string
		want        outcome
	}{
		{"one slash", "postgres:/u:s3cr3t@h/db", noURL},
		{"no slash", "postgres:u:s3cr3t@h", noURL},
		{"the other name", "postgresql:u:s3cr3t@h", noURL},
		{"keywords", "host=h password=s3cr3t", noURL},
		{"password first", "password=s3cr3t host=h", noURL},
		{"another database", "mysql://u:s3cr3t@h/db", other("mysql")},
		{"upper case", "POSTGRES://u:s3cr3t@h/db", other("POSTGRES")},
		{"URL of a file", "file:///tmp/s3cr3t", other("file")},
		{"no slash, and a URL in it", "postgres:u:s3cr3t@h/db?sslrootcert=file:///ca.pem", noURL},
		{"keywords, and a URL in them", "host=h password=s3cr3t sslrootcert=file:///ca.pem", noURL},
	} {
		for _, command := range [][]string{{"serve", "--listen", "nowhere"}, {"migrate"}, {"backup", "copy.db"}} {
			t.Run(test.name+"/"+command[0], func(t *testing.T) {
				t.Parallel()
				got := runHere(t, append(command, "--store", test.store)...)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				// Wherever it stands, it is betrayed.
				if strings.Contains(got.Stdout+got.Stderr, "s3cr3t") {
					t.Errorf("the password is in the output: %+v", got)
				}
			})
		}
	}
}

// Neither is one of a URL that is none, or that nobody answers at.
func TestStorePasswords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, store string }{
		{"nobody there", "postgres://u:s3cr3t@127.0.0.1:1/db"},
		{"bad port", "postgres://u:s3cr3t@127.0.0.1:port/db"},
		{"bad setting", "postgres://u:s3cr3t@127.0.0.1:1/db?sslmode=maybe"},
		{"bad escape", "postgres://u:s3cr3t%zz@127.0.0.1:1/db"},
		{"password in the query", "postgres://127.0.0.1:1/db?user=u&password=s3cr3t"},
		{"a space", "postgres://u:s3cr3t @127.0.0.1:1/db"},
	} {
		for _, command := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"migrate"}, {"backup", filepath.Join(t.TempDir(), "copy.db")}} {
			t.Run(test.name+"/"+command[0], func(t *testing.T) {
				t.Parallel()
				got := runHere(t, append(command, "--store", test.store)...)
				if got.Status != exitFailed || strings.Count(got.Stderr, "\n") != 1 || strings.Contains(got.Stdout+got.Stderr, "s3cr3t") {
					t.Errorf("%+v, want status %d and a line without the password", got, exitFailed)
				}
			})
		}
	}
}

// The same holds for what stands in variables.
func TestStoreFromEnvironment(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{{"serve", "--listen", "nowhere"}, {"migrate"}, {"backup", "copy.db"}} {
		t.Run(command[0], func(t *testing.T) {
			t.Parallel()
			var stdout, stderr strings.Builder
			status := run(t.Context(), command, []string{"APPGRANT_STORE=host=h password=s3cr3t"}, &stdout, &stderr)
			want := refusedFor("--store looks like a PostgreSQL database, but is no postgres:// URL")
			if diff := cmp.Diff(want, outcome{status, stdout.String(), stderr.String()}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCertificateFlags(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, key := newPair(t, 1).write(t, dir)
	_, otherKey := newPair(t, 2).write(t, t.TempDir())
	none, noPEM := filepath.Join(dir, "none.pem"), write(t, "no.pem", "s3cr3t")
	data := filepath.Join(dir, "data")
	for _, test := range []struct {
		name, cert, key string
		want            string
	}{
		{"no key", good, "", "--tls-cert and --tls-key belong together"},
		{"no certificate", "", key, "--tls-cert and --tls-key belong together"},
		{"certificate that isn't there", none, key, "--tls-cert, --tls-key: stat " + none + ": no such file or directory"},
		{"key that isn't there", good, none, "--tls-cert, --tls-key: stat " + none + ": no such file or directory"},
		{"no PEM for a certificate", noPEM, key, "--tls-cert, --tls-key: tls: failed to find any PEM data in certificate input"},
		{"no PEM for a key", good, noPEM, "--tls-cert, --tls-key: tls: failed to find any PEM data in key input"},
		{"key for a certificate", key, key, "--tls-cert, --tls-key: tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched"},
		{"key of another one", good, otherKey, "--tls-cert, --tls-key: tls: private key does not match public key"},
		{"folder", dir, key, "--tls-cert, --tls-key: read " + dir + ": is a directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := runHere(t, "serve", "--listen", "127.0.0.1:0", "--data-dir", data, "--tls-cert", test.cert, "--tls-key", test.key)
			if diff := cmp.Diff(refusedFor(test.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, err := os.Stat(data); err == nil {
				t.Error("a database was made on the way")
			}
		})
	}
}
