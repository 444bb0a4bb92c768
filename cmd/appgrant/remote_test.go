package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/appgrant/appgrant/server/servertest"
)

// TestRemoteScripts runs testdata/remote/*.txtar, each with a server of its own that
// has the demo in it. Beside the usual commands there are status, like, first, and
//
//	ids FILE FILE
//
// which takes the ids out of what a command printed as JSON and writes them in lines.
// Most scripts make one call at a time, so a short run, for the race detector, has only
// those that make several.
func TestRemoteScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/remote/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		files = []string{"testdata/remote/input.txtar"}
	}
	testscript.Run(t, testscript.Params{
		Files:               files,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status, "ids": ids, "like": like, "first": first,
		},
		Setup: func(env *testscript.Env) error {
			s, err := servertest.New()
			if err != nil {
				return err
			}
			env.Defer(func() { _ = s.Close() }) // what matters is what the script saw
			env.Setenv("APPGRANT_ENDPOINT", s.Endpoint)
			env.Setenv("APPGRANT_PROJECT", s.Project)
			env.Setenv("APPGRANT_TOKEN", s.Token)
			env.Setenv("APPGRANT_ADMIN_TOKEN", s.AdminToken)
			return nil
		},
	})
}

func ids(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: ids FILE FILE")
	}
	var printed struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &printed))
	var lines strings.Builder
	for _, item := range printed.Items {
		lines.WriteString(item.ID + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(lines.String()), 0o600))
}
