package generate

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// good is an id that nothing has, made of every kind of character that ids may have.
const good = "aZ09_-aZ09_-aZ09_-aZ09_-aZ09_-31"

// plain are texts of which most schemas of ids have nothing to say, although some
// programs do.
var plain = []string{
	"a", "0", "-", "_", "--", "__proto__", "constructor", "toString", "null", "undefined", "true", "NaN", "0x1F", "1e5",
	"-1", "007", "DEFAULT", "CON", "select", good,
}

// strangers are characters that no id has: of every kind that ASCII has, and what
// looks like another, is not seen, joins its neighbours or turns the direction.
var strangers = []string{
	"\x00", "\x01", "\b", "\t", "\n", "\v", "\f", "\r", "\x1b", "\x7f", "\u0085", " ",
	"!", `"`, "#", "$", "%", "&", "'", "(", ")", "*", "+", ",", ".", "/", ":", ";", "<", "=", ">", "?", "@", "[", `\`, "]", "^", "`", "{", "|", "}", "~",
	"\u00a0", "é", "e\u0301", "ß", "ſ", "K", "İ", "ı", "а", "０", "Ａ", "－", "‐", "＿", "٣", "Ⅷ", "ﬁ", "字", "😀", "👩\u200d💻", "\U000e0041",
	"\u00ad", "\u200b", "\u200d", "\u2028", "\u2029", "\u202e", "\u2066", "\u2060", "\ufeff", "\ufe0f", "\ufffd", "\uffff",
}

// attacks are texts that mean something elsewhere.
var attacks = []string{
	"' OR '1'='1", "1; DROP TABLE authorizations--", "x' UNION SELECT 1,2--", `") OR 1=1 --`, "%", "_%", "a*", "*",
	"<script>alert(1)</script>", "&lt;b&gt;", "%s%n%x%p", "{0}", "{{7*7}}", "${jndi:ldap://127.0.0.1/a}", "$(id)", "`id`", "|id", "; id",
	"../../etc/passwd", "..", "./a", `..\..\a`, "a/b", "/a", "a/", "%2e%2e%2f", "%2F", "%00", "a?b=c", "a#b", "a;b=c", "a&b=c",
	`\u0061`, "a\r\nX-Injected: yes", "null\x00", "file:///etc/passwd", "http://127.0.0.1/", "=1+1", "@a", "a,b", `["a"]`, `{"$gt":""}`,
}

// bound finds how long a text may be that has to match a pattern of ids.
var bound = regexp.MustCompile(`\{1,(\d+)\}\$$`)

// longest is how long a text of a schema may be, in characters; 0 is without bound.
func longest(schema *openapi3.Schema) uint64 {
	for _, part := range schema.AllOf {
		if most := longest(part.Value); most > 0 {
			return most
		}
	}
	if schema.MaxLength != nil {
		return *schema.MaxLength
	}
	if found := bound.FindStringSubmatch(schema.Pattern); found != nil {
		most, _ := strconv.ParseUint(found[1], 10, 64)
		return most
	}
	return 0
}

// texts are texts for a schema: those at the bounds of its lengths, and of each other
// kind a few. Some of them it lets pass, others it refuses.
func (c chooser) texts(schema *openapi3.Schema) []string {
	all := slices.Concat([]string{""}, c.some(2, plain), c.some(3, attacks))
	for _, ch := range c.some(4, strangers) {
		all = append(all, good[:16]+ch+good[17:])
	}
	for _, ch := range c.some(1, []string{" ", "\t", "\n", "\r\n", "\x00", "\u00a0", "\u200b", "\ufeff", "."}) {
		all = append(all, ch, ch+good, good+ch)
	}
	most := int(longest(schema))
	for _, length := range []int{most - 1, most, most + 1, 2 * most, 4000} {
		if length > 0 {
			all = append(all, strings.Repeat("Z", length))
		}
	}
	if most > 0 { // what counts are characters, whatever they take
		all = append(all, strings.Repeat("é", most/2), strings.Repeat("😀", most/4), strings.Repeat("é", most))
	}
	for _, value := range schema.Enum {
		all = append(all, c.some(3, variantsOf(value.(string)))...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// variantsOf are texts that are nearly the one given.
func variantsOf(text string) []string {
	return []string{
		strings.ToLower(text), text[:1] + strings.ToLower(text[1:]), text[1:], text[:len(text)-1], text + "X", text + " ", " " + text,
		text + "\x00", text + "," + text, text + text, strings.ReplaceAll(text, "E", "Е"),
	}
}

// times are what may be taken for an end time, and mostly is none.
var times = []string{
	"2099-01-01T10:59:59.999999999Z", "2099-01-01T10:00:00Z", "2099-01-01T10:00:00+00:00", "2099-01-01T10:00:00.1Z",
	"2099-01-01T10:00:00-00:00", "2099-01-01T10:00:00+01:00", "2099-01-01T10:00:00", "2099-01-01t10:00:00z", "2099-01-01 10:00:00Z",
	"2099-01-01T10:00Z", "2099-01-01", "2099-1-1T10:00:00Z", "2099-01-01T24:00:00Z", "2099-01-01T10:60:00Z", "2099-01-01T10:00:60Z",
	"2099-13-01T10:00:00Z", "2099-00-01T10:00:00Z", "2099-01-32T10:00:00Z", "2099-01-00T10:00:00Z", "2099-02-30T10:00:00Z",
	"2099-02-29T10:00:00Z", "2099-04-31T10:00:00Z", "22099-01-01T10:00:00Z", "-2099-01-01T10:00:00Z", "+2099-01-01T10:00:00Z",
	"0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2021-01-01T10:00:00.000Z", "2099-01-01T10:00:00.1234567890Z",
	"2099-01-01T10:00:00.Z", "2099-01-01T10:00:00,5Z", "2099-W01-1T10:00:00Z", "20990101T100000Z", "4070944800", "tomorrow", "2099-01-01T10:00:00ZZ",
	"２０９９-01-01T10:00:00Z", "2099-01-01T10:00:00Z\n", " 2099-01-01T10:00:00Z",
}
