package contract_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/internal/contract"
	"github.com/appgrant/appgrant/conformance/report"
)

const (
	authorize = "/paths/~1v2~1{project_id}~1apigw~1instances~1{instance_id}~1app-auths/post"
	action    = "/paths/~1v1~1{project_id}~1service~1apis~1authorize~1action/post"
)

// Each kind of fault is told by the fact it is about, with the place.
func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		oldnew []string
		want   report.Fact // without Detail
	}{
		{
			"a mandatory field is optional",
			[]string{"required: [env_id, app_ids, api_ids]", "required: [app_ids, api_ids]"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "Table 3, env_id", Verdict: report.Differs,
				Pointer: "/components/schemas/AppsToAuthorize/properties/env_id",
			},
		},
		{
			"an optional field is mandatory",
			[]string{"required: [api_id, instance_id, app_id, apply_type]", "required: [api_id, instance_id, app_id, apply_type, time]"},
			report.Fact{
				Document: "dataarts-api-authorization-operations", Row: "request parameter description, time", Verdict: report.Differs,
				Pointer: "/components/schemas/AuthorizationAction/properties/time",
			},
		},
		{
			"a field is missing",
			[]string{"        visit_params:\n          type: string\n          description: Parameters of the access.\n", ""},
			report.Fact{Document: "apig-authorize-apps", Row: "Table 5, visit_params", Verdict: report.Missing},
		},
		{
			"a field is of another type",
			[]string{"        visit_params:\n          type: string", "        visit_params:\n          type: object"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "Table 5, visit_params", Verdict: report.Differs,
				Pointer: "/components/schemas/ApiAuthRelations/properties/visit_params",
			},
		},
		{
			"a list is of other things",
			[]string{"description: Who may use the green channel.\n          items: {type: string}", "items: {type: integer}"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "Table 5, auth_whitelist", Verdict: report.Differs,
				Pointer: "/components/schemas/ApiAuthRelations/properties/auth_whitelist",
			},
		},
		{
			"an enumeration lacks a value",
			[]string{"enum: [SUCCESS, SKIPPED, FAILED]", "enum: [SUCCESS, FAILED]"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "Table 6, status", Verdict: report.Differs,
				Pointer: "/components/schemas/AuthResult/properties/status",
			},
		},
		{
			"another default",
			[]string{"default: NORMAL", "default: GREEN"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "Table 5, auth_tunnel", Verdict: report.Differs,
				Pointer: "/components/schemas/ApiAuthRelations/properties/auth_tunnel",
			},
		},
		{
			"a decision is not marked",
			[]string{"          x-ruling:\n            pattern: ISO format in the zone +0 is read as RFC 3339 with Z or +00:00.\n", ""},
			report.Fact{
				Document: "dataarts-api-authorization-operations", Row: "request parameter description, time: pattern",
				Decision: true, Verdict: report.Differs,
				Pointer: "/components/schemas/AuthorizationAction/properties/time/pattern",
			},
		},
		{
			"a decision is another",
			[]string{"maxItems: 50", "maxItems: 51"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "Table 3, app_ids: maxItems", Decision: true, Verdict: report.Differs,
				Pointer: "/components/schemas/AppsToAuthorize/properties/app_ids/maxItems",
			},
		},
		{
			"a decision is not there",
			[]string{"          maxItems: 50\n", "", "            maxItems: The documents give no limit; this one follows documented quotas.\n", ""},
			report.Fact{Document: "apig-authorize-apps", Row: "Table 3, app_ids: maxItems", Decision: true, Verdict: report.Missing},
		},
		{
			"what is documented is marked as a decision",
			[]string{"        visit_params:\n", "        visit_params:\n          x-ruling: because\n"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "Table 5, visit_params", Verdict: report.Differs,
				Pointer: "/components/schemas/ApiAuthRelations/properties/visit_params",
			},
		},
		{
			"a status is missing",
			[]string{"        '413': {$ref: '#/components/responses/BodyTooLarge'}\n        '500':\n          description: Internal Server Error.\n          headers:\n",
				"        '413': {$ref: '#/components/responses/BodyTooLarge'}\n        '501':\n          description: Internal Server Error.\n          headers:\n"},
			report.Fact{Document: "apig-authorize-apps", Row: "status 500", Verdict: report.Missing},
		},
		{
			"an example is another",
			[]string{`"app_id": "356de8eb7a8742168586e5daf5339965",`, `"app_id": "356de8eb7a8742168586e5daf5339966",`},
			report.Fact{Document: "apig-authorize-apps", Row: "example response 201", Verdict: report.Missing},
		},
		{
			"a field of an example is not in the schema",
			[]string{"        auth_tunnel:\n", "        auth_tunnels:\n"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "example response 201", Verdict: report.Differs,
				Pointer: authorize + "/responses/201/content/application~1json/examples/authorized/value",
			},
		},
		{
			"the body may be missing",
			[]string{"      requestBody:\n        required: true\n", "      requestBody:\n        required: false\n"},
			report.Fact{
				Document: "apig-authorize-apps", Row: "Table 3", Verdict: report.Differs,
				Pointer: authorize + "/requestBody/content/application~1json",
			},
		},
		{
			"the token may be missing",
			[]string{"security:\n  - XAuthToken: []\n", "security:\n  - XAuthToken: []\n  - {}\n"},
			report.Fact{
				Document: "roma-delete-appcode", Row: "Table 2, X-Auth-Token", Verdict: report.Differs,
				Pointer: "/components/securitySchemes/XAuthToken",
			},
		},
		{
			"another path",
			[]string{"app-codes/{app_code_id}:", "appcodes/{app_code_id}:"},
			report.Fact{Document: "roma-delete-appcode", Row: "URI", Verdict: report.Missing},
		},
		{
			"an error of another status",
			[]string{`"error_code": "ModelArts.0203",`, `"error_code": "ModelArts.0101",`, `"error_msg": "Invalid token."`, `"error_msg": "Invalid Argument."`},
			report.Fact{
				Document: "modelarts-cancel-api-app-authorization", Row: "further example response 401", Decision: true, Verdict: report.Differs,
				Pointer: "/components/responses/ModelArtsUnauthorized/content/application~1json/examples/unknownToken/value",
			},
		},
		{
			"not valid",
			[]string{"        - name: app_code_id\n          in: path\n          required: true\n", "        - name: app_code_id\n          in: path\n          required: 'yes'\n"},
			report.Fact{Document: "OpenAPI", Row: "a file that is valid by the specification", Verdict: report.Differs},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trace := judge(t, edit(t, tt.oldnew...), contract.Options{Rulings: true})
			found := slices.IndexFunc(trace.Facts, func(f report.Fact) bool {
				return f.Document == tt.want.Document && f.Row == tt.want.Row
			})
			if found < 0 {
				t.Fatalf("there is no fact %s, %s", tt.want.Document, tt.want.Row)
			}
			got := trace.Facts[found]
			if got.Detail == "" {
				t.Error("it does not say what is wrong")
			}
			got.Detail = ""
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("fact (-want +got):\n%s", diff)
			}
			if trace.OK() {
				t.Error("the trace is OK")
			}
		})
	}
}

// What nobody accounts for is told with its place, once, however often it is used.
func TestUntraced(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		oldnew []string
		want   []string // pointers
	}{
		{"a property", []string{"        visit_params:\n", "        surplus: {type: string}\n        visit_params:\n"},
			[]string{"/components/schemas/ApiAuthRelations/properties/surplus", "/components/schemas/ApiAuthRelations/properties/surplus/type"}},
		{"a keyword", []string{"    Id:\n      type: string\n", "    Id:\n      type: string\n      maxLength: 64\n"}, []string{"/components/schemas/Id/maxLength"}},
		{"an unknown keyword", []string{"    Id:\n      type: string\n", "    Id:\n      type: string\n      tags: [a]\n"}, []string{"/components/schemas/Id/tags"}},
		{"a component that nothing uses", []string{"    Id:\n", "    Surplus: {$ref: '#/components/schemas/Id'}\n    Id:\n"}, []string{"/components/schemas/Surplus"}},
		{"a path", []string{"paths:\n", "paths:\n  /surplus: {}\n"}, []string{"/paths/~1surplus"}},
		{"a status", []string{"      responses:\n        '201':", "      responses:\n        '202': {description: Accepted.}\n        '201':"}, []string{authorize + "/responses/202"}},
		{"a ruling on nothing", []string{"            maxItems: The", "            uniqueItems: because\n            maxItems: The"}, []string{"/components/schemas/AppsToAuthorize/properties/app_ids"}},
		{"a ruling that is not on record", []string{"    Id:\n      type: string\n", "    Id:\n      type: string\n      maxLength: 64\n", "        pattern: The documents give ids no syntax. The ones", "        maxLength: because\n        pattern: The documents give ids no syntax. The ones"}, []string{"/components/schemas/Id/maxLength"}},
		{"an unknown section of the file", []string{"paths:\n", "surplus: true\npaths:\n"}, []string{"/surplus"}},
		{"an example of a field", []string{"        visit_params:\n", "        visit_params:\n          example: surplus\n"}, []string{"/components/schemas/ApiAuthRelations/properties/visit_params/example"}},
		{"an example of a field that a document has", []string{"          description: The authorization record, the id by", "          example: dd29b33ae4394e3b924b582c6b40880b\n          description: The authorization record, the id by"}, nil},
		{"a property that is called like a list's item", []string{"        env_id:\n", "        'app_ids[]': {type: string}\n        env_id:\n"},
			[]string{"/components/schemas/AppsToAuthorize/properties/app_ids[]", "/components/schemas/AppsToAuthorize/properties/app_ids[]/type"}},
		{"a style", []string{"      name: workspace_id\n", "      name: workspace_id\n      style: deepObject\n"}, []string{"/components/parameters/ModelArtsWorkspaceId/style"}},
		{"the style that it has anyway", []string{"      name: workspace_id\n", "      name: workspace_id\n      style: form\n      explode: true\n"}, nil},
		{"a header's name", []string{"    RequestId:\n", "    RequestId:\n      name: X-Other\n"}, []string{"/components/headers/RequestId/name"}},
		{"a scope", []string{"- XAuthToken: []\n", "- XAuthToken: [all]\n"}, []string{"/security/0/XAuthToken"}},
		{"prose", []string{"        visit_params:\n", "        visit_params:\n          title: Visit\n          externalDocs: {url: 'https://example.org'}\n"}, nil},
		{"what holds anyway", []string{"        visit_params:\n", "        visit_params:\n          nullable: false\n          minLength: 0\n"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trace := judge(t, edit(t, tt.oldnew...), contract.Options{Rulings: true})
			var got []string
			for _, u := range trace.Untraced {
				got = append(got, u.Pointer)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("untraced (-want +got):\n%s", diff)
			}
		})
	}
}

// Without regard to decisions a file may decide otherwise, and must say so.
func TestOtherwise(t *testing.T) {
	t.Parallel()
	const reason = "            maxItems: The documents give no limit; this one follows documented quotas.\n"
	tests := []struct {
		name     string
		oldnew   []string
		row      string
		want     report.Verdict
		untraced []string
	}{
		{"another limit", []string{"maxItems: 50", "maxItems: 60"}, "Table 3, app_ids: maxItems", report.Otherwise, nil},
		{"no limit", []string{"          maxItems: 50\n", "", reason, ""}, "Table 3, app_ids: maxItems", report.Otherwise, nil},
		{
			"another limit that nothing marks", []string{"maxItems: 50", "maxItems: 60", reason, ""}, "Table 3, app_ids: maxItems",
			report.Otherwise, []string{"/components/schemas/AppsToAuthorize/properties/app_ids/maxItems"},
		},
		{
			"the same limit, which nothing marks", []string{reason, ""}, "Table 3, app_ids: maxItems",
			report.Found, []string{"/components/schemas/AppsToAuthorize/properties/app_ids/maxItems"},
		},
		{
			"an own decision", []string{"          minItems: 1\n          maxItems: 50\n          x-ruling:\n",
				"          minItems: 1\n          maxItems: 50\n          uniqueItems: true\n          x-ruling:\n            uniqueItems: because\n"},
			"Table 3, app_ids", report.Found, nil,
		},
		{"a documented type, marked", []string{"        visit_params:\n          type: string\n", "        visit_params:\n          type: object\n          x-ruling: {type: because}\n"},
			"Table 5, visit_params", report.Differs, nil},
		{
			"a ruling on nothing, in an own decision", []string{"            enum: [SHARED, EXCLUSIVE]\n", "            enum: [SHARED, EXCLUSIVE]\n            x-ruling: {surplus: because}\n"},
			"URI", report.Found, []string{action + "/parameters/2/schema"},
		},
		{
			"an example for want of a documented one, which nothing marks", []string{
				"              x-ruling: The document lists this status without an example.\n              value: {\n                \"error_code\": \"ModelArts.0108\"",
				"              value: {\n                \"error_code\": \"ModelArts.0108\"",
			},
			"URI", report.Found, []string{"/components/responses/ModelArtsForbidden/content/application~1json/examples/notPermitted/value"},
		},
		{"no answer to large bodies", []string{"        '413': {$ref: '#/components/responses/BodyTooLarge'}\n", ""}, "status 413", report.Otherwise, nil},
		{
			"a strict time, with an example to it", []string{
				"pattern: '^[0-9]{4,}-(0[1-9]", "pattern: '^[0-9]{4}-(0[1-9]",
				`"auth_time": "22020-08-04T`, `"auth_time": "2020-08-04T`,
				"                  summary: The API's provider authorized the app\n",
				"                  summary: The API's provider authorized the app\n                  x-ruling: The document's has a misprint.\n",
			},
			"example response 201", report.Otherwise, nil,
		},
		{
			"a strict time, and an example to it that nothing marks", []string{
				"pattern: '^[0-9]{4,}-(0[1-9]", "pattern: '^[0-9]{4}-(0[1-9]", `"auth_time": "22020-08-04T`, `"auth_time": "2020-08-04T`,
			},
			"example response 201", report.Missing, []string{authorize + "/responses/201/content/application~1json/examples/authorized/value"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trace := judge(t, edit(t, tt.oldnew...), contract.Options{})
			if got := verdicts(trace)["apig-authorize-apps, "+tt.row]; got != tt.want {
				t.Errorf("%s: %q, want %q", tt.row, got, tt.want)
			}
			var untraced []string
			for _, u := range trace.Untraced {
				untraced = append(untraced, u.Pointer)
			}
			if diff := cmp.Diff(tt.untraced, untraced); diff != "" {
				t.Errorf("untraced (-want +got):\n%s", diff)
			}
			if ok := (report.Fact{Verdict: tt.want}).OK() && len(tt.untraced) == 0; trace.OK() != ok {
				t.Errorf("OK is %t:\n%s", trace.OK(), strings.Join(wrong(trace), "\n"))
			}
		})
	}
}

// A file in which nothing is marked says what the documents say, and much that
// nobody accounts for.
func TestNoRulings(t *testing.T) {
	t.Parallel()
	root := tree(t)
	var strip func(at any)
	strip = func(at any) {
		switch v := at.(type) {
		case map[string]any:
			delete(v, "x-ruling")
			for _, member := range v {
				strip(member)
			}
		case []any:
			for _, item := range v {
				strip(item)
			}
		}
	}
	strip(root)
	trace := judge(t, marshal(t, root), contract.Options{})
	for _, f := range trace.Facts {
		mistake := strings.HasPrefix(f.Row, "mistake: ")
		if !f.Decision && !mistake && f.Verdict != report.Found {
			t.Errorf("%s, %s: %s: %s", f.Document, f.Row, f.Verdict, f.Detail)
		}
	}
	for _, pointer := range []string{"/components/schemas/Id/pattern", action + "/responses/400", authorize + "/operationId"} {
		if !slices.ContainsFunc(trace.Untraced, func(u report.Untraced) bool { return u.Pointer == pointer }) {
			t.Errorf("%s is traced", pointer)
		}
	}
}

func TestErrata(t *testing.T) {
	t.Parallel()
	const lost = "dataarts-api-authorization-operations, mistake: The place of the URI is empty."
	const year = "apig-authorize-apps, mistake: The year of the example has five digits, 22020."
	const past = "dataarts-api-authorization-operations, mistake: The end time of the example has passed, and an end time must lie in the future."
	const another = "modelarts-cancel-api-app-authorization, mistake: The example answers for another app than the one its request names."
	const method = "modelarts-cancel-api-app-authorization, mistake: A second URL of the same operation is given without a method."
	action := "  /v1/{project_id}/service/apis/authorize/action:\n"
	tests := []struct {
		name          string
		oldnew        []string
		row           string
		strict, loose report.Verdict // with regard to decisions and without
	}{
		{"lost URI", nil, lost, report.Mended, report.Mended},
		{"lost URI, another path", []string{action, "  /v2/{project_id}/authorizations:\n"}, lost, report.Otherwise, report.Otherwise},
		{"lost URI, another method", []string{action + "    post:\n", action + "    put:\n"}, lost, report.Otherwise, report.Otherwise},
		{"lost URI, not marked", []string{"        operationId: The document lost", "        x-surplus: The document lost"}, lost, report.Differs, report.Differs},
		{"long year", nil, year, report.Mended, report.Mended},
		{"long year refused, and shown mended", []string{
			"'^[0-9]{4,}-(0[1-9]", "'^[0-9]{4}-(0[1-9]", `"auth_time": "22020-08-04T`, `"auth_time": "2020-08-04T`,
		}, year, report.Differs, report.Otherwise},
		{"long year refused, and shown", []string{"'^[0-9]{4,}-(0[1-9]", "'^[0-9]{4}-(0[1-9]"}, year, report.Differs, report.Differs},
		{"long year refused by a format", []string{"          description: When the app was authorized, in UTC.\n", "          format: date-time\n"}, year, report.Differs, report.Differs},
		{"long year, not marked", []string{"            pattern: An ISO 8601 instant", "            x-surplus: An ISO 8601 instant"}, year, report.Differs, report.Differs},
		{"past time", nil, past, report.Mended, report.Mended},
		{"past time refused, and shown mended", []string{
			"'^[0-9]{4}-(0[1-9]", "'^20[3-9][0-9]-(0[1-9]", `"time": "2021-`, `"time": "2031-`,
		}, past, report.Differs, report.Otherwise},
		{"another app", nil, another, report.Mended, report.Mended},
		{"another app, tied to the example", []string{
			"        app_id:\n          type: string\n          description: The app.\n        auth_id:\n",
			"        app_id:\n          type: string\n          enum: [logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867]\n        auth_id:\n",
		}, another, report.Differs, report.Differs},
		{"no method", nil, method, report.Mended, report.Mended},
		{"no method, not marked", []string{"    x-ruling:\n      delete: The document gives this path without a method.\n", ""}, method, report.Differs, report.Differs},
		{"no method, another one", []string{"      delete: The document gives", "      post: The document gives", "    delete:\n      operationId: DeleteApiAppAuthAlias", "    post:\n      operationId: DeleteApiAppAuthAlias"}, method, report.Differs, report.Otherwise},
		{"no second path", []string{"  /v1/{project_id}/app-auth/{service_id}/apis/{api_id}/auths:", "  /v1/{project_id}/app-auths/{service_id}/apis/{api_id}/auths:"}, method, report.Missing, report.Missing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spec := edit(t, tt.oldnew...)
			for _, opts := range []contract.Options{{Rulings: true}, {}} {
				trace := judge(t, spec, opts)
				want := tt.loose
				if opts.Rulings {
					want = tt.strict
				}
				if got := verdicts(trace)[tt.row]; got != want {
					t.Errorf("%+v: %q, want %q", opts, got, want)
				}
			}
		})
	}
}
