package openapi_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/openapi"
)

// contracts are both of them, by name.
func contracts(t *testing.T) map[string]*openapi3.T {
	t.Helper()
	docs := map[string]*openapi3.T{}
	for name, load := range map[string]func() (*openapi3.T, error){"services": openapi.Load, "admin": openapi.LoadAdmin} {
		doc, err := load()
		if err != nil {
			t.Fatal(err)
		}
		docs[name] = doc
	}
	return docs
}

func load(t *testing.T) *openapi3.T {
	t.Helper()
	return contracts(t)["services"]
}

// each visits the operations of both contracts.
func each(t *testing.T, visit func(t *testing.T, doc *openapi3.T, path, method string, op *openapi3.Operation)) {
	t.Helper()
	for name, doc := range contracts(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for path, item := range doc.Paths.Map() {
				for method, op := range item.Operations() {
					visit(t, doc, path, method, op)
				}
			}
		})
	}
}

// What Load lets pass must have been checked: damaging one place of each kind
// that it checks makes it refuse.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new string }{
		{"a reference to nothing", "'#/components/schemas/AppsToAuthorize'", "'#/components/schemas/Apps2'"},
		{"an example off its pattern", `"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID"`, `"env_id": "a b"`},
		{"an example off its enumeration", `"auth_role": "PROVIDER"`, `"auth_role": "OWNER"`},
		{"an example without a mandatory field", `"apply_type": "APPLY_TYPE_AUTHORIZE",`, ``},
		{"a default off its enumeration", "default: NORMAL", "default: RED"},
		{"a pattern that is none", "'^[0-9a-f]{32}$'", "'^[0-9a-f{32}$'"},
		{"a path parameter that is not declared", "- name: app_code_id", "- name: code_id"},
		{"two operations of one name", "operationId: DeleteApiAppAuthAlias", "operationId: DeleteApiAppAuth"},
		{"no YAML", "paths:", "paths: ["},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			damaged := bytes.Replace(openapi.YAML, []byte(tt.old), []byte(tt.new), 1)
			if bytes.Equal(damaged, openapi.YAML) {
				t.Fatalf("%q is not in the contract", tt.old)
			}
			if _, err := openapi.Parse(damaged); err == nil {
				t.Errorf("accepted with %q in the place of %q", tt.new, tt.old)
			}
		})
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	type operation struct {
		Tag, Document string
		Statuses      []string
		HasBody       bool
	}
	modelArts := operation{
		Tag: "ModelArts", Document: "modelarts-cancel-api-app-authorization", HasBody: true,
		Statuses: []string{"200", "400", "401", "403", "404", "413", "500"},
	}
	want := map[string]operation{
		"CreateAuthorizingAppsV2 POST /v2/{project_id}/apigw/instances/{instance_id}/app-auths": {
			Tag: "APIG", Document: "apig-authorize-apps", HasBody: true,
			Statuses: []string{"201", "400", "401", "403", "404", "413", "500"},
		},
		"CancelingAuthorizationV2 DELETE /v2/{project_id}/apigw/instances/{instance_id}/app-auths/{app_auth_id}": {
			Tag: "APIG", Document: "apig-cancel-authorization",
			Statuses: []string{"204", "400", "401", "403", "404", "500"},
		},
		"DeleteAppCodeV2 DELETE /v2/{project_id}/apic/instances/{instance_id}/apps/{app_id}/app-codes/{app_code_id}": {
			Tag: "ROMA Connect", Document: "roma-delete-appcode",
			Statuses: []string{"204", "400", "401", "403", "404", "500"},
		},
		"DeleteApiAppAuth DELETE /v1/{project_id}/services/{service_id}/app-auth-apis/{api_id}/app-auth-api": modelArts,
		"DeleteApiAppAuthAlias DELETE /v1/{project_id}/app-auth/{service_id}/apis/{api_id}/auths":            modelArts,
		"AuthorizeActionApiToInstance POST /v1/{project_id}/service/apis/authorize/action": {
			Tag: "DataArts Studio", Document: "dataarts-api-authorization-operations", HasBody: true,
			Statuses: []string{"204", "400", "401", "403", "413", "500"},
		},
	}
	got := map[string]operation{}
	for path, item := range load(t).Paths.Map() {
		for method, op := range item.Operations() {
			document, _ := op.Extensions["x-document"].(string)
			got[fmt.Sprintf("%s %s %s", op.OperationID, method, path)] = operation{
				Tag:      op.Tags[0],
				Document: document,
				Statuses: slices.Sorted(maps.Keys(op.Responses.Map())),
				HasBody:  op.RequestBody != nil,
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

// Every answer carries a request id; every one with a body shows an example, and
// every error has the one envelope.
func TestAnswers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T, _, _ string, op *openapi3.Operation) {
		envelope := doc.Components.Schemas["Error"].Value
		for status, response := range op.Responses.Map() {
			if _, ok := response.Value.Headers["X-Request-Id"]; !ok {
				t.Errorf("%s %s: no X-Request-Id", op.OperationID, status)
			}
			if status == "204" || op.OperationID == "ForwardAuth" && status == "200" { // gateways want none
				if len(response.Value.Content) > 0 {
					t.Errorf("%s %s: has a body", op.OperationID, status)
				}
				continue
			}
			body := response.Value.Content["application/json"]
			if body == nil || len(body.Examples) == 0 {
				t.Errorf("%s %s: no example", op.OperationID, status)
				continue
			}
			if status >= "400" && body.Schema.Value != envelope {
				t.Errorf("%s %s: another envelope", op.OperationID, status)
			}
		}
	})
}

// An x-ruling is a reason for the object it stands in, or a map from members of
// that object to reasons.
func TestRulings(t *testing.T) {
	t.Parallel()
	var root any
	if err := yaml.Load(openapi.YAML, &root); err != nil {
		t.Fatal(err)
	}
	rulings := 0
	var walk func(pointer string, node any)
	walk = func(pointer string, node any) {
		switch node := node.(type) {
		case []any:
			for i, item := range node {
				walk(fmt.Sprintf("%s/%d", pointer, i), item)
			}
		case map[string]any:
			for key, value := range node {
				if key != "x-ruling" {
					walk(pointer+"/"+key, value)
					continue
				}
				rulings++
				switch ruling := value.(type) {
				case string:
				case map[string]any:
					for member, reason := range ruling {
						if _, ok := node[member]; !ok {
							t.Errorf("%s: rules on %q, which is not there", pointer, member)
						}
						if text, _ := reason.(string); text == "" {
							t.Errorf("%s: no reason for %q", pointer, member)
						}
					}
				default:
					t.Errorf("%s: neither a reason nor a map of reasons", pointer)
				}
			}
		}
	}
	walk("", root)
	if rulings < 10 {
		t.Errorf("found %d rulings; the walk misses them", rulings)
	}
}

// Version finds by its place what Load reads.
func TestVersion(t *testing.T) {
	t.Parallel()
	if got, want := openapi.Version(), load(t).Info.Version; got != want {
		t.Errorf("the version is %q, want %q", got, want)
	}
}
