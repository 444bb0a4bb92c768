package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/server"
)

// What every operation refuses alike, each in its service's words.
func TestEveryOperationRefuses(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, test := range []struct {
		name string
		edit func(call) call
		want func(family) failure
	}{
		{"no token", func(c call) call { return c.as("") }, func(f family) failure { return f.noToken }},
		{"unknown token", func(c call) call { return c.as(unknownToken) }, func(f family) failure { return f.unknownToken }},
		{"expired token", func(c call) call { return c.as(expiredToken) }, func(f family) failure { return f.expiredToken }},
		{"wrong project", func(c call) call { return c.as(strangerToken) }, func(f family) failure { return f.wrongProject }},
		{"unknown project", func(c call) call { return c.withParam("project_id", nothing) }, func(f family) failure { return f.wrongProject }},
		{"no permission", func(c call) call { return c.as(readerToken) }, func(f family) failure { return f.noPermission }},

		{
			"token before contract", // and before the body, for one that has none would be another error
			func(c call) call { return c.as(unknownToken).withParam("project_id", "a.b").withBody("{") },
			func(f family) failure { return f.unknownToken },
		},
		{
			"contract before permission",
			func(c call) call { return c.as(readerToken).withParam("project_id", "a.b") },
			func(f family) failure { return f.badPath("project_id") },
		},
	} {
		for _, target := range targets {
			t.Run(test.name+"/"+target.name, func(t *testing.T) {
				t.Parallel()
				test.want(target.family).expect(t, f.do(t, test.edit(target.call)))
			})
		}
	}
}

// Nobody without permission learns what exists: the answer is the same.
func TestPermissionBeforeExistence(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, c := range []struct {
		name   string
		call   call
		family family
	}{
		{"apig authorize instance", authorize([]string{appOne}, []string{apiOne}).withParam("instance_id", nothing), families.gateway},
		{"apig authorize app", authorize([]string{nothing}, []string{apiOne}), families.gateway},
		{"apig cancel", cancel(nothing), families.gateway},
		{"roma instance", deleteCode(romaApp, romaCode).withParam("instance_id", nothing), families.gateway},
		{"roma app", deleteCode(nothing, romaCode), families.gateway},
		{"roma code", deleteCode(romaApp, nothing), families.gateway},
		{"modelarts service", unauthorize(modelApp).withParam("service_id", nothing), families.modelArts},
		{"modelarts api", unauthorizeByAlias(modelApp).withParam("api_id", nothing), families.modelArts},
		{"modelarts workspace", unauthorize(modelApp).withQuery("workspace_id=nowhere"), families.modelArts},
		{"dataarts workspace", act("AUTHORIZE", future).withHeader("workspace", nothing), families.dataArts},
		{"dataarts app", act("AUTHORIZE", future).withBody(set(t, act("AUTHORIZE", future).body, "app_id", nothing)), families.dataArts},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.family.noPermission.expect(t, f.do(t, c.call.as(readerToken)))
			c.family.wrongProject.expect(t, f.do(t, c.call.as(strangerToken)))
		})
	}
}

// unreadable is a body that must not be touched.
type unreadable struct{ t *testing.T }

// Read implements [io.Reader].
func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestTokenBeforeBody(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, target := range targets {
		t.Run(target.name, func(t *testing.T) {
			t.Parallel()
			c := target.call.as(unknownToken)
			req, recorder := c.request(t.Context(), t, ""), httptest.NewRecorder()
			req.Body, req.ContentLength = io.NopCloser(unreadable{t}), 10
			f.server.Handler().ServeHTTP(recorder, req)
			target.family.unknownToken.expect(t, f.check(t, c, req, recorder.Result(), recorder.Body.Bytes()))
		})
	}
}

func TestRouteBeforeToken(t *testing.T) {
	t.Parallel()
	f := start(t)
	records := "/v2/" + project + "/apigw/instances/" + gateway + "/app-auths"
	for _, test := range []struct {
		name, method, path string
		want               failure
		allow              string
	}{
		{"root", "GET", "/", noRoute, ""},
		{"unknown", "POST", "/v3/" + project + "/nothing", noRoute, ""},
		{"trailing slash", "POST", records + "/", noRoute, ""},
		{"wrong case", "POST", strings.ToUpper(records), noRoute, ""},
		{"too deep", "DELETE", records + "/a/b", noRoute, ""},
		{"wrong method on authorize", "PUT", records, noMethod, "POST"},
		{"wrong method on a record", "GET", records + "/" + nothing, noMethod, "DELETE"},
		{"wrong method on roma", "POST", "/v2/" + project + "/apic/instances/" + roma + "/apps/" + romaApp + "/app-codes/" + romaCode, noMethod, "DELETE"},
		{"wrong method on modelarts", "POST", "/v1/" + project + "/services/" + model + "/app-auth-apis/" + modelAPI + "/app-auth-api", noMethod, "DELETE"},
		{"wrong method on the alias", "GET", "/v1/" + project + "/app-auth/" + model + "/apis/" + modelAPI + "/auths", noMethod, "DELETE"},
		{"wrong method on dataarts", "DELETE", "/v1/" + project + "/service/apis/authorize/action", noMethod, "POST"},
		{"wrong method on health", "POST", "/healthz", noMethod, "GET, HEAD"},
	} {
		for _, token := range []string{"", unknownToken, demoToken} {
			t.Run(test.name+"/"+token, func(t *testing.T) {
				t.Parallel()
				r := f.do(t, call{method: test.method, path: test.path, token: token})
				test.want.expect(t, r)
				if got := r.header.Get("Allow"); got != test.allow {
					t.Errorf("Allow is %q instead of %q", got, test.allow)
				}
				if got := r.header.Get("Content-Type"); got != "application/json" {
					t.Errorf("Content-Type is %q", got)
				}
			})
		}
	}
}

func TestBadPathIDs(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, target := range targets {
		for _, parameter := range contract(t).operations[target.call.op].route.Operation.Parameters {
			if parameter.Value.In != openapi3.ParameterInPath {
				continue
			}
			name, limit := parameter.Value.Name, 64
			if strings.HasPrefix(target.name, "modelarts") {
				limit = 128
				if name == "api_id" {
					limit = 255
				}
			}
			for what, value := range map[string]string{
				"space": "a%20b", "slash": "a%2Fb", "plus": "a+b", "percent": "a%25b", "newline": "a%0A", "nul": "a%00", "dot": "a.b",
				"dots": "%2E%2E", "accent": "%C3%A9", "no UTF-8": "%FF", "semicolon": "a;b", "too long": strings.Repeat("a", limit+1),
			} {
				t.Run(target.name+"/"+name+"/"+what, func(t *testing.T) {
					t.Parallel()
					target.family.badPath(name).expect(t, f.do(t, target.call.withParam(name, value)))
				})
			}
			t.Run(target.name+"/"+name+"/longest", func(t *testing.T) {
				t.Parallel()
				r := f.do(t, target.call.withParam(name, strings.Repeat("a", limit)))
				if r.status == http.StatusNotFound || r.status == http.StatusForbidden {
					return // it went through the contract
				}
				t.Errorf("%d %s", r.status, r.raw)
			})
		}
	}
}

func TestUnknownThings(t *testing.T) {
	t.Parallel()
	f := start(t)
	one := authorize([]string{appOne}, []string{apiOne})
	action := act("AUTHORIZE", future)
	for _, test := range []struct {
		name string
		call call
		want failure
	}{
		{"apig authorize instance", one.withParam("instance_id", nothing), failure{404, "APIG.3030", "The instance does not exist;id:" + nothing}},
		{"apig authorize roma's instance", one.withParam("instance_id", roma), failure{404, "APIG.3030", "The instance does not exist;id:" + roma}},
		{"apig authorize environment", one.withBody(set(t, one.body, "env_id", nothing)), failure{404, "APIG.3003", "Environment " + nothing + " does not exist"}},
		{"apig authorize app", authorize([]string{appOne, nothing}, []string{apiOne}), failure{404, "APIG.3004", "App " + nothing + " does not exist"}},
		{"apig authorize api", authorize([]string{appOne}, []string{apiOne, nothing}), failure{404, "APIG.3002", "API " + nothing + " does not exist"}},
		{"apig cancel instance", cancel(nothing).withParam("instance_id", roma), failure{404, "APIG.3030", "The instance does not exist;id:" + roma}},
		{"apig cancel record", cancel(nothing), failure{404, "APIG.3009", "The app authorization record does not exist,id:" + nothing}},
		{"roma instance", deleteCode(romaApp, romaCode).withParam("instance_id", gateway), failure{404, "APIG.3030", "The instance does not exist;id:" + gateway}},
		{"roma app", deleteCode(nothing, romaCode), failure{404, "APIG.3004", "App " + nothing + " does not exist"}},
		{"roma code", deleteCode(romaApp, nothing), failure{404, "APIG.3082", "The AppCode does not exist."}},
		{"roma code in another case", deleteCode(romaApp, strings.ToUpper(romaCode)), failure{404, "APIG.3082", "The AppCode does not exist."}},
		{"modelarts service", unauthorize(modelApp).withParam("service_id", nothing), failure{404, "ModelArts.3502", "Service " + nothing + " does not exist."}},
		{"modelarts api", unauthorize(modelApp).withParam("api_id", nothing), failure{404, "ModelArts.3935", "The app-auth API " + nothing + " does not exist."}},
		{"alias service", unauthorizeByAlias(modelApp).withParam("service_id", nothing), failure{404, "ModelArts.3502", "Service " + nothing + " does not exist."}},
		{"dataarts workspace", action.withHeader("workspace", nothing), failure{400, "DLM.4001", "instance or workspace does not exist"}},
		{"dataarts cluster", action.withBody(set(t, action.body, "instance_id", nothing)), failure{400, "DLM.4215", "cluster does not exist"}},
		{"dataarts api", action.withBody(set(t, action.body, "api_id", nothing)), failure{400, "DLM.4018", "Api is not exist"}},
		{"dataarts app", action.withBody(set(t, action.body, "app_id", nothing)), failure{400, "DLM.4063", "application not found"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.want.expect(t, f.do(t, test.call))
		})
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	const limit = 600
	small := start(t, func(c *server.Config) { c.MaxBody = limit })
	usual := start(t)
	for _, target := range targets {
		for _, chunked := range []bool{false, true} {
			name := target.name
			if chunked {
				name += " chunked"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c := target.call
				c.chunked = chunked
				fits := c.withBody(c.body + strings.Repeat(" ", limit-len(c.body)))
				over := c.withBody(fits.body + " ")
				if r := small.do(t, fits); r.status == http.StatusRequestEntityTooLarge {
					t.Errorf("%d bytes are refused: %s", limit, r.raw)
				}
				r := small.do(t, over)
				if target.call.body == "" { // a DELETE without a body ignores what it gets
					if r.status == http.StatusRequestEntityTooLarge {
						t.Errorf("a body that does not count is refused: %s", r.raw)
					}
					return
				}
				tooLarge.expect(t, r)

				// Without a network, since a server may hang up on what it won't read.
				fits.body += strings.Repeat(" ", server.DefaultMaxBody-limit)
				if r := usual.doHere(t, fits); r.status == http.StatusRequestEntityTooLarge {
					t.Errorf("%d bytes are refused: %s", len(fits.body), r.raw)
				}
				tooLarge.expect(t, usual.doHere(t, fits.withBody(fits.body+" ")))
			})
		}
	}
}

// With two tokens it would hang on the reader which one counts.
func TestTwoTokens(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, target := range targets {
		for _, tokens := range [][]string{{demoToken, demoToken}, {demoToken, unknownToken}, {"", demoToken}} {
			target.family.unknownToken.expect(t, f.do(t, target.call.as("").withHeader("X-Auth-Token", tokens...)))
		}
		target.family.noToken.expect(t, f.do(t, target.call.as("").withHeader("X-Auth-Token", "")))
	}
}
