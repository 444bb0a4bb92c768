package breaking

import (
	"reflect"

	"github.com/getkin/kin-openapi/openapi3"
)

// strip takes extensions and the mark "deprecated" out of a document: a removal that
// was announced by one of them is a removal all the same. What the editions of OpenAPI
// say in different ways it says in one.
func strip(doc *openapi3.T) {
	stripped(map[reflect.Value]bool{}).value(reflect.ValueOf(doc))
}

// stripped are the pointers that were followed.
type stripped map[reflect.Value]bool

func (s stripped) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || s[v] {
			return
		}
		s[v] = true
		if entries, ok := entriesOf(v); ok {
			v.Elem().FieldByName("Extensions").SetZero()
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
		if schema, ok := v.Addr().Interface().(*openapi3.Schema); ok {
			*schema = *plainly(schema)
		}
		for field, value := range v.Fields() {
			switch {
			case !field.IsExported() || !value.CanSet():
			case field.Name == "Extensions", field.Name == "Deprecated":
				value.SetZero()
			default:
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
