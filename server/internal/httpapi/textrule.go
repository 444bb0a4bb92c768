package httpapi

import (
	"math"
	"reflect"
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// textRule is what a schema asks of a text. It accepts no text that the schema
// refuses, and of ASCII all that it allows.
type textRule struct {
	allowed  [256]bool // the bytes that may occur
	min, max int       // how many
	pattern  *regexp.Regexp
	enum     []string
}

// newTextRule returns nil for a schema in which there is anything it doesn't know.
func newTextRule(schema *openapi3.Schema) *textRule {
	if !schema.Type.Is(openapi3.TypeString) || schema.MinLength > math.MaxInt32 {
		return nil
	}
	rule := &textRule{min: int(schema.MinLength), max: math.MaxInt}
	if most := schema.MaxLength; most != nil {
		rule.max = int(min(*most, math.MaxInt32))
	}
	for b := range utf8.RuneSelf { // so that a byte is a character
		rule.allowed[b] = true
	}
	if schema.Pattern != "" && !rule.restrict(schema.Pattern) {
		return nil
	}
	for _, value := range schema.Enum {
		text, ok := value.(string)
		if !ok {
			return nil
		}
		rule.enum = append(rule.enum, text)
	}
	rest := withoutNotes(schema)
	rest.Type, rest.MinLength, rest.MaxLength, rest.Pattern, rest.Enum = nil, 0, nil, "", nil
	if !isEmpty(rest) {
		return nil
	}
	return rule
}

// withoutNotes is a schema without what says nothing about values.
func withoutNotes(schema *openapi3.Schema) openapi3.Schema {
	rest := *schema
	rest.Extensions, rest.Origin, rest.Title, rest.Description = nil, nil, "", ""
	rest.Default, rest.Example = nil, nil // defaults belong to the domain
	return rest
}

func isEmpty(schema openapi3.Schema) bool { return reflect.ValueOf(schema).IsZero() }

// restrict adds a pattern to the rule. One such as ^[0-9a-f]{1,64}$ is bytes and how
// many there may be of them; all others are left to package regexp.
func (r *textRule) restrict(pattern string) bool {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return false
	}
	class, least, most, ok := repeatedClass(pattern)
	if !ok {
		r.pattern = compiled
		return true
	}
	r.min, r.max = max(r.min, least), min(r.max, most)
	for b := range utf8.RuneSelf {
		r.allowed[b] = inClass(class, rune(b))
	}
	return true
}

// repeatedClass takes a pattern apart that is nothing but one class of characters,
// repeated.
func repeatedClass(pattern string) (class []rune, least, most int, ok bool) {
	whole, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || whole.Op != syntax.OpConcat || len(whole.Sub) != 3 ||
		whole.Sub[0].Op != syntax.OpBeginText || whole.Sub[2].Op != syntax.OpEndText {
		return nil, 0, 0, false
	}
	repeated := whole.Sub[1]
	switch repeated.Op {
	case syntax.OpRepeat:
		least, most = repeated.Min, repeated.Max
	case syntax.OpPlus:
		least, most = 1, -1
	default:
		return nil, 0, 0, false
	}
	if most < 0 {
		most = math.MaxInt
	}
	inner := repeated.Sub[0]
	return inner.Rune, least, most, inner.Op == syntax.OpCharClass
}

// inClass reports whether a character is in one of a class's ranges.
func inClass(class []rune, r rune) bool {
	for bounds := range slices.Chunk(class, 2) {
		if bounds[0] <= r && r <= bounds[1] {
			return true
		}
	}
	return false
}

// accepts reports whether a text is surely one that the schema allows.
func (r *textRule) accepts(text string) bool {
	if len(text) < r.min || len(text) > r.max {
		return false
	}
	for i := range len(text) {
		if !r.allowed[text[i]] {
			return false
		}
	}
	return (r.enum == nil || slices.Contains(r.enum, text)) && (r.pattern == nil || r.pattern.MatchString(text))
}
