package breaking

import (
	"reflect"

	"github.com/getkin/kin-openapi/openapi3"
)

// strip takes extensions and the mark "deprecated" out of a document: a removal that
// was announced by one of them is a removal all the same. What the editions of OpenAPI
// say in different ways it says in one.
func strip(doc *openapi3.T) {
	visitor := visitor{seen: map[reflect.Value]bool{}, visit: func(v reflect.Value) {
		if !v.CanSet() {
			return
		}
		if schema, ok := v.Addr().Interface().(*openapi3.Schema); ok {
			*schema = *plainly(schema)
		}
		for _, name := range []string{"Extensions", "Deprecated"} {
			if field := v.FieldByName(name); field.IsValid() {
				field.SetZero()
			}
		}
	}}
	visitor.value(reflect.ValueOf(doc))
}

// visitor calls visit for each struct that is part of a value, from the outermost to
// the innermost, once.
type visitor struct {
	seen  map[reflect.Value]bool // the pointers that were followed
	visit func(reflect.Value)
}

func (s visitor) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || s.seen[v] {
			return
		}
		s.seen[v] = true
		if entries, ok := entriesOf(v); ok {
			s.visit(v.Elem())
			s.value(entries)
			return
		}
		s.value(v.Elem())
	case reflect.Map:
		for _, entry := range v.Seq2() {
			s.value(entry)
		}
	case reflect.Slice:
		for i := range v.Len() {
			s.value(v.Index(i))
		}
	case reflect.Struct:
		s.visit(v)
		for field, value := range v.Fields() {
			if field.IsExported() {
				s.value(value)
			}
		}
	default: // a value without parts
	}
}

// entriesOf is what a type that keeps its map to itself has, such as
// [openapi3.Responses]; v is a pointer to one.
func entriesOf(v reflect.Value) (reflect.Value, bool) {
	method := v.MethodByName("Map")
	if !method.IsValid() || method.Type().NumIn() != 0 {
		return reflect.Value{}, false
	}
	return method.Call(nil)[0], true
}
