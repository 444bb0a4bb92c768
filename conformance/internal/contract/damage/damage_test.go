package damage_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/conformance/internal/contract/damage"
	"github.com/appgrant/appgrant/openapi"
)

func parse(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var root, plain map[string]any
	if err := yaml.Load(text, &root); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &plain); err != nil { // for the number type of JSON
		t.Fatal(err)
	}
	return plain
}

// Every operator finds something to damage in the contract, and each mutant differs
// from it.
func TestAll(t *testing.T) {
	t.Parallel()
	root := parse(t, openapi.YAML)
	before := parse(t, openapi.YAML)
	count := map[string]int{}
	for _, m := range damage.All(root) {
		count[m.Operator]++
		if count[m.Operator] > 5 { // the others are made alike
			continue
		}
		if cmp.Equal(root, m.Apply(root)) {
			t.Errorf("%s, %s: nothing changes", m.Operator, m.What)
		}
	}
	for _, name := range damage.Operators() {
		if count[name] == 0 {
			t.Errorf("%s: no mutant", name)
		}
	}
	if diff := cmp.Diff(before, root); diff != "" {
		t.Errorf("the tree is another (-before +after):\n%s", diff)
	}
}

// The rules by which damage is harmless, each with a case it is for and one that it
// is not for.
func TestHarmless(t *testing.T) {
	t.Parallel()
	const text = `
openapi: 3.0.3
info: {title: a, version: b}
paths:
  /a:
    x-ruling: {get: because}
    get:
      x-ruling: {operationId: because}
      operationId: b
      x-document: the-document
      x-other: {some: thing}
      servers: [{url: 'https://example.org'}]
      tags: [c, d]
      description: e
      responses:
        '200': {$ref: '#/components/responses/Ruled'}
        '201': {$ref: '#/components/responses/Ruled'}
  /b:
    get:
      responses:
        '200': {$ref: '#/components/responses/Ruled'}
components:
  responses:
    Ruled:
      x-ruling: because
      description: f
      content:
        application/json:
          schema: {type: object, required: [g, h], properties: {description: {type: string}}}
          examples: {one: {summary: i, value: {g: [1, 2]}}}
    Plain:
      description: j
      content:
        application/json:
          schema: {type: object, required: [g, h], properties: {description: {type: string}}}
          examples: {one: {summary: k, value: {g: [1, 2]}}}
    Other:
      description: j
`
	harmless := map[string]bool{}
	for _, m := range damage.All(parse(t, []byte(text))) {
		harmless[m.Operator+" "+m.What] = m.Harmless != ""
	}
	const ruled = "/components/responses/Ruled"
	const media = ruled + "/content/application~1json"
	tests := []struct {
		mutant string
		want   bool
	}{
		{"alter any value /paths/~1a/get/description: another text", true},
		{"alter any value /paths/~1a/get/tags/0: another text", true},
		{"alter any value /paths/~1a/get/x-other/some: another text", true},
		{"drop any node /paths/~1a/get: without x-document", true},
		{"rename any member /paths/~1a/get: x-document becomes x-documentX", true},
		{"alter any value /paths/~1a/get/x-document: another text", false},
		{"alter any value /paths/~1a/get/servers/0/url: another text", false},
		{"drop any node /paths/~1a/get: without servers", false},
		{"drop any node : without info", true},
		{"drop any node " + media + "/schema/properties: without description", false},
		{"rename any member " + media + "/schema/properties: description becomes descriptionX", false},
		{"rename any member /paths/~1a/get: description becomes descriptionX", false},
		{"rename any member " + media + "/examples: one becomes oneX", true},
		{"rename any member /components/responses: Ruled becomes RuledX", false},
		{"reorder any list " + media + "/schema/required: in the reverse order", true},
		{"reorder any list " + media + "/examples/one/value/g: in the reverse order", false},
		{"repeat an item of any list " + media + "/schema/required: its first item twice", true},
		{"repeat an item of any list " + media + "/examples/one/value/g: its first item twice", false},
		{"alter any value /paths/~1a/x-ruling/get: another text", true},
		{"drop an x-ruling /paths/~1a: without x-ruling", false},
		{"drop an x-ruling /paths/~1a/x-ruling: without get", false},
		{"drop an x-ruling /paths/~1a/get: without x-ruling", true},
		{"drop an x-ruling /paths/~1a/get/x-ruling: without operationId", true},
		{"drop an x-ruling " + ruled + ": without x-ruling", false},
		{"rename any member /paths/~1a/get: x-ruling becomes x-rulingX", true},
		{"rename any member " + ruled + ": x-ruling becomes x-rulingX", false},
		{"mark everything as a decision " + media + "/schema: x-ruling is because", true},
		{"mark everything as a decision /components/responses/Plain: x-ruling is because", false},
		{"mark everything as a decision /paths/~1b/get/responses/200: x-ruling is because", true},
		{"mark everything as a decision /paths/~1b/get: x-ruling is because", false},
		{"retarget a $ref /paths/~1a/get/responses/200: refers to Plain", true},
		{"retarget a $ref /paths/~1a/get/responses/200: refers to Other", false},
		{"retarget a $ref /paths/~1b/get/responses/200: refers to Plain", false},
		{"alter any value " + media + "/schema/type: another text", false},
		{"alter any value " + media + "/examples/one/value/g/0: a greater number", false},
	}
	for _, tt := range tests {
		got, made := harmless[tt.mutant]
		if got != tt.want {
			t.Errorf("%s: harmless is %t", tt.mutant, got)
		}
		if !made {
			t.Errorf("%s is not made", tt.mutant)
		}
	}
}

// Each operator on bodies damages a body that it is for, and nothing is damaged
// that no one forbids.
func TestBodies(t *testing.T) {
	t.Parallel()
	text := []byte(`{"kind": "A", "names": ["x"], "note": "n"}`)
	field := func(path string) damage.Field {
		switch path {
		case "kind":
			return damage.Field{Mandatory: true, Enum: true}
		case "names":
			return damage.Field{MandatoryByDecision: true, MinItems: true, MaxItems: 2}
		case "names[]":
			return damage.Field{Pattern: true}
		default:
			return damage.Field{}
		}
	}
	count := map[string]int{}
	var dropped []string
	for _, b := range damage.Bodies(text, field) {
		count[b.Operator]++
		if bytes.Equal(b.Text, text) {
			t.Errorf("%s, %s: nothing changes", b.Operator, b.What)
		}
		if b.Operator == "drop a mandatory field" {
			dropped = append(dropped, b.What)
		}
	}
	for _, name := range damage.BodyOperators {
		if count[name] == 0 {
			t.Errorf("%s: no damage", name)
		}
	}
	if diff := cmp.Diff([]string{"without kind", "without names"}, dropped); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
}
