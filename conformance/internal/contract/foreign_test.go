package contract_test

import (
	"testing"

	"github.com/appgrant/appgrant/conformance/internal/contract"
)

// pathLevel is the contract with the parameters of each operation at its path.
func pathLevel(t *testing.T) map[string]any {
	t.Helper()
	root := tree(t)
	eachOperation(root, func(item, operation map[string]any) {
		item["parameters"] = operation["parameters"]
		delete(operation, "parameters")
	})
	return root
}

// ownSecurity is the contract with the credential required by each operation and
// not by the file.
func ownSecurity(t *testing.T) map[string]any {
	t.Helper()
	root := tree(t)
	delete(root, "security")
	delete(root, "x-ruling")
	eachOperation(root, func(_, operation map[string]any) {
		operation["security"] = []any{map[string]any{"XAuthToken": []any{}}}
		if operation["operationId"] == "AuthorizeActionApiToInstance" {
			operation["x-ruling"].(map[string]any)["security"] = "The document lists no headers."
		}
	})
	return root
}

// headerToken is the contract with the token as a parameter.
func headerToken(t *testing.T) map[string]any {
	t.Helper()
	root := tree(t)
	delete(root, "security")
	delete(root, "x-ruling")
	delete(root["components"].(map[string]any), "securitySchemes")
	eachOperation(root, func(_, operation map[string]any) {
		token := map[string]any{
			"name": "X-Auth-Token", "in": "header", "required": true, "schema": map[string]any{"type": "string"},
		}
		if operation["operationId"] == "AuthorizeActionApiToInstance" {
			token["x-ruling"] = "The document lists no headers."
		}
		operation["parameters"] = append(operation["parameters"].([]any), token)
	})
	return root
}

// ruledComponent is the contract with a component that only ruled places use.
func ruledComponent(t *testing.T) map[string]any {
	t.Helper()
	root := tree(t)
	schemas := root["components"].(map[string]any)["schemas"].(map[string]any)
	schemas["DlmType"] = map[string]any{"type": "string", "enum": []any{"SHARED", "EXCLUSIVE"}}
	eachOperation(root, func(_, operation map[string]any) {
		for _, p := range operation["parameters"].([]any) {
			if parameter := p.(map[string]any); parameter["name"] == "Dlm-Type" {
				parameter["schema"] = map[string]any{"$ref": "#/components/schemas/DlmType"}
			}
		}
	})
	return root
}

func eachOperation(root map[string]any, visit func(item, operation map[string]any)) {
	for _, item := range root["paths"].(map[string]any) {
		for _, method := range []string{"post", "delete"} {
			if operation, ok := item.(map[string]any)[method].(map[string]any); ok {
				visit(item.(map[string]any), operation)
			}
		}
	}
}

// oneIn: one mutant in that many of a file is tried; all take minutes, and are noticed.
const oneIn = 17

// Damage to files that others lay out otherwise is noticed, or says the same.
func TestForeignMutations(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some seconds")
	}
	tests := []struct {
		name string
		spec []byte
	}{
		{"in the style of others", marshal(t, foreign(t))},
		{"in OpenAPI 3.1", marshal(t, modern(t, tree(t)))},
		{"parameters at the path", marshal(t, pathLevel(t))},
		{"security at the operation", marshal(t, ownSecurity(t))},
		{"the token as a parameter", marshal(t, headerToken(t))},
		{"a component that only decisions use", marshal(t, ruledComponent(t))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trace := judge(t, tt.spec, contract.Options{Mutations: true, OneIn: oneIn})
			if !trace.OK() || !trace.Advisory || trace.Mutations == nil {
				t.Fatalf("OK is %t, advisory %t, with %d scores: %v", trace.OK(), trace.Advisory, len(trace.Mutations), wrong(trace))
			}
			for _, s := range trace.Mutations {
				for _, survivor := range s.Survivors {
					if survivor.Equivalent == "" {
						t.Errorf("%s, %s: nobody notices %s", s.Of, s.Operator, survivor.Mutant)
					}
				}
			}
		})
	}
}
