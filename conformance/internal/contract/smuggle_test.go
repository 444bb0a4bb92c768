package contract_test

import (
	"strings"
	"testing"

	"github.com/appgrant/appgrant/conformance/internal/contract"
)

// node is what is in a tree at a path of names.
func node(t *testing.T, root map[string]any, path ...string) map[string]any {
	t.Helper()
	for _, name := range path {
		next, ok := root[name].(map[string]any)
		if !ok {
			t.Fatalf("%s of %s is no object", name, strings.Join(path, "/"))
		}
		root = next
	}
	return root
}

const (
	authorizePath = "/v2/{project_id}/apigw/instances/{instance_id}/app-auths"
	aliasPath     = "/v1/{project_id}/app-auth/{service_id}/apis/{api_id}/auths"
	actionPath    = "/v1/{project_id}/service/apis/authorize/action"
)

type object = map[string]any

// change is a change of the contract, made on its tree.
type change struct {
	name string
	do   func(t *testing.T, root object)
}

// ofProperty changes a property of a schema.
func ofProperty(name, schema, property string, members object) change {
	return change{name, func(t *testing.T, root object) {
		at := node(t, root, "components", "schemas", schema, "properties", property)
		for key, value := range members {
			if reasons, ok := at["x-ruling"].(object); ok && key == "x-ruling" {
				for of, reason := range value.(object) {
					reasons[of] = reason
				}
				continue
			}
			at[key] = value
		}
	}}
}

// ofAlias changes the operation under the second URI.
func ofAlias(name string, do func(t *testing.T, operation object)) change {
	return change{name, func(t *testing.T, root object) { do(t, node(t, root, "paths", aliasPath, "delete")) }}
}

// No x-ruling makes good what a document contradicts, and nothing that tools ignore
// counts.
func TestSmuggled(t *testing.T) {
	t.Parallel()
	because := func(key string) object { return object{key: "because"} }
	longer := object{ // each part agrees with the default as far as it goes
		"allOf":     []any{object{"$ref": "#/components/schemas/ModelArtsId"}, object{"default": "0"}},
		"minLength": 2, "x-ruling": because("minLength"),
	}
	for _, tt := range []change{
		ofProperty("another enumeration", "ApiAuthRelations", "auth_role", object{"allOf": []any{object{"enum": []any{"PROVIDER"}, "x-ruling": "because"}}}),
		ofProperty("another type", "ApiAuthRelations", "visit_params", object{"allOf": []any{object{"type": "integer", "x-ruling": "because"}}}),
		ofProperty("another default", "AppsToUnauthorize", "workspace_id", object{"allOf": []any{object{"type": "string"}, object{"default": "1", "x-ruling": "because"}}}),
		ofProperty("null", "Error", "error_msg", object{"nullable": true, "x-ruling": because("nullable")}),
		ofProperty("a field of a request that none may have", "AppsToUnauthorize", "workspace_id", object{"readOnly": true, "x-ruling": because("readOnly")}),
		ofProperty("a field of an answer that none may have", "ApiAuthRelations", "auth_whitelist", object{"writeOnly": true, "x-ruling": because("writeOnly")}),
		ofProperty("a pattern for one of two values", "ApiAuthRelations", "auth_role", object{"pattern": "^PROVIDER$", "x-ruling": because("pattern")}),
		ofProperty("a pattern for one of three values", "AuthResult", "status", object{"pattern": "^SUCCESS$", "x-ruling": because("pattern")}),
		ofProperty("a pattern for one of five values", "AuthorizationAction", "apply_type", object{"pattern": "^APPLY_TYPE_AUTHORIZE$", "x-ruling": because("pattern")}),
		ofProperty("alternatives for one of five values", "AuthorizationAction", "apply_type", object{"oneOf": []any{object{"enum": []any{"APPLY_TYPE_AUTHORIZE"}}}, "x-ruling": because("oneOf")}),
		ofProperty("no value at all", "ApiAuthRelations", "visit_params", object{"not": object{}, "x-ruling": because("not")}),
		ofProperty("no value but an empty one", "ApiAuthRelations", "visit_params", object{"maxLength": 0, "x-ruling": because("maxLength")}),
		{"a field's default refused", func(t *testing.T, root object) {
			node(t, root, "components", "schemas", "AppsToUnauthorize", "properties")["workspace_id"] = longer
		}},
		ofProperty("a list without items", "ApiAuthRelations", "auth_whitelist", object{"maxItems": 0, "x-ruling": because("maxItems")}),
		ofProperty("one of two truth values", "AppAuthResultInfo", "success", object{"enum": []any{true}, "x-ruling": because("enum")}),
		{"fields that exclude each other", func(t *testing.T, root object) {
			schema := node(t, root, "components", "schemas", "AuthResult")
			schema["not"] = object{"required": []any{"error_msg", "api_name"}}
			node(t, schema, "x-ruling")["not"] = "because"
		}},
		{"a parameter's default refused", func(t *testing.T, root object) {
			node(t, root, "components", "parameters", "ModelArtsWorkspaceId")["schema"] = longer
		}},
		{"a default beside a $ref", func(t *testing.T, root object) {
			node(t, root, "components", "parameters", "ModelArtsWorkspaceId")["schema"] = object{"$ref": "#/components/schemas/ModelArtsId", "default": "0"}
		}},
		{"an enumeration beside a $ref", func(t *testing.T, root object) {
			properties := node(t, root, "components", "schemas", "AuthorizationAction", "properties")
			node(t, root, "components", "schemas")["Text"] = object{"type": "string"}
			properties["apply_type"] = object{"$ref": "#/components/schemas/Text", "enum": properties["apply_type"].(object)["enum"]}
		}},
		{"a mandatory header beside a $ref, in OpenAPI 3.1", func(t *testing.T, root object) {
			root["openapi"] = "3.1.0"
			header := node(t, root, "components", "headers")
			header["Optional"] = object{"schema": object{"$ref": "#/components/schemas/RequestId"}, "x-ruling": "because"}
			for _, answer := range node(t, root, "paths", authorizePath, "post", "responses") {
				if headers, ok := answer.(object)["headers"].(object); ok {
					headers["X-Request-Id"] = object{
						"$ref": "#/components/headers/Optional", "required": true, "x-ruling": "because",
					}
				}
			}
		}},
		ofAlias("a status of the second URI", func(t *testing.T, operation object) {
			node(t, operation, "responses")["418"] = object{"description": "A teapot."}
		}),
		ofAlias("a parameter of the second URI", func(_ *testing.T, operation object) {
			operation["parameters"] = append(operation["parameters"].([]any), object{
				"name": "q", "in": "query", "schema": object{"type": "string"},
			})
		}),
		ofAlias("weaker security of the second URI", func(_ *testing.T, operation object) {
			operation["security"] = []any{object{"XAuthToken": []any{}}, object{}}
		}),
		ofAlias("a bound of the second URI", func(_ *testing.T, operation object) {
			parameter := operation["parameters"].([]any)[0].(object)
			parameter["schema"] = object{"allOf": []any{parameter["schema"]}, "maxLength": 40}
		}),
		{"a bound of the first URI alone", func(t *testing.T, root object) {
			const path = "/v1/{project_id}/services/{service_id}/app-auth-apis/{api_id}/app-auth-api"
			parameter := node(t, root, "paths", path, "delete")["parameters"].([]any)[0].(object)
			parameter["schema"] = object{"allOf": []any{parameter["schema"]}, "maxLength": 40}
		}},
		{"the servers of an operation", func(t *testing.T, root object) {
			node(t, root, "paths", authorizePath, "post")["servers"] = []any{object{"url": "https://example.org/v9"}}
		}},
		{"the servers of a path", func(t *testing.T, root object) {
			node(t, root, "paths", authorizePath)["servers"] = []any{object{"url": "/other"}}
		}},
		{"the name of another document", func(t *testing.T, root object) {
			node(t, root, "paths", authorizePath, "post")["x-document"] = "roma-delete-appcode"
		}},
		{"JSON in another encoding", func(t *testing.T, root object) {
			content := node(t, root, "paths", authorizePath, "post", "responses", "404", "content")
			content["application/json; charset=latin1"] = content["application/json"]
			delete(content, "application/json")
		}},
		{"a reason of white space", func(t *testing.T, root object) {
			node(t, root, "components", "schemas", "Id")["x-ruling"] = object{"pattern": " \n"}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := tree(t)
			tt.do(t, root)
			if judge(t, marshal(t, root), contract.Options{}).OK() {
				t.Error("it goes unnoticed")
			}
		})
	}
}

// What says nothing, what is laid out otherwise and what is a decision where the
// documents are silent is no fault.
func TestNotSmuggled(t *testing.T) {
	t.Parallel()
	for _, tt := range []change{
		{"extensions of others", func(t *testing.T, root object) {
			root["x-logo"] = object{"url": "logo.png"}
			node(t, root, "paths", authorizePath, "post")["x-go-name"] = "Authorize"
			node(t, root, "components", "schemas", "Id")["x-go-type"] = "string"
		}},
		{"an operation that names no document", func(t *testing.T, root object) {
			delete(node(t, root, "paths", authorizePath, "post"), "x-document")
		}},
		{"the servers of the file", func(_ *testing.T, root object) { root["servers"] = []any{object{"url": "https://example.org"}} }},
		{"JSON that says its encoding", func(t *testing.T, root object) {
			for _, at := range []object{
				node(t, root, "paths", authorizePath, "post", "responses", "404", "content"),
				node(t, root, "paths", actionPath, "post", "requestBody", "content"),
				node(t, root, "components", "responses", "ModelArtsCancelled", "content"),
			} {
				at["application/json; charset=UTF-8"] = at["application/json"]
				delete(at, "application/json")
			}
		}},
		{"a description beside a $ref", func(t *testing.T, root object) {
			node(t, root, "paths", authorizePath, "post", "responses", "413")["description"] = "Too large."
		}},
		{"a default beside a $ref, in OpenAPI 3.1", func(t *testing.T, root object) {
			root["openapi"] = "3.1.0"
			node(t, root, "components", "parameters", "ModelArtsWorkspaceId")["schema"] = object{"$ref": "#/components/schemas/ModelArtsId", "default": "0"}
		}},
		ofAlias("a marked parameter of the second URI", func(_ *testing.T, operation object) {
			operation["parameters"] = append(operation["parameters"].([]any), object{
				"name": "q", "in": "query", "x-ruling": "because", "schema": object{"type": "string"},
			})
		}),
		ofProperty("a bound on a text without listed values", "ApiAuthRelations", "visit_params", object{"maxLength": 4096, "x-ruling": object{"maxLength": "because"}}),
		{"an operation of one's own", func(t *testing.T, root object) {
			item := node(t, root, "paths", authorizePath)
			parameters := node(t, item, "post")["parameters"]
			item["get"] = object{
				"x-ruling": "because", "operationId": "ListAuths", "parameters": parameters,
				"responses": object{"200": object{"description": "The list."}},
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := tree(t)
			tt.do(t, root)
			if trace := judge(t, marshal(t, root), contract.Options{}); !trace.OK() {
				t.Errorf("it is a fault:\n%s", strings.Join(wrong(trace), "\n"))
			}
		})
	}
}
