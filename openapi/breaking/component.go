package breaking

import (
	"reflect"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// reach has the names of the schemas that each operation refers to, however far away.
// Generated code has types of these names.
type reach map[operationKey]map[string]bool

func reachOf(doc *openapi3.T) reach {
	r := reach{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			names := map[string]bool{}
			visitor := visitor{seen: map[reflect.Value]bool{}, visit: func(v reflect.Value) {
				if ref, ok := v.Interface().(openapi3.SchemaRef); ok && component(&ref) != "" {
					names[component(&ref)] = true
				}
			}}
			visitor.value(reflect.ValueOf(op))
			visitor.value(reflect.ValueOf(item.Parameters))
			r[keyOf(method, path)] = names
		}
	}
	return r
}

// any reports whether an operation reaches the schema.
func (r reach) any(name string) bool {
	for _, names := range r {
		if names[name] {
			return true
		}
	}
	return false
}

// namesOf has the names of the schemas: of the shared ones, and of those that refer to
// one with allOf to say something about it.
func namesOf(doc *openapi3.T) map[*openapi3.Schema]string {
	names := map[*openapi3.Schema]string{}
	visitor := visitor{seen: map[reflect.Value]bool{}, visit: func(v reflect.Value) {
		ref, ok := v.Interface().(openapi3.SchemaRef)
		if !ok || ref.Value == nil {
			return
		}
		if ref.Ref == "" && len(ref.Value.AllOf) == 1 && onlyAnnotates(ref.Value) {
			names[ref.Value] = component(ref.Value.AllOf[0])
		} else if name := component(&ref); name != "" {
			names[ref.Value] = name
		}
	}}
	visitor.value(reflect.ValueOf(doc))
	return names
}

// component is the name that is referred to, if any.
func component(ref *openapi3.SchemaRef) string {
	if name, found := strings.CutPrefix(ref.Ref, "#/components/schemas/"); found && !strings.Contains(name, "/") {
		return name
	}
	return ""
}

// annotations say nothing of what is allowed.
var annotations = []string{"title", "description", "default", "example", "examples"}

// onlyAnnotates reports whether a schema has but annotations besides its allOf.
func onlyAnnotates(s *openapi3.Schema) bool {
	rest := *s
	rest.AllOf, rest.Extensions = nil, nil
	rest.Title, rest.Description, rest.Default, rest.Example, rest.Examples = "", "", nil, nil, nil
	return reflect.DeepEqual(rest, openapi3.Schema{})
}
