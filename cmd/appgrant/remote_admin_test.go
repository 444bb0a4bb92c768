package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/appgrant/appgrant/server/servertest"
)

// like FILE WANT wants a file to be as another says, where <id> stands for some id that
// the server made, <n> for some number, and <time> for some time.
func like(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: like FILE WANT")
	}
	got, want := ts.ReadFile(args[0]), ts.ReadFile(args[1])
	pattern := strings.NewReplacer(
		"<n>", "[0-9]+", "<id>", "[0-9a-f]{32}", "<time>", `[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}Z`,
	).Replace(regexp.QuoteMeta(want))
	if !regexp.MustCompile("^" + pattern + "$").MatchString(got) {
		ts.Fatalf("%s is not like %s:\n%s", args[0], args[1], got)
	}
}

// first NAME FILE sets a variable to the first id in what a command printed as JSON.
func first(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: first NAME FILE")
	}
	var printed struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &printed))
	if len(printed.Items) == 0 {
		ts.Fatalf("there is no item")
	}
	ts.Setenv(args[0], printed.Items[0].ID)
}

// adminCall runs a command with the admin token of a server.
func adminCall(ctx context.Context, endpoint, token string, args ...string) outcome {
	var stdout, stderr strings.Builder
	env := []string{"APPGRANT_ENDPOINT=" + endpoint, "APPGRANT_ADMIN_TOKEN=" + token, "APPGRANT_PROJECT=p"}
	status := run(ctx, args, env, &stdout, &stderr)
	return outcome{status, stdout.String(), stderr.String()}
}

// A catalog file that is applied makes what it makes when a server starts with it.
func TestApplyIsLikeStarting(t *testing.T) {
	t.Parallel()
	demo, err := os.ReadFile("../../server/internal/catalog/demo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, catalog, project string }{
		{"demo", string(demo), "0a1b2c3d4e5f60718293a4b5c6d7e8f9"},
		{"what looks otherwise", `
users: [{name: 0123, token: 1e3, expires_at: 2098-01-01T00:00:00+02:00, member_of: [{project: 0o7}]}, {name: no, token: -1, member_of: []}]
projects: [{id: 0o7, modelarts: {apps: [{id: 1_0, name: ~}], services: [{id: 1, workspace: 00, apis: [{id: 2030-01-31, name: 'é\u'}]}]}}]`, "0o7"},
		{"a long form of JSON", `{"users": [], "projects": [{"id": "p", "apig": {"instances": [{"id": "i", "environments": ["a", "b"]}]}}]}`, "p"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := write(t, "catalog.yaml", test.catalog)
			began := servertest.Start(t, servertest.WithCatalog(test.catalog))
			applied := servertest.Start(t, servertest.WithCatalog("{}"))
			if got := adminCall(t.Context(), applied.Endpoint, applied.AdminToken, "admin", "apply", file); got != (outcome{0, "STATUS\ndone\n", ""}) {
				t.Fatalf("%+v", got)
			}
			for _, args := range [][]string{
				{"admin", "projects"},
				{"admin", "project", test.project, "-o", "json"},
				{"admin", "project", test.project},
				{"admin", "app-codes", "--project", test.project},
			} {
				want := adminCall(t.Context(), began.Endpoint, began.AdminToken, args...)
				if diff := cmp.Diff(want, adminCall(t.Context(), applied.Endpoint, applied.AdminToken, args...)); diff != "" || want.Status != 0 {
					t.Errorf("%s (-started +applied):\n%s", strings.Join(args, " "), diff)
				}
			}
		})
	}
}

const adminToken = "token-of-the-operator"

// breach is a server that breaks the contract.
type breach struct {
	name   string
	status int
	header string // Content-Type, application/json if empty
	id     string // of the request, r if empty
	bodies []string
	args   []string // admin clock if empty
	want   outcome
}

// An answer that is not of the contract is an error that says where, and no success;
// what merely seems odd is none.
func TestAdminBreaches(t *testing.T) {
	t.Parallel()
	wrong := func(line string) outcome { return outcome{1, "", "appgrant: " + line + "\n"} }
	events := []string{"admin", "events", "-o", "json"}
	access := []string{"access", "--service", "apig", "--api", "a", "--app", "b"}
	const event = `{"id": 1, "at": "now", "actor": "ann", "operation": "X", "request_id": ""}`
	for _, test := range []breach{
		{name: "another success", status: 201, bodies: []string{`{"time": "x", "running": true}`},
			want: wrong("ReadClock: the answer breaks the contract at status: is not 200 (status 201, request r)")},
		{name: "a redirect", status: 307, bodies: []string{""},
			want: wrong("ReadClock: the answer breaks the contract at status: is not 200 (status 307, request r)")},
		{name: "a body for none", status: 200, args: []string{"admin", "clock", "reset"}, bodies: []string{"{}"},
			want: wrong("ResetClock: the answer breaks the contract at status: is not 204 (status 200, request r)")},
		{name: "no body for one", status: 204, bodies: []string{""},
			want: wrong("ReadClock: the answer breaks the contract at status: is not 200 (status 204, request r)")},
		{name: "no JSON", status: 200, header: "text/html", bodies: []string{"<html>"},
			want: wrong("ReadClock: the answer breaks the contract at header Content-Type: is not application/json (status 200, request r)")},
		{name: "broken JSON", status: 200, bodies: []string{`{"time": `},
			want: wrong("ReadClock: the answer breaks the contract at body: is not JSON (status 200, request r)")},
		{name: "two documents", status: 200, bodies: []string{`{"time": "x", "running": true} {}`},
			want: wrong("ReadClock: the answer breaks the contract at body: is not JSON (status 200, request r)")},
		{name: "nothing", status: 200, bodies: []string{`null`},
			want: wrong("ReadClock: the answer breaks the contract at body: is missing (status 200, request r)")},
		{name: "a list", status: 200, bodies: []string{`[]`},
			want: wrong("ReadClock: the answer breaks the contract at body: is of another type (status 200, request r)")},
		{name: "a member is missing", status: 200, bodies: []string{`{"time": "x", "Running": true}`},
			want: wrong("ReadClock: the answer breaks the contract at /running: is missing (status 200, request r)")},
		{name: "a member is of another type", status: 200, bodies: []string{`{"time": "x", "running": "yes"}`},
			want: wrong("ReadClock: the answer breaks the contract at /running: is of another type (status 200, request r)")},
		{name: "too long", status: 200, bodies: []string{`{"time": "` + strings.Repeat("x", 64<<20) + `", "running": true}`},
			want: wrong("ReadClock: the answer breaks the contract at body: is longer than 67108864 bytes (status 200, request r)")},
		{name: "a gateway's refusal", status: 502, header: "text/html", bodies: []string{"<html>"},
			want: wrong("ReadClock: 502 Bad Gateway (request r); the answer breaks the contract at header Content-Type: is not application/json")},
		{name: "a refusal without a code", status: 404, bodies: []string{`{"error_msg": "nothing"}`},
			want: wrong("ReadClock: 404 Not Found (request r); the answer breaks the contract at /error_code: is missing")},
		{name: "the token in a message", status: 400, bodies: []string{`{"error_code": "ADMIN.0400", "error_msg": "what is ` + adminToken + `?\n\u001b[31m"}`},
			want: wrong("ReadClock: 400 ADMIN.0400: what is (secret)? ?[31m (request r)")},

		{name: "the token as an id", status: 200, id: adminToken, bodies: []string{`{}`},
			want: wrong("ReadClock: the answer breaks the contract at /running: is missing (status 200, request (secret))")},

		{name: "no decision", status: 200, args: access, bodies: []string{`{"reason": "authorized", "at": "now"}`},
			want: wrong("DecideAccess: the answer breaks the contract at /allowed: is missing (status 200, request r)")},
		{name: "a decision that is no truth", status: 200, args: access, bodies: []string{`{"allowed": 1, "reason": "authorized", "at": "now"}`},
			want: wrong("DecideAccess: the answer breaks the contract at /allowed: is of another type (status 200, request r)")},
		{name: "half an authorization", status: 200, args: access, bodies: []string{`{"allowed": true, "reason": "authorized", "at": "now", "authorization": {"id": "i"}}`},
			want: wrong("DecideAccess: the answer breaks the contract at /authorization/api_id: is missing (status 200, request r)")},

		{name: "an item is nothing", status: 200, args: events, bodies: []string{`{"events": [` + event + `, null], "next_cursor": "a"}`},
			want: wrong("ListEvents: the answer breaks the contract at /events/1: is missing (status 200, request r)")},
		{name: "no cursor", status: 200, args: events, bodies: []string{`{"events": []}`},
			want: wrong("ListEvents: the answer breaks the contract at /next_cursor: is missing (status 200, request r)")},
		{name: "the cursor again", status: 200, args: []string{"admin", "projects"},
			bodies: []string{`{"projects": ["a"], "next_cursor": "c"}`, `{"projects": ["b"], "next_cursor": "c"}`},
			want:   wrong("ListProjects: the answer breaks the contract at /next_cursor: is the one that was sent (status 200)")},
		{name: "events end with a page that has none", status: 200, args: []string{"admin", "events"},
			bodies: []string{`{"events": [` + event + `], "next_cursor": "a"}`, `{"events": [` + event + `], "next_cursor": "b"}`, `{"events": [], "next_cursor": "b"}`},
			want:   outcome{0, "ID  AT   ACTOR  OPERATION\n1   now  ann    X\n1   now  ann    X\n", ""}},
		{name: "the second page", status: 200, args: []string{"admin", "projects", "-o", "json"},
			bodies: []string{`{"projects": ["a"], "next_cursor": "c"}`, `{"projects": "b"}`},
			want: outcome{1, "{\n  \"items\": [\n    \"a\"",
				"appgrant: ListProjects: the answer breaks the contract at /projects: is of another type (status 200, request r)\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("User-Agent") != "appgrant-cli" || r.Header.Get("X-Auth-Token") != adminToken {
					t.Errorf("the request has the header %v", r.Header)
				}
				if test.header == "" {
					test.header = "application/json"
				}
				w.Header().Set("Content-Type", test.header)
				if test.id == "" {
					test.id = "r"
				}
				w.Header().Set("X-Request-Id", test.id)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.bodies[min(n, len(test.bodies)-1)]) // or nobody listens
				n++
			}))
			defer server.Close()
			args := test.args
			if args == nil {
				args = []string{"admin", "clock"}
			}
			if diff := cmp.Diff(test.want, adminCall(t.Context(), server.URL, adminToken, args...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n != len(test.bodies) {
				t.Errorf("%d requests, want %d", n, len(test.bodies))
			}
		})
	}
}

// Where no whole answer comes the status is another one, unless somebody stopped it.
func TestAdminUnanswered(t *testing.T) {
	t.Parallel()
	asked := make(chan bool, 10)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- true
		<-r.Context().Done()
	}))
	defer silent.Close()
	short := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "{") // it is all there is
	}))
	defer short.Close()
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer slow.Close()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 "+r.Header.Get("X-Auth-Token")+" ok\r\n\r\n")
		_ = conn.Close()
	}))
	defer echo.Close()

	clock := silent.URL + "/admin/v1/projects/p/clock"
	got := adminCall(t.Context(), silent.URL, adminToken, "admin", "clock", "--timeout", "50ms")
	want := outcome{4, "", `appgrant: ReadClock: Get "` + clock + "\": the request took too long\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("silence (-want +got):\n%s", diff)
	}
	<-asked

	got = adminCall(t.Context(), slow.URL, adminToken, "admin", "clock", "--timeout", "50ms")
	want = outcome{4, "", "appgrant: ReadClock: the answer breaks off: the request took too long\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a slow answer (-want +got):\n%s", diff)
	}

	got = adminCall(t.Context(), echo.URL, adminToken, "admin", "clock")
	want = outcome{4, "", `appgrant: ReadClock: Get "` + echo.URL + `/admin/v1/projects/p/clock": net/http: HTTP/1.x transport connection broken: malformed HTTP status code "(secret)"` + "\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("no HTTP (-want +got):\n%s", diff)
	}

	got = adminCall(t.Context(), short.URL, adminToken, "admin", "clock")
	want = outcome{4, "", "appgrant: ReadClock: the answer breaks off: unexpected EOF\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("half an answer (-want +got):\n%s", diff)
	}

	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-asked
		stop()
	}()
	got = adminCall(ctx, silent.URL, adminToken, "admin", "clock")
	want = outcome{130, "", "appgrant: interrupted\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stopped (-want +got):\n%s", diff)
	}
}

// Following ends when somebody stops it, during a request or between two.
func TestFollowStopped(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(silent.Close)
	back, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	var requests atomic.Int32
	proxy := httputil.NewSingleHostReverseProxy(back)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // a request is dropped
	counting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(counting.Close)
	for _, test := range []struct {
		name, endpoint string
		lines          int
	}{{"during a request", silent.URL, 0}, {"between two", counting.URL, 1}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer stop()
			got := adminCall(ctx, test.endpoint, s.AdminToken, "admin", "events", "--follow", "--project", s.Project)
			if got.Status != 0 || got.Stderr != "" || strings.Count(got.Stdout, "\n") != test.lines {
				t.Errorf("%+v", got)
			}
			if n := requests.Load(); n > 10 {
				t.Errorf("%d requests in one and a half seconds", n)
			}
		})
	}
}

// A list has all pages, and no more is asked for than is wanted.
func TestAdminPages(t *testing.T) {
	t.Parallel()
	const total = 1201
	var catalog strings.Builder
	catalog.WriteString("projects:\n")
	for i := range total {
		fmt.Fprintf(&catalog, "- id: p%04d\n", i)
	}
	s := servertest.Start(t, servertest.WithCatalog(catalog.String()))
	back, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		most, want int
		pages      []int
	}{
		{0, total, []int{500, 500, 500}},
		{501, 501, []int{500, 1}},
		{500, 500, []int{500}},
		{3, 3, []int{3}},
	} {
		t.Run(strconv.Itoa(test.want), func(t *testing.T) {
			t.Parallel()
			var pages []int
			proxy := httputil.NewSingleHostReverseProxy(back)
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
				pages = append(pages, limit)
				proxy.ServeHTTP(w, r)
			}))
			defer front.Close()
			got := adminCall(t.Context(), front.URL, s.AdminToken, "admin", "projects", "-o", "json", "--limit", strconv.Itoa(test.most))
			var printed, want struct{ Items []string }
			if err := json.Unmarshal([]byte(got.Stdout), &printed); err != nil || got.Status != 0 {
				t.Fatalf("%v %+v", err, got)
			}
			for i := range test.want {
				want.Items = append(want.Items, fmt.Sprintf("p%04d", i))
			}
			if diff := cmp.Diff(want, printed); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.pages, pages); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
		})
	}
}
