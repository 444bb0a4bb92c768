package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/openapi/bundle"
)

// What OpenAPI 3.0 says in words of its own, 3.1 says in those of JSON Schema,
// wherever there is a schema, and nowhere else.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, schema, want string }{
		{"nullable", "{type: string, nullable: true}", "{type: [string, 'null']}"},
		{"not nullable", "{type: string, nullable: false}", "{type: string}"},
		{"nullable without a type", "{nullable: true, enum: [a]}", "{enum: [a]}"},
		{"above", "{type: integer, minimum: 1, exclusiveMinimum: true}", "{type: integer, exclusiveMinimum: 1}"},
		{"from", "{type: integer, minimum: 1, exclusiveMinimum: false}", "{type: integer, minimum: 1}"},
		{"below", "{type: integer, maximum: 9, exclusiveMaximum: true}", "{type: integer, exclusiveMaximum: 9}"},
		{"example", "{type: object, example: {a: 1}}", "{type: object, examples: [{a: 1}]}"},
		{"bytes", "{type: string, format: byte}", "{type: string, contentEncoding: base64}"},
		{"binary", "{type: string, format: binary}", "{type: string, contentMediaType: application/octet-stream}"},
		{"another format", "{type: string, format: date-time}", "{type: string, format: date-time}"},
		{"in properties", "{properties: {nullable: {nullable: true, type: string}}}", "{properties: {nullable: {type: [string, 'null']}}}"},
		{"in items", "{items: {nullable: true, type: string}}", "{items: {type: [string, 'null']}}"},
		{"in a list", "{allOf: [{nullable: true, type: string}]}", "{allOf: [{type: [string, 'null']}]}"},
		{"in other members", "{additionalProperties: {nullable: true, type: string}}", "{additionalProperties: {type: [string, 'null']}}"},
		{"no other members", "{additionalProperties: false}", "{additionalProperties: false}"},
		{"in not", "{not: {nullable: true, type: string}}", "{not: {type: [string, 'null']}}"},
		{"in values", "{default: {nullable: true}, enum: [{nullable: true}], x-a: {nullable: true}}", "{default: {nullable: true}, enum: [{nullable: true}], x-a: {nullable: true}}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for place, text := range map[string]string{
				"component":        "components: {schemas: {A: SCHEMA}}",
				"parameter":        "components: {parameters: {A: {schema: SCHEMA}}}",
				"header":           "components: {headers: {schema: {schema: SCHEMA}}}",
				"response":         "components: {responses: {A: {content: {a/b: {schema: SCHEMA}}}}}",
				"encoding":         "components: {requestBodies: {A: {content: {a/b: {encoding: {e: {headers: {H: {schema: SCHEMA}}}}}}}}}",
				"path":             "paths: {/schema: {parameters: [{schema: SCHEMA}]}}",
				"operation":        "paths: {/a: {delete: {parameters: [{schema: SCHEMA}]}}}",
				"content":          "paths: {/a: {get: {parameters: [{content: {a/b: {schema: SCHEMA}}}]}}}",
				"body":             "paths: {/a: {patch: {requestBody: {content: {a/b: {schema: SCHEMA}}}}}}",
				"answer":           "paths: {/a: {put: {responses: {'200': {headers: {H: {schema: SCHEMA}}}}}}}",
				"callback":         "paths: {/a: {post: {callbacks: {c: {'{$url}': {post: {requestBody: {content: {a/b: {schema: SCHEMA}}}}}}}}}}",
				"callback to keep": "components: {callbacks: {c: {'{$url}': {trace: {parameters: [{schema: SCHEMA}]}}}}}",
			} {
				with := func(version, schema string) []byte {
					return []byte("openapi: " + version + "\ninfo: {title: t, version: 1.0.0}\n" + strings.ReplaceAll(text, "SCHEMA", schema) + "\n")
				}
				b, err := bundle.Of("it", with("3.0.3", tt.schema))
				if err != nil {
					t.Errorf("%s: %v", place, err)
					continue
				}
				want := values(t, with("3.1.0", tt.want))
				if diff := cmp.Diff(want, values(t, b.YAML31)); diff != "" {
					t.Errorf("%s, YAML (-want +got):\n%s", place, diff)
				}
				if diff := cmp.Diff(want, values(t, b.JSON31)); diff != "" {
					t.Errorf("%s, JSON (-want +got):\n%s", place, diff)
				}
			}
		})
	}
	example := "openapi: 3.0.3\ninfo: {title: t, version: 1.0.0}\ncomponents: {examples: {schema: {value: {schema: {nullable: true}}}}}\n"
	b, err := bundle.Of("it", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values(t, []byte(strings.Replace(example, "3.0.3", "3.1.0", 1))), values(t, b.JSON31)); diff != "" {
		t.Errorf("an example (-want +got):\n%s", diff)
	}
}
