package httpapi

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// reader reads bodies that are plainly what a schema asks for, in one pass, into the
// type that the operation takes. What it does not know it leaves alone, which is all
// but objects, lists and texts with the schema's own members, and in texts whatever is
// not ASCII or is escaped; [validateBody] then decides. What it does read,
// validateBody would accept and read as the same value: FuzzReader holds it to that.
type reader struct {
	media  *openapi3.MediaType
	goType reflect.Type
	shape  *shape
}

// newReader returns nil if the schema, or what it is to be read into, has anything
// that a reader doesn't know.
func newReader(media *openapi3.MediaType, goType reflect.Type) *reader {
	if media == nil || media.Schema == nil {
		return nil
	}
	shape := newShape(media.Schema.Value, goType, 1)
	if shape == nil {
		return nil
	}
	return &reader{media, goType, shape}
}

// read returns a pointer to the value, or false if it doesn't know.
func (r *reader) read(data []byte) (any, bool) {
	s := scan{data: data}
	value := reflect.New(r.goType)
	if !s.value(r.shape, value.Elem()) {
		return nil, false
	}
	if s.space(); s.at != len(data) {
		return nil, false
	}
	return value.Interface(), true
}

// shape is a schema, as far as a reader knows it. One of text, item and members says
// what it is.
type shape struct {
	text     *textRule
	item     *shape
	min, max int // how many items
	members  []member
	required uint64 // the members that must be there, as bits
}

type member struct {
	name  string
	field int
	shape *shape // nil if a reader does not know it, and only then leaves it alone
}

func newShape(schema *openapi3.Schema, t reflect.Type, depth int) *shape {
	if schema == nil || depth > maxDepth {
		return nil
	}
	rest := withoutNotes(schema)
	if len(schema.AllOf) == 1 { // a reference with a description of its own
		if rest.AllOf = nil; !isEmpty(rest) {
			return nil
		}
		return newShape(schema.AllOf[0].Value, t, depth+1)
	}
	switch {
	case t.Kind() == reflect.String:
		if text := newTextRule(schema); text != nil {
			return &shape{text: text}
		}
	case t.Kind() == reflect.Slice && schema.Type.Is(openapi3.TypeArray) && schema.Items != nil && schema.MaxItems != nil:
		rest.Type, rest.Items, rest.MinItems, rest.MaxItems = nil, nil, 0, nil
		if item := newShape(schema.Items.Value, t.Elem(), depth+1); item != nil && isEmpty(rest) {
			return &shape{item: item, min: int(schema.MinItems), max: int(*schema.MaxItems)}
		}
	case t.Kind() == reflect.Struct && schema.Type.Is(openapi3.TypeObject):
		rest.Type, rest.Properties, rest.Required = nil, nil, nil
		if isEmpty(rest) {
			return newObject(schema, t, depth)
		}
	}
	return nil
}

func newObject(schema *openapi3.Schema, t reflect.Type, depth int) *shape {
	object := &shape{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if property := schema.Properties[name]; property != nil {
			object.members = append(object.members, member{name, i, newShape(property.Value, t.Field(i).Type, depth+1)})
		}
	}
	if len(object.members) == 0 || len(object.members) > 64 {
		return nil
	}
	for _, name := range schema.Required {
		i := object.index(name)
		if i < 0 {
			return nil
		}
		object.required |= 1 << i
	}
	return object
}

// index returns where a member stands; -1 if there is none.
func (s *shape) index(name string) int {
	for i := range s.members {
		if s.members[i].name == name {
			return i
		}
	}
	return -1
}

// scan is a reader's way through a body. Its methods report whether there was what
// they are named after, and are behind it then.
type scan struct {
	data []byte
	at   int
}

func (s *scan) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// byte skips white space and one byte.
func (s *scan) byte(b byte) bool {
	s.space()
	if s.at == len(s.data) || s.data[s.at] != b {
		return false
	}
	s.at++
	return true
}

func (s *scan) value(shape *shape, to reflect.Value) bool {
	switch {
	case shape == nil:
		return false
	case shape.text != nil:
		text, ok := s.text()
		if !ok {
			return false
		}
		value := string(text)
		to.SetString(value)
		return shape.text.accepts(value)
	case shape.item != nil:
		return s.list(shape, to)
	default:
		return s.object(shape, to)
	}
}

// text returns what stands between quotes, if each byte stands for itself. Whether it
// is ASCII its rule will say.
func (s *scan) text() ([]byte, bool) {
	if !s.byte('"') {
		return nil, false
	}
	start := s.at
	for ; s.at < len(s.data); s.at++ {
		switch b := s.data[s.at]; {
		case b == '"':
			s.at++
			return s.data[start : s.at-1], true
		case b < ' ' || b == '\\':
			return nil, false
		}
	}
	return nil, false
}

func (s *scan) list(shape *shape, to reflect.Value) bool {
	if !s.byte('[') {
		return false
	}
	if s.byte(']') {
		to.Set(reflect.MakeSlice(to.Type(), 0, 0)) // encoding/json makes it empty, not nil
		return shape.min == 0
	}
	// Nearly always as many as there will be, and never more than may be.
	upTo := max(bytes.IndexByte(s.data[s.at:], ']'), 0)
	to.Grow(min(bytes.Count(s.data[s.at:s.at+upTo], []byte(","))+1, shape.max))
	for n := 0; n < shape.max; {
		if n == to.Cap() {
			to.Grow(1)
		}
		n++
		to.SetLen(n)
		if !s.value(shape.item, to.Index(n-1)) {
			return false
		}
		if s.byte(']') {
			return n >= shape.min
		}
		if !s.byte(',') {
			return false
		}
	}
	return false
}

func (s *scan) object(shape *shape, to reflect.Value) bool {
	if !s.byte('{') {
		return false
	}
	if s.byte('}') {
		return shape.required == 0
	}
	var seen uint64
	for {
		name, ok := s.text()
		if !ok {
			return false
		}
		i := shape.index(string(name))
		if i < 0 || seen&(1<<i) != 0 || !s.byte(':') { // unknown, or twice
			return false
		}
		seen |= 1 << i
		if !s.value(shape.members[i].shape, to.Field(shape.members[i].field)) {
			return false
		}
		if s.byte('}') {
			return seen&shape.required == shape.required
		}
		if !s.byte(',') {
			return false
		}
	}
}
