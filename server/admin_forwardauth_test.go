package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever method and path a gateway repeats, it is the same question.
func TestForwardAuthAnyway(t *testing.T) {
	t.Parallel()
	f := toDecideOn(t)
	f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}))
	yes := question{"home", "apig", "gw", "dev", "alices", "shop", ""}
	no := yes
	no.app = "depot"
	no.api = "bobs"
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
		for _, path := range []string{
			"", "/", "/orders/1", "/orders/1?limit=x&service=", "/../projects", "/%2e%2e/projects/home", "/a%2Fb", "//", "/admin/v1/projects", "?x=1", "/%00", "/forward-auth",
		} {
			t.Run(method+" "+path, func(t *testing.T) {
				t.Parallel()
				for _, body := range []string{"", "{"} {
					if body != "" && (method == "HEAD" || method == "TRACE" || method == "GET") {
						continue
					}
					c := yes.forward().withBody(body)
					c.method, c.path = method, "/admin/v1/forward-auth"+path
					r := f.do(t, c)
					expect(t, r, http.StatusOK, nil)
					if diff := cmp.Diff([]string{"authorized", "shop"}, []string{r.header.Get("X-Appgrant-Reason"), r.header.Get("X-Appgrant-App")}); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
					c.header = no.forward().header
					r = f.do(t, c)
					if got := r.header.Get("X-Appgrant-Reason"); r.status != http.StatusForbidden || got != "not_authorized" || len(r.header.Values("X-Appgrant-App")) > 0 {
						t.Errorf("%d %s %v", r.status, got, r.header)
					}
					if method != "HEAD" {
						failure{403, "ADMIN.0403", "the app may not call the API: not_authorized"}.expect(t, r)
					}
					if r := f.do(t, c.as("")); r.status != http.StatusUnauthorized {
						t.Errorf("without a token: %d", r.status)
					}
				}
			})
		}
	}
	// What only begins alike is another path.
	for _, path := range []string{"/admin/v1/forward-authority", "/admin/v1/forward-aut", "/admin/v1/Forward-Auth", "/admin/v1/x/forward-auth", "//admin/v1/forward-auth"} {
		c := yes.forward()
		c.method, c.path = "GET", path
		noRoute.expect(t, f.do(t, c))
	}
}

// A question that can't be understood is no decision.
func TestForwardAuthRefusals(t *testing.T) {
	t.Parallel()
	f := toDecideOn(t)
	good := question{"home", "apig", "gw", "dev", "alices", "shop", ""}.forward()
	without := func(name string) call {
		c := good
		c.header = c.header.Clone()
		c.header.Del(name)
		return c
	}
	for _, test := range []struct {
		name, header string
		call         call
	}{
		{"no project", "X-Appgrant-Project", without("X-Appgrant-Project")},
		{"no service", "X-Appgrant-Service", without("X-Appgrant-Service")},
		{"no API", "X-Appgrant-Api", without("X-Appgrant-Api")},
		{"empty project", "X-Appgrant-Project", good.withHeader("X-Appgrant-Project", "")},
		{"bad project", "X-Appgrant-Project", good.withHeader("X-Appgrant-Project", "a b")},
		{"project twice", "X-Appgrant-Project", good.withHeader("X-Appgrant-Project", "home", "away")},
		{"unknown service", "X-Appgrant-Service", good.withHeader("X-Appgrant-Service", "APIG")},
		{"bad realm", "X-Appgrant-Realm", good.withHeader("X-Appgrant-Realm", "a.b")},
		{"bad environment", "X-Appgrant-Env", good.withHeader("X-Appgrant-Env", "a/b")},
		{"bad API", "X-Appgrant-Api", good.withHeader("X-Appgrant-Api", "a b")},
		{"API twice", "X-Appgrant-Api", good.withHeader("X-Appgrant-Api", "alices", "bobs")},
		{"app twice", "X-Appgrant-App", good.withHeader("X-Appgrant-App", "depot", "shop")},
		{"long app", "X-Appgrant-App", good.withHeader("X-Appgrant-App", strings.Repeat("a", 1025))},
		{"long AppCode", "X-Apig-AppCode", good.withHeader("X-Apig-AppCode", strings.Repeat("a", 1025))},
		{"AppCode twice", "X-Apig-AppCode", good.withHeader("X-Apig-AppCode", shopCode, depotCode)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := f.do(t, test.call)
			adminRefusals.badValue(test.header).expect(t, r)
			if got := slices.Concat(r.header.Values("X-Appgrant-Reason"), r.header.Values("X-Appgrant-App")); len(got) > 0 {
				t.Errorf("a decision, %v, all the same", got)
			}
		})
	}
	// An environment may be empty, and an app anything.
	for value, reason := range map[string]string{"a b": "unknown_app", "{}": "unknown_app", "": "unknown_app", "depot": "authorized"} {
		r := f.do(t, good.withHeader("X-Appgrant-App", value))
		if got := r.header.Get("X-Appgrant-Reason"); got != reason {
			t.Errorf("%q: %s instead of %s", value, got, reason)
		}
	}
	model := question{project: "home", service: "modelarts", realm: "cats", api: "meow", app: "a"}.forward()
	expect(t, f.do(t, model.withHeader("X-Appgrant-Env", "")), http.StatusOK, nil)
	// The operator may ask, too.
	expect(t, f.do(t, model.as(adminToken)), http.StatusOK, nil)
	for _, bad := range []struct{ query, name string }{
		{"api_id=alices", "service"}, {"service=apig", "api_id"}, {"service=x&api_id=alices", "service"}, {"service=apig&api_id=", "api_id"},
		{"service=apig&api_id=alices&app_id=a%20b", "app_id"}, {"service=apig&api_id=alices&env_id=a.b", "env_id"},
	} {
		adminRefusals.badValue(bad.name).expect(t, f.do(t, operate("DecideAccess", "home").withQuery(bad.query)))
	}
}
