package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/gen/types"
)

const (
	authorizePath = "/v2/0a1b2c3d4e5f60718293a4b5c6d7e8f9/apigw/instances/f0fa1789-3b76-433b-a787-9892951c620e/app-auths"
	authorizeBody = `{"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID", "app_ids": ["356de8eb7a8742168586e5daf5339965"], "api_ids": ["5f918d104dc84480a75166ba99efff21"]}`
)

func authorize(t *testing.T, url string) types.ApiAuthRelations {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url+authorizePath, strings.NewReader(authorizeBody))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Auth-Token", "demo-token")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return decodeOne(t, response)
}

// decodeOne reads a 201 with one record.
func decodeOne(t *testing.T, response *http.Response) types.ApiAuthRelations {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var records types.AuthorizationRecords
	if err := json.Unmarshal(body, &records); response.StatusCode != http.StatusCreated || err != nil || len(records.Auths) != 1 {
		t.Fatalf("%d %s, want 201 with one record", response.StatusCode, body)
	}
	return records.Auths[0]
}

func TestAcknowledgedWriteSurvivesKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, "--data-dir", dir)
	made := authorize(t, first.url)
	if err := first.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = first.cmd.Wait() // killed, as asked

	found := authorize(t, start(t, "--data-dir", dir).url)

	want := made
	want.AuthResult.Status = types.SKIPPED
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("after kill -9 (-want +got):\n%s", diff)
	}
}

// send opens a connection and says something on it.
func send(t *testing.T, p *process, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// A request that has arrived in part when SIGTERM comes is still answered.
func TestTermDrains(t *testing.T) {
	t.Parallel()
	p := start(t)
	// The server asks for the body when it reads it, so then the request is under way.
	conn := send(t, p, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: demo-token\r\nContent-Type: application/json\r\n"+
		"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", authorizePath, len(authorizeBody)))
	const goOn = "HTTP/1.1 100 Continue\r\n\r\n"
	asked := make([]byte, len(goOn))
	if _, err := io.ReadFull(conn, asked); err != nil || string(asked) != goOn {
		t.Fatalf("%q %v, want %q", asked, err, goOn)
	}

	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // until it takes no new connections
		probe, err := net.Dial("tcp", p.address())
		if err != nil {
			break
		}
		_ = probe.Close()
	}
	if _, err := io.WriteString(conn, authorizeBody); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 201 ")) {
		t.Errorf("%q %v, want a 201", answer, err)
	}
	rest, err := io.ReadAll(p.stdout)
	if err != nil || len(rest) > 0 {
		t.Errorf("more than one line on standard output: %q %v", rest, err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v; standard error: %s", err, p.stderr)
	}
}

// Asked of the flags alone: a test must not open the demo to anybody.
func TestDemoOnEveryAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		flags serveFlags
		ok    bool
	}{
		{"demo by default", serveFlags{listen: "0.0.0.0:0"}, false},
		{"demo on IPv6", serveFlags{listen: "[::]:0"}, false},
		{"demo without a host", serveFlags{listen: ":0"}, false},
		{"demo on loopback", serveFlags{listen: "127.0.0.1:0"}, true},
		{"demo on IPv6 loopback", serveFlags{listen: "[::1]:0"}, true},
		{"demo on purpose", serveFlags{listen: "0.0.0.0:0", demo: true}, true},
		{"a catalog", serveFlags{listen: "0.0.0.0:0", catalog: "catalog.yaml"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := tt.flags.checkListen(); (err == nil) != tt.ok {
				t.Errorf("allowed: %t (%v), want %t", err == nil, err, tt.ok)
			}
		})
	}
}

// What net/http would answer by itself is answered like any other request.
func TestOptionsForTheServer(t *testing.T) {
	t.Parallel()
	p := start(t)
	conn := send(t, p, "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	var body types.Error
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil || response.StatusCode != http.StatusNotFound || body.ErrorCode != "APIGW.0101" {
		t.Errorf("%d %+v %v, want a 404 APIGW.0101", response.StatusCode, body, err)
	}
}

func TestCatalogFromEnvironment(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "catalog.yaml")
	if err := os.WriteFile(file, []byte("users: [{name: me, token: mine}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("APPGRANT_CATALOG", file)
	t.Setenv("APPGRANT_LOG_FORMAT", "json")
	p := start(t)

	request, err := http.NewRequest(http.MethodPost, p.url+authorizePath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Auth-Token", "demo-token")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("the demo's token gets %d from a server with a catalog of its own, want 401", response.StatusCode)
	}

	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(p.stdout); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(p.stderr.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("log line is not JSON: %s", line)
		}
	}
}
