package server_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/openapi/bundle"
	"github.com/appgrant/appgrant/server"
	"github.com/appgrant/appgrant/server/internal/catalog"
)

func withPages(c *server.Config)     { c.Docs = true }
func withDemoAdmin(c *server.Config) { c.AdminToken = server.DemoAdminToken }

// The pages, by what has to be there for them, with their media types.
var (
	html, script, style = "text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8"

	commonPages = map[string]string{
		"/": html, "/docs": html, "/docs/style.css": style, "/docs/icon.svg": "image/svg+xml",
		"/docs/reference.js": script, "/docs/reference.css": style,
		"/docs/swagger-ui-bundle.js": script, "/docs/swagger-ui.css": style,
		"/openapi.yaml": "application/yaml", "/openapi.json": "application/json",
		"/openapi-3.1.yaml": "application/yaml", "/openapi-3.1.json": "application/json",
	}
	adminPages = map[string]string{
		"/docs/admin":         html,
		"/admin/openapi.yaml": "application/yaml", "/admin/openapi.json": "application/json",
		"/admin/openapi-3.1.yaml": "application/yaml", "/admin/openapi-3.1.json": "application/json",
	}
	demoPages = map[string]string{"/docs/demo.json": "application/json"}
)

// fetch sends a request for a page, which needs no token. What it returns is checked for
// what all answers have.
func (f *fixture) fetch(t *testing.T, method, path string, header http.Header) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, f.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header.Clone()
	if header == nil {
		req.Header = http.Header{"Accept-Encoding": {"identity"}}
	}
	resp, err := f.client.Transport.RoundTrip(req) // follows nothing, and unzips nothing
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if id := resp.Header.Get("X-Request-Id"); !requestIDSyntax.MatchString(id) {
		t.Errorf("%s %s: X-Request-Id is %q", method, path, id)
	}
	return resp, body
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := start(t, withPages, withDemoAdmin)
	for _, pages := range []map[string]string{commonPages, adminPages, demoPages} {
		for path, mediaType := range pages {
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				resp, body := f.fetch(t, "GET", path, nil)
				want := map[string]string{
					"Content-Type": mediaType, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
				}
				got := map[string]string{}
				for name := range want {
					got[name] = resp.Header.Get(name)
				}
				if diff := cmp.Diff(want, got); diff != "" || resp.StatusCode != http.StatusOK || len(body) < 100 {
					t.Errorf("%d with %d bytes (-want +got):\n%s", resp.StatusCode, len(body), diff)
				}
				policy := resp.Header.Get("Content-Security-Policy")
				if isPage := mediaType == html; isPage != strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") {
					t.Errorf("Content-Security-Policy is %q", policy)
				}

				head, nothing := f.fetch(t, "HEAD", path, nil)
				for _, header := range []http.Header{head.Header, resp.Header} {
					header.Del("X-Request-Id")
					header.Del("Date")
				}
				if diff := cmp.Diff(resp.Header, head.Header); diff != "" || head.StatusCode != http.StatusOK || len(nothing) > 0 {
					t.Errorf("HEAD: %d with %d bytes (-GET +HEAD):\n%s", head.StatusCode, len(nothing), diff)
				}

				again := f.do(t, call{method: "POST", path: path})
				noMethod.expect(t, again)
				if got := again.header.Get("Allow"); got != "GET, HEAD" {
					t.Errorf("Allow is %q", got)
				}
			})
		}
	}
}

// Who has a file already is not sent it again.
func TestPagesAreKept(t *testing.T) {
	t.Parallel()
	f := start(t, withPages)
	for _, path := range []string{"/", "/docs", "/openapi.yaml", "/docs/swagger-ui.css"} {
		first, _ := f.fetch(t, "GET", path, nil)
		tag := first.Header.Get("ETag")
		if !regexp.MustCompile(`^"[0-9a-f]{64}(-plain)?"$`).MatchString(tag) {
			t.Errorf("%s: ETag is %q", path, tag)
		}
		for asked, status := range map[string]int{
			tag: 304, "W/" + tag: 304, `"x", ` + tag + `, "y"`: 304, "*": 304,
			`"x"`: 200, strings.Trim(tag, `"`): 200, "": 200,
		} {
			for _, method := range []string{"GET", "HEAD"} {
				resp, body := f.fetch(t, method, path, http.Header{"If-None-Match": {asked}, "Accept-Encoding": {"identity"}})
				if resp.StatusCode != status || (len(body) > 0) != (status == 200 && method == "GET") || resp.Header.Get("ETag") != tag {
					t.Errorf("%s %s with %s: %d, %d bytes, ETag %q; want %d", method, path, asked, resp.StatusCode, len(body), resp.Header.Get("ETag"), status)
				}
			}
		}
	}
}

// The large files are sent compressed to those who take that, and are the same.
func TestPagesAreCompressed(t *testing.T) {
	t.Parallel()
	f := start(t, withPages)
	for _, path := range []string{"/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"} {
		plain, want := f.fetch(t, "GET", path, nil)
		zipped, body := f.fetch(t, "GET", path, http.Header{"Accept-Encoding": {"br, gzip"}})
		unzipped, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		got, err := io.ReadAll(unzipped)
		if err != nil || !bytes.Equal(got, want) || len(body) > len(want)/2 {
			t.Errorf("%s: %d bytes, unzipped %d (%v), and plain %d", path, len(body), len(got), err, len(want))
		}
		for _, resp := range []*http.Response{plain, zipped} {
			if got := resp.Header.Get("Vary"); got != "Accept-Encoding" {
				t.Errorf("%s: Vary is %q", path, got)
			}
		}
		if p, z := plain.Header, zipped.Header; p.Get("ETag") == z.Get("ETag") || z.Get("Content-Encoding") != "gzip" || p.Get("Content-Encoding") != "" {
			t.Errorf("%s: the two are not told apart: %v, %v", path, p, z)
		}
		refusing, _ := f.fetch(t, "GET", path, http.Header{"Accept-Encoding": {"gzip;q=0"}})
		if got := refusing.Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: sent as %s to one who does not take it", path, got)
		}
	}
}

// A cache keeps apart what differs by encoding, and what by the page that asks.
func TestPagesVary(t *testing.T) {
	t.Parallel()
	f := start(t, withPages, func(c *server.Config) { c.CORSOrigins = []string{"https://a.example", "https://b.example"} })
	resp, _ := f.fetch(t, "GET", "/docs/swagger-ui.css", http.Header{"Origin": {"https://a.example"}})
	if diff := cmp.Diff([]string{"Origin", "Accept-Encoding"}, resp.Header.Values("Vary")); diff != "" {
		t.Errorf("Vary (-want +got):\n%s", diff)
	}
}

// The contracts are those of the bundle, byte for byte.
func TestContractFiles(t *testing.T) {
	t.Parallel()
	f := start(t, withPages, withDemoAdmin)
	contracts := map[string]func() (bundle.Bundle, error){"/openapi": bundle.Contract, "/admin/openapi": bundle.Admin}
	for path, contract := range contracts {
		b, err := contract()
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string][]byte{".yaml": b.YAML, ".json": b.JSON, "-3.1.yaml": b.YAML31, "-3.1.json": b.JSON31} {
			resp, got := f.fetch(t, "GET", path+name, nil)
			if !bytes.Equal(got, want) {
				t.Errorf("%s%s: %d bytes, not those of the bundle", path, name, len(got))
			}
			if tag, want := resp.Header.Get("ETag"), fmt.Sprintf(`"%x"`, sha256.Sum256(want)); tag != want {
				t.Errorf("%s%s: ETag is %s, not the SHA-256 %s", path, name, tag, want)
			}
		}
	}
}

// A page is there if what it is about is.
func TestPagesThatAreNotThere(t *testing.T) {
	t.Parallel()
	all := slices.Concat(slices.Collect(maps.Keys(commonPages)), slices.Collect(maps.Keys(adminPages)), slices.Collect(maps.Keys(demoPages)))
	for _, test := range []struct {
		name    string
		edit    []func(*server.Config)
		missing []string
	}{
		{"off", []func(*server.Config){withDemoAdmin}, all},
		{"no admin contract", []func(*server.Config){withPages}, slices.Collect(maps.Keys(adminPages))},
		{"no demo", []func(*server.Config){withPages, onNothing}, slices.Collect(maps.Keys(demoPages))},
		{"names of others", []func(*server.Config){withPages, withDemoAdmin}, []string{
			"/index.html", "/docs/index.html", "/docs/swagger-ui.js", "/docs/files", "/docs/..", "/openapi", "/openapi.yml", "/admin", "/favicon.ico",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := start(t, test.edit...)
			for _, path := range test.missing {
				noRoute.expect(t, f.do(t, call{method: "GET", path: path}))
			}
		})
	}
}

var link = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// All links lead to where something is, under a prefix as well.
func TestPagesUnderAPrefix(t *testing.T) {
	t.Parallel()
	f := start(t, withPages, withDemoAdmin)
	for _, prefix := range []string{"", "/tools/appgrant"} {
		front := httptest.NewServer(http.StripPrefix(prefix, f.server.Handler()))
		t.Cleanup(front.Close)
		home := front.URL + prefix + "/"
		seen := map[string]bool{home: true}
		for todo := []string{home}; len(todo) > 0; todo = todo[1:] {
			resp, err := front.Client().Get(todo[0])
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %d %v", todo[0], resp.StatusCode, err)
			}
			if resp.Header.Get("Content-Type") != html {
				continue
			}
			at, err := url.Parse(todo[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range link.FindAllSubmatch(body, -1) {
				to, err := at.Parse(string(found[1]))
				if err != nil || !strings.HasPrefix(to.String(), home) {
					t.Errorf("%s leads to %s (%v)", todo[0], found[1], err)
				} else if !seen[to.String()] {
					seen[to.String()] = true
					todo = append(todo, to.String())
				}
			}
		}
		// All pages, without what only scripts ask for and with what else there is.
		if want := len(commonPages) + len(adminPages) + len([]string{"healthz", "readyz", "metrics"}); len(seen) != want {
			t.Errorf("%d pages are linked to instead of %d: %v", len(seen), want, slices.Sorted(maps.Keys(seen)))
		}
		for path, want := range map[string]string{"/docs/": "/docs", "/docs/admin/": "/docs/admin"} {
			resp, err := front.Client().Get(front.URL + prefix + path)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if got := resp.Request.URL.Path; resp.StatusCode != http.StatusOK || got != prefix+want {
				t.Errorf("%s leads to %s with %d", path, got, resp.StatusCode)
			}
		}
	}
}

var demosToken = regexp.MustCompile(`\bdemo-[a-z-]+`)

// The pages tell the tokens of the demo, all of them, and none that is a secret.
func TestPagesTellTokens(t *testing.T) {
	t.Parallel()
	var inCatalog []string
	for _, found := range regexp.MustCompile(`\btoken: (\S+)`).FindAllSubmatch(catalog.Demo, -1) {
		inCatalog = append(inCatalog, string(found[1]))
	}
	all := func(more ...string) []string {
		return slices.Compact(slices.Sorted(slices.Values(slices.Concat(inCatalog, more))))
	}
	for _, test := range []struct {
		name             string
		edit             func(*server.Config)
		home, docs, over []string
	}{
		{"the demo", func(*server.Config) {}, all(), []string{demoToken}, nil},
		{"the demo and its admin token", withDemoAdmin, all(server.DemoAdminToken), []string{demoToken}, []string{server.DemoAdminToken}},
		{"the demo and a secret", withAdmin, all(), []string{demoToken}, nil},
		{"a catalog", onNothing, nil, nil, nil},
		{"a catalog and the demo's admin token", func(c *server.Config) { onNothing(c); withDemoAdmin(c) }, nil, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := start(t, withPages, test.edit)
			for path, want := range map[string][]string{"/": test.home, "/docs": test.docs, "/docs/admin": test.over} {
				_, body := f.fetch(t, "GET", path, nil)
				got := slices.Compact(slices.Sorted(slices.Values(demosToken.FindAllString(string(body), -1))))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", path, diff)
				}
				for _, secret := range []string{adminToken, accessToken} {
					if bytes.Contains(body, []byte(secret)) {
						t.Errorf("%s tells a secret", path)
					}
				}
			}
		})
	}
}

// What the reference fills in works on the demo.
func TestPagesFillIn(t *testing.T) {
	t.Parallel()
	f := start(t, withPages, withDemoAdmin)
	given := f.do(t, call{method: "GET", path: "/docs/demo.json"})
	filled := func(op string) call {
		c := call{op: op, params: map[string]string{}, token: demoToken}
		if strings.HasPrefix(contract(t).operations[op].path, "/admin/") {
			c.token = server.DemoAdminToken
		}
		spec := contract(t).operations[op].route
		query := url.Values{}
		for name, value := range given.member(t, op, "parameters").(object) {
			text := value.(string)
			where := ""
			for _, p := range slices.Concat(spec.PathItem.Parameters, spec.Operation.Parameters) {
				if p.Value.Name == name {
					where = p.Value.In
				}
			}
			switch where {
			case "path":
				c.params[name] = text
			case "query":
				query.Set(name, text)
			case "header":
				c = c.withHeader(name, text)
			default:
				t.Errorf("%s has no parameter %s", op, name)
			}
		}
		c.query = query.Encode()
		if spec.Operation.RequestBody == nil {
			return c
		}
		if body := given.member(t, op, "body"); body != nil {
			return c.withJSON(body)
		}
		for _, example := range spec.Operation.RequestBody.Value.Content["application/json"].Examples {
			c = c.withJSON(example.Value.Value)
		}
		return c
	}

	created := f.do(t, filled("CreateAuthorizingAppsV2"))
	got := map[string]int{"CreateAuthorizingAppsV2": created.status}
	decision := f.do(t, filled("DecideAccess"))
	if decision.member(t, "allowed") != true {
		t.Errorf("the decision on what was authorized: %s", decision.raw)
	}
	got["DecideAccess"] = decision.status
	got["ForwardAuth"] = f.do(t, filled("ForwardAuth")).status
	got["CancelingAuthorizationV2"] = f.do(t, filled("CancelingAuthorizationV2").withParam("app_auth_id", created.text(t, "auths", 0, "id"))).status
	cancelled := f.do(t, filled("DeleteApiAppAuth"))
	if cancelled.member(t, "unauth_result", 0, "success") != true {
		t.Errorf("nothing was cancelled: %s", cancelled.raw)
	}
	got["DeleteApiAppAuth"] = cancelled.status
	for _, op := range []string{"DeleteApiAppAuthAlias", "DeleteAppCodeV2", "AuthorizeActionApiToInstance"} {
		got[op] = f.do(t, filled(op)).status
	}
	want := map[string]int{
		"CreateAuthorizingAppsV2": 201, "CancelingAuthorizationV2": 204, "DeleteApiAppAuth": 200, "DeleteApiAppAuthAlias": 200,
		"DeleteAppCodeV2": 204, "AuthorizeActionApiToInstance": 204, "DecideAccess": 200, "ForwardAuth": 200,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	others, _ := given.member(t, "otherwise", "parameters").(object)
	if diff := cmp.Diff(object{"project_id": project}, others); diff != "" || len(given.body.(object)) != len(want)+1 {
		t.Errorf("%s (-want +got):\n%s", given.raw, diff)
	}
}

// Pages are logged and counted like what else is outside the contracts.
func TestPagesAreLogged(t *testing.T) {
	t.Parallel()
	f := start(t, withPages)
	f.doHere(t, call{method: "GET", path: "/docs/demo.json"})
	lines := slices.DeleteFunc(strings.Split(f.log.String(), "\n"), func(line string) bool { return !strings.Contains(line, "path=/docs/demo.json") })
	if len(lines) != 1 || !strings.Contains(lines[0], " status=200 ") || strings.Contains(lines[0], "operation=") {
		t.Errorf("the log has %q", lines)
	}
	s, _ := f.scrape(t)
	if got := s.values("appgrant_requests_total")[" 200"]; got != 1 {
		t.Errorf("counted %v times", got)
	}
}
