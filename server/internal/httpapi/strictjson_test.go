package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// schemaOf is the body schema of an operation in the contract.
func schemaOf(tb testing.TB, id string) *openapi3.Schema {
	tb.Helper()
	ops, err := loadOperations()
	if err != nil {
		tb.Fatal(err)
	}
	for _, op := range ops {
		if op.id == id {
			return op.body.Content.Get("application/json").Schema.Value
		}
	}
	tb.Fatalf("no operation %s", id)
	return nil
}

func TestDecodeStrictly(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t, "DeleteApiAppAuth")
	type object = map[string]any
	bad := func(field, msg string) *grant.Error { return &grant.Error{Kind: malformed, Field: field, Msg: msg} }
	miscased := func(field string) *grant.Error { return &grant.Error{Kind: grant.Invalid, Field: field} }
	const eof = "unexpected end of JSON input"
	for _, test := range []struct {
		name, text string
		want       any
		err        *grant.Error // all but its cause
	}{
		{"empty object", "{}", object{}, nil},
		{"empty list", "[]", []any{}, nil},
		{"null", "null", nil, nil},
		{"true", "true", true, nil},
		{"text", `"a\u00e9\n"`, "aé\n", nil},
		{"number as it stands", "1.50e+0400", json.Number("1.50e+0400"), nil},
		{"white space", " \t\r\n{ } \n", object{}, nil},
		{"as documented", `{"apps":[{"app_id":"a"}],"workspace_id":"0"}`, object{"apps": []any{object{"app_id": "a"}}, "workspace_id": "0"}, nil},
		{"unknown members", `{"x":{"X":1,"x":2},"y":[{}]}`, object{"x": object{"X": json.Number("1"), "x": json.Number("2")}, "y": []any{object{}}}, nil},
		{"unknown in another case", `{"x":1,"X":2}`, object{"x": json.Number("1"), "X": json.Number("2")}, nil},
		{"a name elsewhere", `{"app_id":"a","x":{"APPS":1}}`, object{"app_id": "a", "x": object{"APPS": json.Number("1")}}, nil},
		{"32 levels", strings.Repeat("[", 32) + strings.Repeat("]", 32), nest(32), nil},

		{"nothing", "", nil, bad("", eof)},
		{"white space alone", " \n", nil, bad("", eof)},
		{"open object", "{", nil, bad("", eof)},
		{"open list", `{"apps":[`, nil, bad("", eof)},
		{"open text", `{"apps":"`, nil, bad("", eof)},
		{"open name", `{"ap`, nil, bad("", eof)},
		{"name alone", `{"apps"`, nil, bad("", eof)},
		{"no value", `{"apps":`, nil, bad("", eof)},
		{"half a word", `{"apps":tru`, nil, bad("", eof)},
		{"no comma", `{"a":1 "b":2}`, nil, bad("", "invalid JSON")},
		{"no colon", `{"a" 1}`, nil, bad("", "invalid JSON")},
		{"trailing comma in an object", `{"a":1,}`, nil, bad("", "invalid JSON")},
		{"trailing comma in a list", `[1,]`, nil, bad("", "invalid JSON")},
		{"leading comma", `[,1]`, nil, bad("", "invalid JSON")},
		{"wrong bracket", `[1}`, nil, bad("", "invalid JSON")},
		{"wrong brace", `{"a":1]`, nil, bad("", "invalid JSON")},
		{"closing alone", `}`, nil, bad("", "invalid JSON")},
		{"single quotes", `{'a':1}`, nil, bad("", "invalid JSON")},
		{"bare name", `{a:1}`, nil, bad("", "invalid JSON")},
		{"number for a name", `{1:1}`, nil, bad("", "invalid JSON")},
		{"leading zero", `{"a":01}`, nil, bad("", "invalid JSON")},
		{"plus", `[+1]`, nil, bad("", "invalid JSON")},
		{"NaN", `[NaN]`, nil, bad("", "invalid JSON")},
		{"raw newline in a text", "[\"a\nb\"]", nil, bad("", "invalid JSON")},
		{"bad escape", `["\x"]`, nil, bad("", "invalid JSON")},
		{"comment", `{/**/}`, nil, bad("", "invalid JSON")},
		{"byte order mark", "\ufeff{}", nil, bad("", "invalid JSON")},
		{"no UTF-8 in a text", "[\"\xff\"]", nil, bad("", "not UTF-8")},
		{"surrogate in UTF-8", "[\"\xed\xa0\x80\"]", nil, bad("", "not UTF-8")},
		{"second document", "{}{}", nil, bad("", "bytes after the document")},
		{"second value", "1 2", nil, bad("", "bytes after the document")},
		{"bytes after", "{}x", nil, bad("", "bytes after the document")},
		{"comma after", "{},", nil, bad("", "bytes after the document")},
		{"brace after", "{}}", nil, bad("", "bytes after the document")},
		{"nul after", "{}\x00", nil, bad("", "bytes after the document")},
		{"33 levels", strings.Repeat("[", 33) + strings.Repeat("]", 33), nil, bad("", "nested too deeply")},
		{"33 levels in a field", `{"apps":` + strings.Repeat("[", 32), nil, bad("apps", "nested too deeply")},
		{"bottomless", strings.Repeat(`{"a":`, 100_000), nil, bad("", "nested too deeply")},

		{"twice", `{"apps":1,"apps":1}`, nil, bad("apps", "duplicate member")},
		{"twice, spelt otherwise", `{"apps":1,"\u0061pps":1}`, nil, bad("apps", "duplicate member")},
		{"twice below a field", `{"apps":[{"app_id":"a","app_id":"a"}]}`, nil, bad("apps", "duplicate member")},
		{"twice unknown", `{"apps":[],"x":1,"x":1}`, nil, bad("", "duplicate member")},
		{"twice below an unknown", `{"apps":[],"x":{"y":1,"y":1}}`, nil, bad("", "duplicate member")},
		{"twice in a list", `[{"y":1},{"y":1,"y":2}]`, nil, bad("", "duplicate member")},
		{"empty name twice", `{"":1,"":1}`, nil, bad("", "duplicate member")},

		{"wrong case", `{"Apps":[]}`, nil, miscased("apps")},
		{"wrong case besides", `{"apps":[],"APPS":[]}`, nil, miscased("apps")},
		{"wrong case before the end is missing", `{"Apps":[],"x":[`, nil, bad("", eof)},
		{"wrong case below", `{"apps":[{"App_ID":"a"}]}`, nil, miscased("apps")},
		{"a letter that folds", "{\"app\u017f\":[]}", nil, miscased("apps")}, // long s
		{"another that folds", "{\"wor\u212aspace_id\":\"0\"}", nil, miscased("workspace_id")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := decodeStrictly([]byte(test.text), schema)
			if !reflect.DeepEqual(test.want, got) { // cmp's time doubles with every level of a list
				t.Errorf("value %#v instead of %#v", got, test.want)
			}
			var classed *grant.Error
			if errors.As(err, &classed) {
				classed = &grant.Error{Kind: classed.Kind, Field: classed.Field, Msg: classed.Msg}
			} else if err != nil {
				t.Errorf("%T: %v", err, err)
			}
			if diff := cmp.Diff(test.err, classed); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// nest is so many lists in each other.
func nest(levels int) any {
	v := []any{}
	for range levels - 1 {
		v = []any{v}
	}
	return v
}

// What is accepted, the standard library accepts as well and reads as the same
// value; what is refused is refused with a kind the error table knows.
func FuzzDecodeStrictly(f *testing.F) {
	for _, seed := range []string{
		`{"apps":[{"app_id":"fb1a9eadd87b48abbd74b8ba1755dffd"}],"workspace_id":"0"}`, `{"APPS":1}`, `{"a":1,"a":2}`, `[1.5e400,-0,true,null]`,
		`{} {}`, `[1,]`, `[1}`, `"\ud800"`, `{"\ud800":1,"\udc00":2}`, "\ufeff{}", "{\"app\u017f\":1}", strings.Repeat("[", 40), "", " ", `{"a"`, "\xff", "nul", "-",
	} {
		f.Add([]byte(seed))
	}
	schema := schemaOf(f, "DeleteApiAppAuth")
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeStrictly(data, schema)
		if err != nil {
			var classed *grant.Error
			if !errors.As(err, &classed) || (classed.Kind != malformed && classed.Kind != grant.Invalid) || got != nil {
				t.Fatalf("%v beside %v", err, got)
			}
			return
		}
		if !json.Valid(data) {
			t.Fatalf("accepted %q", data)
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var want any
		if err := decoder.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%#v, by encoding/json %#v", got, want)
		}
	})
}
