package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestBulkRequests holds the requests that a dry run prints against the file: each pair
// is in one of them, nothing else is, and none is too large.
func TestBulkRequests(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pairs.csv")
	rapid.Check(t, func(t *rapid.T) {
		apps, apis := rapid.IntRange(1, 120).Draw(t, "apps"), rapid.IntRange(1, 60).Draw(t, "APIs")
		holes := rapid.SliceOfN(rapid.IntRange(0, apps*apis-1), 0, 5).Draw(t, "holes")
		want := map[string]int{}
		var text strings.Builder
		for i := range apps * apis {
			if len(holes) > 0 && i%(holes[0]+2) == 0 {
				continue
			}
			pair := fmt.Sprintf("app%d,api%d,env%d", i%apps, i/apps, i%apps%3)
			want[pair] = 1
			text.WriteString(pair + "\n")
		}
		if len(want) == 0 {
			t.Skip("no pair is left")
		}
		if err := os.WriteFile(file, []byte("app_id,api_id,env_id\n"+text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		args := []string{"apig", "authorize", "--dry-run", "--file", file, "--project", "p", "--instance", "i"}
		if status := run(t.Context(), args, nil, &stdout, &stderr); status != 0 {
			t.Fatalf("exit status %d: %s", status, &stderr)
		}
		got := map[string]int{}
		for line := range strings.Lines(stdout.String()) {
			_, body, _ := strings.Cut(line, "--data-binary '")
			var asked struct {
				AppIDs []string `json:"app_ids"`
				APIIDs []string `json:"api_ids"`
				EnvID  string   `json:"env_id"`
			}
			if err := json.Unmarshal([]byte(strings.TrimSuffix(body, "'\n")), &asked); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if n := len(asked.AppIDs) * len(asked.APIIDs); n > 500 || len(asked.AppIDs) > 50 {
				t.Errorf("a request has %d apps and %d pairs", len(asked.AppIDs), n)
			}
			for _, app := range asked.AppIDs {
				for _, api := range asked.APIIDs {
					got[app+","+api+","+asked.EnvID]++
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the pairs (-want +got):\n%s", diff)
		}
	})
}
