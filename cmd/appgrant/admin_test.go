package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes a file and returns its name.
func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// statuses are what calls of the admin contract with a token come to.
type statuses struct{ Projects, Clock, Forward int }

func (p *process) statuses(t *testing.T, token string) statuses {
	t.Helper()
	ask := func(method, path, body string) int {
		request, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{
			"X-Auth-Token": {token}, "X-Appgrant-Project": {"none"}, "X-Appgrant-Service": {"apig"}, "X-Appgrant-Api": {"none"},
			"Content-Type": {"application/json"},
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	return statuses{
		ask(http.MethodGet, "/admin/v1/projects", ""),
		ask(http.MethodPost, "/admin/v1/projects/none/clock/advance", `{"seconds": 1.0}`),
		ask(http.MethodGet, "/admin/v1/forward-auth", ""),
	}
}

// Flags and variables open what they say, and the tokens are in no output.
func TestAdminFlags(t *testing.T) { // not parallel: it sets variables
	const operators, gateways = "token-of-the-operator", "token-of-the-gateways"
	catalog := write(t, "catalog.yaml", "users: []\n")
	adminFile, accessFile := write(t, "admin.txt", "\n "+operators+" \r\n"), write(t, "access.txt", gateways)
	var (
		off      = statuses{404, 404, 404}
		unknown  = statuses{401, 401, 401}
		gateway  = statuses{403, 403, 403} // the last is a decision
		operator = statuses{200, 403, 403}
		tester   = statuses{200, 404, 403}
	)
	for _, test := range []struct {
		name          string
		env, args     []string
		demo          bool
		admin, access statuses
		demos         statuses // of the demo's token
	}{
		{name: "nothing", admin: off, access: off, demos: off},
		{name: "files", args: []string{"--admin-token-file", adminFile, "--access-token-file", accessFile}, admin: operator, access: gateway, demos: unknown},
		{
			name: "test controls", args: []string{"--admin-token-file", adminFile, "--access-token-file", accessFile, "--test-controls"},
			admin: tester, access: gateway, demos: unknown,
		},
		{name: "admin alone", args: []string{"--admin-token-file", adminFile}, admin: operator, access: unknown, demos: unknown},
		{name: "variables", env: []string{"APPGRANT_ADMIN_TOKEN=" + operators, "APPGRANT_ACCESS_TOKEN=" + gateways}, admin: operator, access: gateway, demos: unknown},
		{
			name: "a file before a variable", env: []string{"APPGRANT_ADMIN_TOKEN=" + gateways}, args: []string{"--admin-token-file", adminFile},
			admin: operator, access: unknown, demos: unknown,
		},
		{
			name: "names of files in variables", env: []string{"APPGRANT_ADMIN_TOKEN_FILE=" + adminFile, "APPGRANT_TEST_CONTROLS=true"},
			admin: tester, access: unknown, demos: unknown,
		},
		{name: "demo", demo: true, admin: unknown, access: unknown, demos: tester},
		{name: "demo with a token", demo: true, args: []string{"--admin-token-file", adminFile}, admin: tester, access: unknown, demos: unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, variable := range test.env {
				name, value, _ := strings.Cut(variable, "=")
				t.Setenv(name, value)
			}
			args := test.args
			if !test.demo {
				args = append([]string{"--catalog", catalog}, args...)
			}
			p := start(t, args...)
			want := []statuses{test.admin, test.access, test.demos}
			got := []statuses{p.statuses(t, operators), p.statuses(t, gateways), p.statuses(t, demoAdminToken)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(p.stdout)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{operators, gateways, demoAdminToken} {
				if strings.Contains(string(rest)+p.stderr.String(), secret) {
					t.Errorf("%q in the output", secret)
				}
			}
		})
	}
}
