package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// TestStubbornServers runs commands on many rows against servers that don't do them, and
// counts what came of the rows and how often the server was asked.
func TestStubbornServers(t *testing.T) {
	t.Parallel()
	refuse := func(status int, code string) func(http.ResponseWriter, int32) {
		return func(w http.ResponseWriter, _ int32) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"error_code": "`+code+`", "error_msg": "no \u009b31m\u202e 🚫"}`)
		}
	}
	hangUp := func(http.ResponseWriter) { panic(http.ErrAbortHandler) }
	pairs := func(n int) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "app-%d,api-%d\n", i, i)
		}
		return text.String()
	}
	apply := []string{"dataarts", "apply", "--instance", "APIG", "--until", "2099-01-01T00:00:00Z"}
	authorize := []string{"apig", "authorize", "--instance", "i"}
	tests := []struct {
		name   string
		args   []string
		rows   string
		answer func(w http.ResponseWriter, n int32)
		status int
		asked  int32
		want   map[string]int
	}{
		{
			name: "no answer", args: apply, rows: strings.ReplaceAll(pairs(20), "app", "x"),
			answer: func(w http.ResponseWriter, _ int32) { hangUp(w) },
			status: 4, asked: 5, want: map[string]int{"unsure": 5, "unsent": 15},
		},
		{
			name: "one lost answer", args: apply, rows: pairs(20),
			answer: func(w http.ResponseWriter, n int32) {
				if n == 3 {
					hangUp(w)
				}
				w.WriteHeader(http.StatusNoContent)
			},
			status: 3, asked: 20, want: map[string]int{"unsure": 1, "done": 19},
		},
		{
			name: "a token that is not taken", args: apply, rows: pairs(20), answer: refuse(401, "APIGW.0301"),
			status: 1, asked: 1, want: map[string]int{"failed": 1, "unsent": 19},
		},
		{
			name: "everything is forbidden", args: authorize, rows: pairs(200), answer: refuse(403, "APIG.1005"),
			status: 1, asked: 50, want: map[string]int{"failed": 50, "unsent": 150},
		},
		{
			name: "another environment", args: authorize, rows: "shop,orders\nshop,prices\nkiosk,orders\n", answer: refuse(404, "APIG.3003"),
			status: 1, asked: 2, want: map[string]int{"failed": 3},
		},
		{
			name: "half of the pairs", args: authorize, rows: "shop,orders\nshop,prices\n",
			answer: func(w http.ResponseWriter, _ int32) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusCreated)
				_, _ = io.WriteString(w, `{"auths": [{"id": "1", "app_id": "shop", "api_id": "orders", "auth_result": {"status": "SUCCESS"}}]}`)
			},
			status: 3, asked: 1, want: map[string]int{"done": 1, "unsure": 1},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				test.answer(w, asked.Add(1))
			}))
			t.Cleanup(server.Close)
			file := filepath.Join(t.TempDir(), "rows.csv")
			if err := os.WriteFile(file, []byte(test.rows), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			args := slices.Concat(test.args, []string{"--file", file, "--endpoint", server.URL, "--project", "p", "--token", "some-token",
				"--attempts", "1", "--concurrency", "1", "--output", "json"})
			if status := run(t.Context(), args, nil, &stdout, &stderr); status != test.status {
				t.Errorf("exit status %d, want %d: %s", status, test.status, &stderr)
			}
			for _, r := range stdout.String() + stderr.String() {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Errorf("%q is printed", r)
				}
			}
			var printed bulkResults
			if err := json.Unmarshal(stdout.Bytes(), &printed); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, printed.statuses()); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if got := asked.Load(); got != test.asked {
				t.Errorf("the server was asked %d times, want %d", got, test.asked)
			}
		})
	}
}
