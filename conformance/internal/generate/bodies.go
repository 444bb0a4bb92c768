package generate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/cases"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// field is a place in a body that has a schema.
type field struct {
	pointer string // with * for any item of a list
	schema  *openapi3.Schema
}

// fields are those of a schema, those within after those around.
func fields(at string, schema *openapi3.Schema) []field {
	var all []field
	for _, name := range sortedKeys(schema.Properties) {
		property := schema.Properties[name].Value
		all = append(all, field{at + "/" + name, property})
		all = append(all, fields(at+"/"+name, property)...)
	}
	if schema.Items != nil {
		all = append(all, field{at + "/*", schema.Items.Value})
		all = append(all, fields(at+"/*", schema.Items.Value)...)
	}
	return all
}

// hole stands in a body for what is put there.
const hole = "@hole@"

// around is the example as text, with a hole at a pointer.
func (s *subject) around(pointer string) string {
	return marshal(dig(s.example, strings.Split(pointer, "/")[1:]))
}

// dig is a copy of a value with a hole.
func dig(value any, path []string) any {
	if len(path) == 0 {
		return hole
	}
	if path[0] == "*" {
		items := slices.Clone(value.(list))
		items[0] = dig(items[0], path[1:])
		return items
	}
	members, _ := value.(object)
	return with(members, path[0], dig(members[path[0]], path[1:]))
}

// fill puts a text of JSON into the hole.
func fill(body, fragment string) string { return strings.Replace(body, `"`+hole+`"`, fragment, 1) }

// fragments are what is put in the place of a field, where the example has that value:
// texts of JSON, and of what is nearly JSON.
func (c chooser) fragments(f field, value any) []string {
	all := slices.Clone(c.some(8, others))
	for _, text := range c.texts(f.schema) {
		all = append(all, marshal(text))
	}
	if strings.HasSuffix(f.pointer, "/time") {
		for _, text := range c.some(10, times) {
			all = append(all, marshal(text))
		}
	}
	if f.schema.Items != nil {
		all = append(all, lengths(f, value)...)
		all = append(all, c.some(6, crooked(value))...)
	}
	if name := f.pointer[strings.LastIndexByte(f.pointer, '/')+1:]; name != "*" {
		all = append(all, repeated(name, value)...)
	}
	return all
}

// others are values of the other types, and what is no value at all.
var others = []string{
	`null`, `true`, `false`, `0`, `-1`, `1.5`, `-0`, `1e308`, `12345678901234567890`, `0.1e-7`, `{}`, `[]`, `[null]`, `[[]]`, `[{}]`, `[0]`, `[""]`,
	`{"":""}`, `{"app_id":"a"}`, `[["a"]]`, `{"a":{"b":{"c":[[[{}]]]}}}`, `["a",["b"]]`, `["a",null]`, `"\ud800"`, `"\udc00\ud800"`, `"\u0000"`, `"\/"`,
	`NaN`, `Infinity`, `-Infinity`, `undefined`, `True`, `nil`, `01`, `+1`, `.5`, `1.`, `0x10`, `1_000`, `1e`, `--1`, `'a'`, `a`, "`a`", `"a`, `a"`, `"a" "b"`,
	`"\x61"`, `"\u12"`, `"\a"`, "\"\n\"", "\"\t\"", "\"\x00\"", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", `/**/"a"`, `"a"//`, `"a",`, `,"a"`, ``, `:"a"`, `{"a"}`, `{"a":}`, `[1,]`, `{,}`, `{"a":1,}`, `[`, `{`, `]`, `}`,
	strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40), strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40), strings.Repeat(`[`, 20_000),
}

// lengths are lists of items like the example's, of lengths at the bounds and beyond:
// of one item over and over, and of different ones.
func lengths(f field, value any) []string {
	item := marshal(value.(list)[0])
	id := value.(list)[0]
	for o, isObject := id.(object); isObject; o, isObject = id.(object) {
		id = o[sortedKeys(o)[0]]
	}
	counts := []int{2, 3}
	if most := f.schema.MaxItems; most != nil {
		counts = append(counts, int(*most)-1, int(*most), int(*most)+1)
	}
	var all []string
	for _, count := range counts {
		same, distinct := make([]string, count), make([]string, count)
		for i := range count {
			same[i], distinct[i] = item, strings.Replace(item, id.(string), fmt.Sprintf("generated-%d", i), 1)
		}
		all = append(all, "["+strings.Join(same, ",")+"]", "["+strings.Join(distinct, ",")+"]")
	}
	return all
}

// crooked are lists with an item that does not belong there, and what is no list.
func crooked(value any) []string {
	item := marshal(value.(list)[0])
	all := []string{item, "[" + item + ",]", "[" + item + " " + item + "]", "[" + item, "{" + item + "}"}
	for _, bad := range []string{`null`, `""`, `0`, `{}`, `[]`, `"a b"`, `[` + item + `]`} {
		all = append(all, "["+item+","+bad+"]", "["+bad+","+item+"]")
	}
	return all
}

// repeated are the example's value, followed by a member of the same name, or of one
// that differs from it by its case alone.
func repeated(name string, value any) []string {
	is := marshal(value)
	if value == nil {
		is = `"0"`
	}
	all := []string{is + `,"` + name + `":` + is, is + `,"` + name + `":null`, is + `,"` + name + `":"other"`}
	all = append(all, is+`,"\u00`+fmt.Sprintf("%02x", name[0])+name[1:]+`":`+is)
	for _, spelling := range []string{strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:], camel(name), strings.ReplaceAll(name, "s", "ſ")} {
		if spelling != name && strings.EqualFold(spelling, name) {
			all = append(all, is+`,"`+spelling+`":`+is)
		}
	}
	return all
}

func camel(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "_")
}

// ofFields makes two cases for each field of the body, one of what is refused, with a
// look at the world afterwards, and one of what is taken.
func (s *subject) ofFields() []cases.Case {
	var all []cases.Case
	for _, f := range fields("", s.schema) {
		body := s.around(f.pointer)
		bodies := []string{marshal(s.example), without(s.example, strings.Split(f.pointer, "/")[1:])}
		for _, fragment := range s.fragments(f, valueAt(s.example, f.pointer)) {
			bodies = append(bodies, fill(body, fragment))
		}
		all = append(all, s.ofBodies("body-"+slug(f.pointer), "in the field "+strings.TrimPrefix(f.pointer, "/"), cases.Fields, bodies)...)
	}
	return all
}

// without is the example without the field at a pointer, as text.
func without(example any, path []string) string {
	var copied any
	_ = json.Unmarshal([]byte(marshal(example)), &copied)
	parent := copied
	for _, key := range path[:len(path)-1] {
		if key == "*" {
			parent = parent.(list)[0]
		} else {
			parent = parent.(object)[key]
		}
	}
	if members, ok := parent.(object); ok {
		delete(members, path[len(path)-1])
	} else {
		parent.(list)[0] = nil
	}
	return marshal(copied)
}

func valueAt(value any, pointer string) any {
	for _, key := range strings.Split(pointer, "/")[1:] {
		if items, ok := value.(list); ok {
			value = items[0]
		} else {
			value = value.(object)[key]
		}
	}
	return value
}

// ofBodies makes a case of the bodies that are refused, and one of the others.
func (s *subject) ofBodies(name, where string, kind cases.Kind, bodies []string) []cases.Case {
	var refused, taken []cases.Step
	for _, body := range bodies {
		step := s.sending("", body)
		if succeeds(step.Expect) {
			taken = append(taken, step)
		} else {
			refused = append(refused, step)
		}
	}
	var all []cases.Case
	if len(refused) > 0 {
		about := fmt.Sprintf("What the contract refuses %s is refused, and changes nothing.", where)
		all = append(all, s.within(name, about, kind, append(refused, s.untouched...)))
	}
	if len(taken) > 0 {
		about := fmt.Sprintf("What the contract does not refuse %s is taken.", where)
		all = append(all, s.within(name+"-taken", about, kind, taken))
	}
	return all
}

// sending is a step that sends a body about things that exist.
func (s *subject) sending(contentType, body string) cases.Step {
	raw := literal(body)
	step := cases.Step{Call: s.id, Request: cases.Request{Path: s.given, Raw: &raw, ContentType: contentType}}
	if contentType == "" {
		contentType = "application/json"
	}
	step.Expect = s.expect(contentType, body)
	return step
}
