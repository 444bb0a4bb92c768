package generate

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf16"

	"github.com/appgrant/appgrant/conformance/cases"
)

// ofDocuments makes the cases about the body as a whole.
func (s *subject) ofDocuments() []cases.Case {
	example := marshal(s.example)
	return append(append(
		s.ofBodies("body-syntax", "as the body's syntax", cases.Bodies, append(s.some(20, syntaxes(example)), example, "")),
		s.ofBodies("body-members", "among the body's members", cases.Bodies, append(s.some(15, members(example)), example, `{"x":1,"x":1,`+example[1:]))...),
		s.ofContentTypes(example)...)
}

// syntaxes are texts that are no JSON document, or one in a form that few send.
func syntaxes(example string) []string {
	inner := example[1 : len(example)-1]
	all := []string{
		"", " ", "\n", "null", "true", "0", `""`, `"x"`, "[]", "{}", "[" + example + "]", marshal(example), "x", "{", "}", "[", `"`, "{]", "[}",
		example + "x", example + ",", example + "}", example + "]", example + example, example + "{}", example + " null", example + "\x00", example + ";", example + "//", example + "/* */", example + "\ufeff",
		"x" + example, "," + example, "\x00" + example, "\ufeff" + example, ")]}'," + example, "//\n" + example, "/* */" + example, "# \n" + example, "<!-- -->" + example, "data=" + example,
		"{" + inner + ",}", "{," + inner + "}", "{" + inner + ",,}", "(" + inner + ")", "{" + strings.ReplaceAll(inner, `"`, `'`) + "}", "{" + strings.ReplaceAll(inner, `":`, `"=`) + "}",
		"{" + strings.ReplaceAll(inner, `":`, `" `) + "}", "{" + strings.ReplaceAll(inner, ",", ";") + "}", strings.ReplaceAll(example, `"`, ""), strings.ReplaceAll(example, `"`, "“"),
		strings.ToUpper(example), example[1:], example[:len(example)-1], strings.ReplaceAll(example, ":", " : "), strings.ReplaceAll(example, ",", "\r\n\t , "),
		example + "\n", example + "\r\n\t ", "\r\n\t " + example, "\v" + example, "\f" + example, "\u00a0" + example, "\u2028" + example, example + "\u00a0",
		utf16Text(example, binary.LittleEndian, true), utf16Text(example, binary.BigEndian, true), utf16Text(example, binary.LittleEndian, false), utf16Text(example, binary.BigEndian, false),
		"\x1f\x8b\x08\x00" + example, strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 50_000), strings.Repeat(" ", 60_000) + example,
	}
	for _, bytes := range []string{"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"} {
		all = append(all, "{"+inner+`,"x":"`+bytes+`"}`, "{"+inner+`,"`+bytes+`":"x"}`, example+bytes)
	}
	for i := 1; i < len(example); i += 1 + len(example)/12 {
		all = append(all, example[:i])
	}
	return all
}

func utf16Text(text string, order binary.ByteOrder, mark bool) string {
	if mark {
		text = "\ufeff" + text
	}
	units := utf16.Encode([]rune(text))
	data := make([]byte, 2*len(units))
	for i, unit := range units {
		order.PutUint16(data[2*i:], unit)
	}
	return string(data)
}

// members are the example with members that the contract does not have: all are taken
// but those that stand there twice or too deep.
func members(example string) []string {
	inner := example[1 : len(example)-1]
	values := []string{
		`null`, `true`, `0`, `-0.0`, `1e308`, `123456789012345678901234567890`, `0.1e-300`, `""`, `"\u0000\uffff\ud83d\ude00"`, `"` + strings.Repeat("é", 50_000) + `"`,
		`[]`, `{}`, `[[],{}]`, `{"a":1,"A":2}`, `{"":{"":{}}}`, nest("[", "]", mostDepth-1), nest(`{"a":`, "}", mostDepth-1),
		`{"a":1,"a":1}`, `{"a":1,"\u0061":2}`, `[{"b":[{"a":null,"a":null}]}]`, nest("[", "]", mostDepth), nest(`{"a":`, "}", mostDepth), nest("[", "]", 1500),
		`NaN`, `Infinity`, `01`, `'x'`, `undefined`, `"` + "\n" + `"`, `"\x"`, `[1,]`, `{"a":1,}`, `/**/1`,
	}
	var all []string
	for _, value := range values {
		all = append(all, `{"x":`+value+","+inner+"}", "{"+inner+`,"x":`+value+"}")
	}
	for _, name := range []string{
		"", " ", "__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "$ref", "$where", "@type", "*", "app_id ", "_id", "id", "project_id", "auth_role", "owner", "is_admin",
		"a.b", "a[b]", "é", "e\u0301", "\u202e", "\ufeff", "\u0000", strings.Repeat("k", 20_000), "Time ", "env-id", "envId", "appIds", "workspace", "X-Auth-Token",
	} {
		key := marshal(name)
		all = append(all, "{"+key+`:{"constructor":{"prototype":{"x":1}}},`+inner+"}", "{"+inner+","+key+`:1,`+key+":1}")
	}
	var many strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&many, `,"x%d":%d`, i, i)
	}
	return append(all, "{"+inner+many.String()+"}", "{"+inner+many.String()+`,"x0":0}`)
}

func nest(open, shut string, depth int) string {
	return strings.Repeat(open, depth) + "1" + strings.Repeat(shut, depth)
}

// ofContentTypes makes the cases of what a body may and may not call itself.
func (s *subject) ofContentTypes(example string) []cases.Case {
	var refused, taken []cases.Step
	for _, contentType := range []string{
		"text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream",
		"application/jsonx", "application/problem+json", "application/json-seq", "application/*", "*/*", "application", "json", "application/ json", "application/json, text/plain", "none",
	} {
		refused = append(refused, s.sending(contentType, example))
	}
	for _, contentType := range []string{
		"application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", `application/json; charset="utf-8"`, "application/json ; charset=utf-8", "Application/JSON",
	} {
		taken = append(taken, s.sending(contentType, example))
	}
	return []cases.Case{
		s.within("content-type", "A body that does not call itself JSON is refused, and changes nothing.", cases.Bodies, append(refused, s.untouched...)),
		s.within("content-type-taken", "A body may call itself JSON in each way there is.", cases.Bodies, taken),
	}
}

// ofDamage makes cases of bodies with random damage that the contract refuses.
func (s *subject) ofDamage() []cases.Case {
	var all []cases.Case
	count, each := s.extent()
	for number := range count {
		var steps []cases.Step
		for len(steps) < each {
			body := s.damaged()
			if step := s.sending("", body); !succeeds(step.Expect) {
				steps = append(steps, step)
			}
		}
		about := fmt.Sprintf("Bodies that random damage has made bad are refused, and change nothing (seed %d).", s.seed)
		all = append(all, s.within(fmt.Sprintf("body-damaged-%04d", number), about, cases.Bodies, append(steps, s.untouched...)))
	}
	return all
}

// damaged is the example with something wrong: in its bytes, or in one or two fields.
func (s *subject) damaged() string {
	rng, few := s.rng, s.chooser
	few.deep = false
	if rng.IntN(3) > 0 {
		data := []byte(marshal(s.example))
		for range 1 + rng.IntN(3) {
			data = damage(rng, data)
		}
		return string(data)
	}
	all := fields("", s.schema)
	first := all[rng.IntN(len(all))]
	body := fill(s.around(first.pointer), pick(rng, few.fragments(first, valueAt(s.example, first.pointer))))
	if rng.IntN(2) == 0 {
		return body
	}
	return string(damage(rng, []byte(body)))
}

// damage does one thing to some bytes.
func damage(rng *rand.Rand, data []byte) []byte {
	if len(data) == 0 {
		return data
	}
	at := rng.IntN(len(data))
	other := rng.IntN(len(data))
	from, to := min(at, other), max(at, other)
	switch rng.IntN(7) {
	case 0:
		data[at] ^= 1 << rng.IntN(8)
		return data
	case 1:
		data[at] = byte(rng.IntN(256))
		return data
	case 2:
		return append(data[:at:at], data[at+1:]...)
	case 3:
		return append(data[:at:at], append([]byte{pick(rng, []byte("{}[]\",:\\ \x00\xffan0-e"))}, data[at:]...)...)
	case 4:
		data[at], data[other] = data[other], data[at]
		return data
	case 5: // once more
		return append(data[:to:to], data[from:]...)
	default: // cut out
		return append(data[:from:from], data[to:]...)
	}
}
