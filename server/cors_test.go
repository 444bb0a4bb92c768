package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server"
)

const (
	page      = "https://console.example.com"
	otherPage = "https://console.example.com.evil.example"
)

func withOrigins(origins ...string) func(*server.Config) {
	return func(c *server.Config) { c.CORSOrigins = origins }
}

// corsHeaders are what an answer tells a browser, but for Vary.
func corsHeaders(r reply) map[string]string {
	told := map[string]string{}
	for name, values := range r.header {
		if strings.HasPrefix(name, "Access-Control-") {
			told[name] = strings.Join(values, " | ")
		}
	}
	return told
}

// preflight is what a browser asks before it sends a call, in lower case and sorted
// as it does.
func preflight(c call, origin, method string) call {
	c = c.withHeader("Origin", origin).withHeader("Access-Control-Request-Method", method).
		withHeader("Access-Control-Request-Headers", "content-type,x-auth-token")
	c.method, c.token, c.body, c.contentType = http.MethodOptions, "", "", ""
	return c
}

// exposed is what a page may read of an answer.
const exposed = "X-Request-Id, Retry-After, X-Appgrant-Reason, X-Appgrant-App"

// Pages of the origins that are allowed may call, those of others may not, and an
// answer to what no page asks is what it always was.
func TestCORS(t *testing.T) {
	t.Parallel()
	const path = "/admin/v1/projects/home"
	asked := call{path: path}
	allowed := func(origin, method string) map[string]string {
		return map[string]string{
			"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Methods": method,
			"Access-Control-Allow-Headers": "content-type,x-auth-token", "Access-Control-Max-Age": "600",
		}
	}
	readable := func(origin string) map[string]string {
		return map[string]string{"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": exposed}
	}
	get := call{method: "GET", path: path, token: adminToken}
	options := call{method: "OPTIONS", path: path}
	none := map[string]string{}
	serving := func(origins ...string) *fixture { return startAdmin(t, withOrigins(origins...)) }
	off, one, two, anyone := serving(), serving(page), serving("http://localhost:3000", page), serving("*")
	for _, test := range []struct {
		name    string
		f       *fixture
		call    call
		status  int
		headers map[string]string
	}{
		{"off: preflight", off, preflight(asked, page, "GET"), 405, none},
		{"off: call", off, get.withHeader("Origin", page), 200, none},
		{"off: OPTIONS", off, options, 405, none},

		{"preflight of GET", one, preflight(asked, page, "GET"), 204, allowed(page, "GET")},
		{"preflight of DELETE", one, preflight(asked, page, "DELETE"), 204, allowed(page, "DELETE")},
		{"preflight of PATCH", one, preflight(call{path: "/admin/v1/catalog"}, page, "PATCH"), 204, allowed(page, "PATCH")},
		{"preflight of PUT", one, preflight(call{path: path + "/clock"}, page, "PUT"), 204, allowed(page, "PUT")},
		{"preflight of POST", one, preflight(call{path: path + "/faults"}, page, "POST"), 204, allowed(page, "POST")},
		{"preflight of a service", one, preflight(worldCancel(nothing).outside(t), page, "DELETE"), 204, allowed(page, "DELETE")},
		{"preflight of a method that is none", one, preflight(asked, page, "TRACE"), 204, none},
		{"preflight of the second origin", two, preflight(asked, page, "GET"), 204, allowed(page, "GET")},
		{"call", one, get.withHeader("Origin", page), 200, readable(page)},
		{"call that is refused", one, get.withHeader("Origin", page).as(""), 401, readable(page)},
		{"call of nothing", one, call{method: "GET", path: "/nothing"}.withHeader("Origin", page), 404, readable(page)},
		{"call without an origin", one, get, 200, none},
		{"OPTIONS without an origin", one, options, 405, none},
		{"OPTIONS that asks for nothing", one, options.withHeader("Origin", page), 405, readable(page)},
		{"OPTIONS without an origin that asks", one, options.withHeader("Access-Control-Request-Method", "GET"), 405, none},

		{"other origin: preflight", one, preflight(asked, otherPage, "GET"), 405, none},
		{"other scheme: preflight", one, preflight(asked, "http://console.example.com", "GET"), 405, none},
		{"other port: preflight", one, preflight(asked, page+":8443", "GET"), 405, none},
		{"no origin at all: preflight", one, preflight(asked, "null", "GET"), 405, none},
		{"other origin: preflight of nothing", one, preflight(call{path: "/nothing"}, otherPage, "GET"), 404, none},
		{"other origin: call", one, get.withHeader("Origin", otherPage), 200, none},

		{"any: preflight", anyone, preflight(asked, otherPage, "GET"), 204, allowed("*", "GET")},
		{"any: call", anyone, get.withHeader("Origin", otherPage), 200, readable("*")},
		{"any: call without an origin", anyone, get, 200, none},
		{"any: OPTIONS without an origin", anyone, options, 405, none},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := test.f.do(t, test.call) // which wants a request id on each
			if r.status != test.status {
				t.Errorf("status %d instead of %d: %s", r.status, test.status, r.raw)
			}
			got := corsHeaders(r)
			if len(test.headers) == 0 { // what the answer exposes helps nobody who may not read it
				delete(got, "Access-Control-Expose-Headers")
			}
			if diff := cmp.Diff(test.headers, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if r.status == http.StatusMethodNotAllowed {
				noMethod.expect(t, r)
			}
			// Else a cache would give one origin's answer to another.
			varies := strings.Contains(strings.Join(r.header.Values("Vary"), ","), "Origin")
			if test.f != off && test.f != anyone && !varies {
				t.Errorf("Vary is %q", r.header.Values("Vary"))
			}
		})
	}
}

// A gateway that repeats a browser's preflight gets a decision. A 204 would let the
// request pass that it asks about.
func TestCORSNeverDecides(t *testing.T) {
	t.Parallel()
	for _, server := range []struct {
		name    string
		origins []string
	}{{"off", nil}, {"one origin", []string{page}}, {"any", []string{"*"}}} {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			f := startAdmin(t, withOrigins(server.origins...))
			f.ok(t, upsertProject("home", object{"apig": object{"instances": array{object{
				"id": "gw", "apis": array{object{"id": "alices", "owner": "alice", "published": array{"dev"}}},
			}}}}))
			question := question{"home", "apig", "gw", "dev", "alices", "depot", ""}
			for _, path := range []string{"", "/", "/x", "/orders/1"} {
				for _, origin := range []string{"", page, otherPage, "null"} {
					for _, test := range []struct {
						name, token, app string
						want             int
						reason           string
					}{
						{"yes", accessToken, "depot", 200, "authorized"},
						{"no", accessToken, "shop", 403, "not_authorized"},
						{"no token", "", "depot", 401, ""},
						{"a token of nobody", unknownToken, "depot", 401, ""},
					} {
						t.Run(path+" "+origin+" "+test.name, func(t *testing.T) {
							t.Parallel()
							asked := question
							asked.app = test.app
							c := preflight(asked.forward(), origin, "PUT").as(test.token)
							if origin == "" {
								c.header.Del("Origin")
							}
							c.path = "/admin/v1/forward-auth" + path
							r := f.do(t, c)
							if got := r.header.Get("X-Appgrant-Reason"); r.status != test.want || got != test.reason {
								t.Errorf("%d %q instead of %d %q", r.status, got, test.want, test.reason)
							}
						})
					}
				}
			}
		})
	}
}
