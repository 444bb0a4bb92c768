package damage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Field is what the documents and the decisions on record ask of a field.
type Field struct {
	Mandatory bool
	Enum      bool
	Pattern   bool
	MinItems  bool
	MaxItems  int // 0 if there is no bound
	// MandatoryByDecision says that no document asks for it. Patterns and bounds are
	// decisions, all of them.
	MandatoryByDecision bool
}

// Body is a damaged body.
type Body struct {
	Operator, What string
	Text           []byte
	Decided        bool // only a decision forbids it
}

// The operators on bodies, in the order of reports.
const (
	dropField    = "drop a mandatory field"
	changeType   = "change a field's type"
	nullField    = "null in the place of a value"
	misspell     = "misspell a field"
	offEnum      = "a value off its enumeration"
	offPattern   = "a value off its syntax"
	emptyList    = "an empty list"
	longList     = "too long a list"
	truncate     = "truncate the JSON"
	twice        = "more than one JSON document"
	doubleMember = "a member twice"
	noJSON       = "no JSON at all"
)

// BodyOperators are the names of all operators on bodies.
var BodyOperators = []string{
	dropField, changeType, nullField, misspell, offEnum, offPattern, emptyList, longList, truncate, twice, doubleMember, noJSON,
}

// Bodies are the ways to damage a JSON body. field tells of the fields by their
// paths, such as auths[].id.
func Bodies(text []byte, field func(path string) Field) []Body {
	var tree any
	if json.Unmarshal(text, &tree) != nil {
		return nil
	}
	b := &bodyDamage{tree: tree, field: field}
	b.visit(nil, "", tree)
	b.raw(text)
	return b.all
}

type bodyDamage struct {
	tree  any
	field func(string) Field
	all   []Body
}

func (b *bodyDamage) add(operator, what string, decided bool, text []byte) {
	b.all = append(b.all, Body{operator, what, text, decided})
}

// put adds the body in which one node is another.
func (b *bodyDamage) put(operator, what string, decided bool, path []string, value any) {
	text, err := json.Marshal(replace(b.tree, path, value))
	if err != nil { // not JSON: such a value is never put
		return
	}
	b.add(operator, what, decided, text)
}

// values adds the bodies in which a field has other values.
func (b *bodyDamage) values(operator, name string, decided bool, path []string, values ...any) {
	for _, value := range values {
		text, _ := json.Marshal(value)
		if len(text) > 40 {
			text = append(text[:40], "…"...)
		}
		b.put(operator, fmt.Sprintf("%s is %s", orRoot(name), text), decided, path, value)
	}
}

func orRoot(name string) string {
	if name == "" {
		return "the body"
	}
	return name
}

func (b *bodyDamage) visit(path []string, name string, node any) {
	f := b.field(name)
	for _, other := range []any{"text", 1.0, true, []any{}, map[string]any{}} {
		if fmt.Sprintf("%T", other) != fmt.Sprintf("%T", node) {
			b.values(changeType, name, false, path, other)
		}
	}
	b.values(nullField, name, false, path, nil)
	switch v := node.(type) {
	case map[string]any:
		b.members(path, name, v)
	case []any:
		if f.MinItems {
			b.values(emptyList, name, true, path, []any{})
		}
		if f.MaxItems > 0 && len(v) > 0 {
			b.values(longList, name, true, path, slices.Repeat(v[:1], f.MaxItems+1))
		}
		for i, item := range v {
			b.visit(append(slices.Clone(path), strconv.Itoa(i)), name+"[]", item)
		}
	case string:
		if f.Enum {
			b.values(offEnum, name, false, path, "UNKNOWN", strings.ToLower(v), v+" ", "")
		}
		if f.Pattern {
			b.values(offPattern, name, true, path, "", "a b", v+"\n", v+"/", "é", strings.Repeat("a", 1000))
		}
	}
}

func (b *bodyDamage) members(path []string, name string, v map[string]any) {
	for _, key := range sortedKeys(v) {
		member := strings.TrimPrefix(name+"."+key, ".")
		if f := b.field(member); f.Mandatory || f.MandatoryByDecision {
			b.put(dropField, "without "+member, !f.Mandatory, path, without(v, key))
		}
		for _, wrong := range []string{key + "x", strings.ToUpper(key), strings.ReplaceAll(key, "_", "-"), key[1:]} {
			if wrong != key {
				b.put(misspell, member+" becomes "+wrong, false, path, renamed(v, key, wrong))
			}
		}
		again, _ := json.Marshal(v[key])
		object, _ := json.Marshal(v)
		text := fmt.Sprintf("{%q:%s,%s", key, again, object[1:])
		b.put(doubleMember, member+" twice", false, path, json.RawMessage(text))
		b.visit(append(slices.Clone(path), key), member, v[key])
	}
}

// raw damages the text itself.
func (b *bodyDamage) raw(text []byte) {
	for i := 1; i < len(text); i++ {
		if strings.IndexByte(`{}[],:"`, text[i-1]) >= 0 {
			b.add(truncate, fmt.Sprintf("after %d of %d bytes", i, len(text)), false, text[:i])
		}
	}
	for _, more := range []string{string(text), "{}", "x", "null", ","} {
		b.add(twice, "followed by "+more[:1], false, append(slices.Clone(text), more...))
	}
	for _, other := range []string{"", "null", "text", "<xml/>", "a=b", "\xff", "{'a': 1}"} {
		b.add(noJSON, fmt.Sprintf("%q", other), false, []byte(other))
	}
	b.add(noJSON, "not UTF-8", false, slices.Concat(text[:len(text)-1], []byte(",\"\xff\":1}")))
}
