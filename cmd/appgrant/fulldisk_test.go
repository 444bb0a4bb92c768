//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/appgrant/appgrant/gen/types"
)

// A disk that is full is a 500 in the service's own shape, with the cause in the log
// under the request's id. Reading goes on, and so does writing once there is room;
// nothing that was acknowledged is lost. A limit on the size of files stands in for
// the disk.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, "--data-dir", dir)
	l := newLoad(t, p.url)
	limit := func(size uint64) {
		t.Helper()
		if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "appgrant.db-wal"))
	if err != nil {
		t.Fatal(err)
	}
	limit(uint64(info.Size()) + 256<<10)

	var failed *http.Response
	for i := 0; failed == nil && i < loadAPIs*loadApps; i++ {
		response := l.post(t, fmt.Sprintf("api-%d", i%loadAPIs), fmt.Sprintf("app-%d", i/loadAPIs))
		if response.StatusCode != http.StatusCreated {
			failed = response
			break
		}
		l.made[decodeOne(t, response).Id] = response.Header.Get("X-Request-Id")
	}
	if failed == nil {
		t.Fatal("the disk never got full")
	}
	var body types.Error
	if err := json.NewDecoder(failed.Body).Decode(&body); err != nil || failed.StatusCode != http.StatusInternalServerError || body.ErrorCode != "APIG.9999" {
		t.Errorf("%d %+v %v, want a 500 APIG.9999", failed.StatusCode, body, err)
	}
	if line := logLine(p, "request failed", failed.Header.Get("X-Request-Id")); !strings.Contains(line, "disk") {
		t.Errorf("the log says of it: %q", line)
	}
	l.wantAllowed("api-0", "no-app", false) // reading goes on

	limit(unix.RLIM_INFINITY)
	response := l.post(t, "api-5", "app-5")
	l.made[decodeOne(t, response).Id] = response.Header.Get("X-Request-Id")
	l.cancel(decodeOne(t, l.post(t, "api-5", "app-5")).Id)
	l.verify()
}

// post asks to authorize a pair.
func (l *load) post(t *testing.T, api, app string) *http.Response {
	t.Helper()
	text := fmt.Sprintf(`{"env_id": %q, "api_ids": [%q], "app_ids": [%q]}`, loadEnv, api, app)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.urls[0]+gatewayPath, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Auth-Token", loadToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := l.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// logLine waits until the process has logged a message about a request.
func logLine(p *process, message, requestID string) string {
	for range 100 {
		for line := range strings.Lines(p.stderr.String()) {
			if strings.Contains(line, message) && strings.Contains(line, requestID) {
				return line
			}
		}
		time.Sleep(50 * time.Millisecond) // it is on its way through a pipe
	}
	return ""
}
