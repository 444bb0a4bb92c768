package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	admin "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/servertest"
)

const (
	bulkApps = 100
	bulkAPIs = 100
)

// bulkCatalog has as many apps and APIs.
func bulkCatalog() string {
	var b strings.Builder
	b.WriteString(`
users:
  - {name: ann, token: anns-token, member_of: [{project: p, permissions: [CreateAuthorizingAppsV2]}]}
projects:
  - id: p
    apig:
      instances:
        - id: gateway
          environments: [DEFAULT_ENVIRONMENT_RELEASE_ID]
          apis:
`)
	for i := range bulkAPIs {
		fmt.Fprintf(&b, "            - {id: api-%d, owner: ann}\n", i)
	}
	b.WriteString("          apps:\n")
	for i := range bulkApps {
		fmt.Fprintf(&b, "            - {id: app-%d, owners: [ann]}\n", i)
	}
	return b.String()
}

// TestBulkInterrupted stops the authorization of 10 000 pairs in the middle and runs
// the same command again.
func TestBulkInterrupted(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.WithCatalog(bulkCatalog()))
	file := filepath.Join(t.TempDir(), "pairs.csv")
	text := new(strings.Builder)
	text.WriteString("app_id,api_id\n")
	for app := range bulkApps {
		for api := range bulkAPIs {
			fmt.Fprintf(text, "app-%d,api-%d\n", app, api)
		}
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	fault(admin.Fault{Operation: admin.OperationCreateAuthorizingAppsV2, DelayMs: 100, Times: 1000})(t, s)

	first, terminal := startBulk(t, s, file)
	for len(bulkEvents(t, s)) < 3 {
		time.Sleep(5 * time.Millisecond)
	}
	if err := first.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	printed := endBulk(t, first, 3)
	interrupted := printed.Done
	if interrupted == 0 || interrupted == bulkApps*bulkAPIs {
		t.Fatalf("%d pairs were done when the command was interrupted", interrupted)
	}
	want := map[string]int{"done": interrupted, "unsent": bulkApps*bulkAPIs - interrupted}
	if diff := cmp.Diff(want, printed.statuses()); diff != "" {
		t.Errorf("interrupted (-want +got):\n%s", diff)
	}
	shown := terminal()
	if !regexp.MustCompile(`[1-9][0-9]?% \|█+ *\| \([0-9]+/10000\)`).MatchString(shown) {
		t.Errorf("there was no progress bar on the terminal: %q", shown)
	}
	if want := fmt.Sprintf("appgrant: %d of 10000 done; interrupted, the same command does the rest\r\n", interrupted); !strings.HasSuffix(shown, want) {
		t.Errorf("the terminal ends with %q, want %q", shown[max(0, len(shown)-200):], want)
	}
	if n := len(recordedPairs(t, s)); n != interrupted {
		t.Errorf("the server has %d pairs, and %d were reported", n, interrupted)
	}

	if _, err := s.Admin.ClearFaultsWithResponse(t.Context(), s.Project); err != nil {
		t.Fatal(err)
	}
	second, _ := startBulk(t, s, file)
	want = map[string]int{"skipped": interrupted, "done": bulkApps*bulkAPIs - interrupted}
	if diff := cmp.Diff(want, endBulk(t, second, 0).statuses()); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	pairs := recordedPairs(t, s)
	for pair, times := range pairs {
		if times != 1 {
			t.Errorf("%s was authorized %d times", pair, times)
		}
	}
	if len(pairs) != bulkApps*bulkAPIs {
		t.Errorf("%d pairs are authorized", len(pairs))
	}
}

// startBulk runs the command on a terminal, whose text the function returns at the end.
func startBulk(t *testing.T, s *servertest.Server, file string) (*exec.Cmd, func() string) {
	t.Helper()
	terminal, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	cmd := exec.Command("appgrant", "apig", "authorize", "--instance", "gateway", "--file", file, "--output", "json")
	cmd.Env = append(os.Environ(), "APPGRANT_ENDPOINT="+s.Endpoint, "APPGRANT_PROJECT="+s.Project, "APPGRANT_TOKEN="+s.Token)
	cmd.Stdout, cmd.Stderr = new(bytes.Buffer), tty
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close() // the command has its own
	shown := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(terminal) // ends with an error when the command does
		shown <- string(text)
	}()
	return cmd, func() string { return <-shown }
}

// bulkResults is what the command prints.
type bulkResults struct {
	Items []struct {
		Status string `json:"status"`
	}
	Done int
}

func (r bulkResults) statuses() map[string]int {
	counts := map[string]int{}
	for _, item := range r.Items {
		counts[item.Status]++
	}
	return counts
}

func endBulk(t *testing.T, cmd *exec.Cmd, status int) (r bulkResults) {
	t.Helper()
	_ = cmd.Wait() // the status tells
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Errorf("exit status %d, want %d", got, status)
	}
	if err := json.Unmarshal(cmd.Stdout.(*bytes.Buffer).Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func bulkEvents(t *testing.T, s *servertest.Server) []admin.Event {
	t.Helper()
	r, err := s.Admin.ListEventsWithResponse(t.Context(), s.Project, nil)
	if err != nil {
		t.Fatal(err)
	}
	var made []admin.Event
	for _, e := range r.JSON200.Events {
		if e.Operation == "CreateAuthorizingAppsV2" {
			made = append(made, e)
		}
	}
	return made
}

// recordedPairs counts the records of each pair.
func recordedPairs(t *testing.T, s *servertest.Server) map[string]int {
	t.Helper()
	pairs := map[string]int{}
	params := admin.ListAuthorizationsParams{Limit: new(500)}
	for {
		r, err := s.Admin.ListAuthorizationsWithResponse(t.Context(), s.Project, &params)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range r.JSON200.Authorizations {
			pairs[a.AppId+" "+a.ApiId]++
		}
		if r.JSON200.NextCursor == "" {
			return pairs
		}
		params.Cursor = &r.JSON200.NextCursor
	}
}
