package nginx_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server"
)

// The addresses in the example.
const (
	appgrantAddress = "127.0.0.1:8080"
	gatewayAddress  = "127.0.0.1:8081"
	backendAddress  = "127.0.0.1:8082"
)

// gateway is a running nginx and the server it asks.
type gateway struct {
	url         string
	dir         string       // where the README's commands are run
	client      *http.Client // keeps its connections
	token       string       // nginx's access token
	appgrant    *httptest.Server
	connections atomic.Int64 // that appgrant has accepted
}

type options struct {
	token    string
	appgrant http.HandlerFunc
}

// withToken makes the server's access token another than nginx has.
func withToken(token string) func(*options) { return func(o *options) { o.token = token } }

// inPlaceOfAppgrant lets something else answer nginx.
func inPlaceOfAppgrant(h http.HandlerFunc) func(*options) {
	return func(o *options) { o.appgrant = h }
}

// start prepares a directory as the README says and starts both servers. Without a
// backend, the example's own stands in.
func start(t *testing.T, backend string, change ...func(*options)) *gateway {
	t.Helper()
	binary := findNginx(t)
	g := &gateway{dir: t.TempDir(), client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}}
	t.Cleanup(g.client.CloseIdleConnections)
	g.prepare(t)
	prefix := filepath.Join(g.dir, "build", "nginx")
	token, err := os.ReadFile(filepath.Join(prefix, "access-token"))
	if err != nil {
		t.Fatal(err)
	}
	g.token = string(token)
	o := options{token: g.token}
	for _, change := range change {
		change(&o)
	}
	g.startAppgrant(t, o)

	standIn := "unix:" + filepath.Join(g.dir, "backend.sock")
	if backend == "" {
		backend = standIn
	}
	example, err := os.ReadFile("nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		address := freeAddress(t)
		config := replaceOnce(t, string(example), map[string]string{
			"server    " + appgrantAddress: "server    " + g.appgrant.Listener.Addr().String(),
			"server    " + backendAddress:  "server    " + strings.TrimPrefix(backend, "http://"),
			"listen " + gatewayAddress:     "listen " + address,
			"listen     " + backendAddress: "listen     " + standIn,
		})
		if err := os.WriteFile(filepath.Join(prefix, "nginx.conf"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		if runNginx(t, binary, prefix) {
			g.url = "http://" + address
			return g
		}
	}
	t.Fatal("nginx found no free port")
	return nil
}

// prepare runs the README's first commands, but for the build.
func (g *gateway) prepare(t *testing.T) {
	t.Helper()
	examples, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(examples, filepath.Join(g.dir, "examples")); err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile("(?s)```sh\nmake build\n(.*?)```").FindStringSubmatch(readme(t))
	if commands == nil {
		t.Fatal("the README doesn't say how to prepare the directory")
	}
	g.shell(t, commands[1])
}

// shell runs commands of the README where it would have them run.
func (g *gateway) shell(t *testing.T, commands string) string {
	t.Helper()
	sh := exec.CommandContext(t.Context(), "sh", "-ec", commands)
	sh.Dir = g.dir
	var stderr bytes.Buffer
	sh.Stderr = &stderr
	out, err := sh.Output()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, commands, stderr.Bytes())
	}
	return string(out)
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (g *gateway) startAppgrant(t *testing.T, o options) {
	t.Helper()
	var handler http.Handler = o.appgrant
	if o.appgrant == nil {
		s, err := server.New(t.Context(), server.Config{
			Store: filepath.Join(t.TempDir(), "appgrant.db"), AdminToken: "demo-admin", AccessToken: o.token,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		handler = s.Handler()
	}
	g.appgrant = httptest.NewUnstartedServer(handler)
	g.appgrant.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			g.connections.Add(1)
		}
	}
	g.appgrant.Start()
	t.Cleanup(g.appgrant.Close)
}

// findNginx skips the test where there is no nginx, unless it was asked for.
func findNginx(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} { // not every user's PATH has sbin
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("APPGRANT_TEST_NGINX") != "" {
		t.Fatal("there is no nginx")
	}
	t.Skip("there is no nginx")
	return ""
}

// freeAddress is free now; nginx can't listen on port 0, and later it may be taken.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

// replaceOnce replaces what must be there exactly once.
func replaceOnce(t *testing.T, text string, replacements map[string]string) string {
	t.Helper()
	for old, replacement := range replacements {
		if n := strings.Count(text, old); n != 1 {
			t.Fatalf("nginx.conf has %q %d times", old, n)
		}
		text = strings.Replace(text, old, replacement, 1)
	}
	return text
}

// runNginx returns when nginx accepts connections, and stops it after the test. It
// reports false if somebody else has the address.
func runNginx(t *testing.T, binary, prefix string) bool {
	t.Helper()
	args := []string{"-p", prefix, "-c", "nginx.conf"}
	if os.Geteuid() == 0 { // else its workers were nobody, who can't enter a test's directory
		args = append(args, "-g", "user root;")
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, binary, args...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	// nginx writes its pid when it listens.
	for deadline := time.Now().Add(20 * time.Second); ; {
		text, err := os.ReadFile(filepath.Join(prefix, "nginx.pid"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if len(text) > 0 {
			break
		}
		select {
		case err := <-ended:
			stop()
			if strings.Contains(output.String(), "Address already in use") {
				return false
			}
			t.Fatalf("nginx: %v\n%s", err, output.Bytes())
		case <-time.After(10 * time.Millisecond):
			if time.Now().After(deadline) {
				stop()
				t.Fatalf("nginx did not start: %v", <-ended)
			}
		}
	}
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("nginx: %v\n%s", err, output.Bytes())
		}
		if t.Failed() {
			text, _ := os.ReadFile(filepath.Join(prefix, "error.log"))
			t.Logf("nginx's error log:\n%s", text)
		}
	})
	return true
}
