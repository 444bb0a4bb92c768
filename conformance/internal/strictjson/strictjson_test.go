package strictjson_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/conformance/internal/strictjson"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"an object", ` {"a": [1, "b", null, {"c": true}]} `, true},
		{"a text", `"a"`, true},
		{"a huge number", `{"a": 1e999}`, true},
		{"a member twice", `{"a": 1, "a": 1}`, false},
		{"a member twice, deeper", `[{"a": {"b": 1, "c": 2, "b": 3}}]`, false},
		{"one name in two objects", `[{"a": 1}, {"a": 1}]`, true},
		{"two documents", `{} {}`, false},
		{"bytes after", `{}x`, false},
		{"nothing", ``, false},
		{"white space", "  \n", false},
		{"cut off", `{"a": [1,`, false},
		{"not UTF-8", "\"\xff\"", false},
		{"a byte order mark", "\ufeff{}", false},
		{"no JSON", `{a: 1}`, false},
		{"a comma too many", `[1,]`, false},
		{"deep", strings.Repeat("[", 1000) + strings.Repeat("]", 1000), true},
		{"too deep", strings.Repeat("[", 1002) + strings.Repeat("]", 1002), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := strictjson.Decode([]byte(tt.text))
			if (err == nil) != tt.ok {
				t.Fatalf("error %v", err)
			}
			if !tt.ok {
				return
			}
			var want any
			if err := json.Unmarshal([]byte(tt.text), &want); err != nil {
				want = map[string]any{"a": math.MaxFloat64} // what encoding/json has no value for
			}
			if !reflect.DeepEqual(want, got) { // cmp is not made for such depths
				t.Errorf("%v instead of %v", got, want)
			}
		})
	}
}

// What it reads, encoding/json reads as well, and to the same value.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{"a":[1,2.5e3,{"b":null}]}`, `"x"`, `{"a":1,"a":2}`, `[] []`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := strictjson.Decode(data)
		if err != nil {
			return
		}
		var want any
		var tooGreat *json.UnmarshalTypeError
		if err := json.Unmarshal(data, &want); errors.As(err, &tooGreat) {
			return // a number that encoding/json has no value for
		} else if err != nil {
			t.Fatalf("encoding/json refuses it: %v", err)
		}
		if !reflect.DeepEqual(want, got) { // cmp is not made for such depths
			t.Errorf("%v instead of %v", got, want)
		}
	})
}
