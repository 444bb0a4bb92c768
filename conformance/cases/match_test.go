package cases_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/cases"
)

type object = map[string]any

type list = []any

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		expected, got any
		partial       bool
		at            []string // where it doesn't match
	}{
		{"the same", object{"a": list{"x", true, nil}}, object{"a": list{"x", true, nil}}, false, nil},
		{"a number of YAML", object{"a": 5}, object{"a": 5.0}, false, nil},
		{"another number", 5, 5.5, false, []string{""}},
		{"a number and a text", 5, "5", false, []string{""}},
		{"null and nothing", object{"a": nil}, object{}, false, []string{"/a"}},
		{"another text", object{"a": object{"b": "x"}}, object{"a": object{"b": "y"}}, true, []string{"/a/b"}},
		{"a member missing", object{"a": 1}, object{}, true, []string{"/a"}},
		{"a member more", object{}, object{"a": 1}, false, []string{"/a"}},
		{"a member more, in part", object{}, object{"a": 1}, true, nil},
		{"a nested member more", list{object{}}, list{object{"a": 1}}, false, []string{"/0/a"}},
		{"a nested member more, in part", list{object{}}, list{object{"a": 1}}, true, nil},
		{"a longer list, in part", list{}, list{1.0}, true, []string{""}},
		{"a shorter list", list{1, 2}, list{1.0}, false, []string{""}},
		{"another order", list{1, 2}, list{2.0, 1.0}, false, []string{"/0", "/1"}},
		{"a list and an object", list{}, object{}, false, []string{""}},
		{"an object and a text", object{}, "x", false, []string{""}},
		{"several places", object{"a": 1, "b": 2}, object{"a": 2.0, "c": 3.0}, false, []string{"/a", "/b", "/c"}},

		{"anything", object{"a": "<any>"}, object{"a": nil}, false, nil},
		{"anything missing", object{"a": "<any>"}, object{}, false, []string{"/a"}},
		{"a text", "<text>", "x", false, nil},
		{"an empty text", "<text>", "", false, []string{""}},
		{"no text", "<text>", 5.0, false, []string{""}},
		{"an id", "<id>", "A-z_9", false, nil},
		{"no id", "<id>", "a b", false, []string{""}},
		{"an empty id", "<id>", "", false, []string{""}},
		{"an id with a line feed", "<id>", "a\n", false, []string{""}},
		{"an instant", "<instant>", "2030-01-01T00:30:00.123456789Z", false, nil},
		{"an instant without a zone", "<instant>", "2030-01-01T00:30:00", false, []string{""}},
		{"a number", "<number>", 5.0, false, nil},
		{"no number", "<number>", "5", false, []string{""}},
		{"absent", object{"a": "<absent>"}, object{}, false, nil},
		{"absent, in part", object{"a": "<absent>"}, object{"b": 1.0}, true, nil},
		{"absent and there", object{"a": "<absent>"}, object{"a": nil}, true, []string{"/a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var at []string
			for _, m := range cases.Match(tt.expected, tt.got, tt.partial) {
				at = append(at, m.Pointer)
				if m.Message == "" {
					t.Errorf("%s: nothing said", m.Pointer)
				}
			}
			if diff := cmp.Diff(tt.at, at); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	values := object{"a": "x", "n": 5, "l": list{1, "two"}, "nil": nil, "apig.app": "app", "hour.1": "later"}
	lookup := func(name string) (any, bool) { value, known := values[name]; return value, known }
	for _, tt := range []struct {
		name    string
		in      any
		want    any
		unknown []string
	}{
		{"no variable", "plain", "plain", nil},
		{"a whole text", "$a", "x", nil},
		{"within a text", "1 $a, $n", "1 x, 5", nil},
		{"one after another", "$a$n", "x5", nil},
		{"with a hyphen behind", "$a-1", "x-1", nil},
		{"with parts", "$apig.app/$hour.1.", "app/later.", nil},
		{"a whole number", object{"m": "$n"}, object{"m": 5}, nil},
		{"a whole list", object{"m": list{"$l"}}, object{"m": list{list{1, "two"}}}, nil},
		{"a whole null", object{"m": "$nil"}, object{"m": nil}, nil},
		{"the name of a member", object{"/$a": true}, object{"/x": true}, nil},
		{"a dollar", object{"m": "$$"}, object{"m": "$"}, nil},
		{"dollars", "$$a costs $$$n", "$a costs $5", nil},
		{"a dollar that is none", "5$ or $5", "5$ or $5", nil},
		{"unknown", list{"$z", "1 $b.c", "$z"}, list{"$z", "1 $b.c", "$z"}, []string{"b.c", "z"}},
		{"no text", list{5, true, nil}, list{5, true, nil}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, unknown := cases.Fill(tt.in, lookup)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.unknown, unknown); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFillCopies(t *testing.T) {
	t.Parallel()
	raw := "$a"
	in := cases.Step{Request: cases.Request{Raw: &raw, Body: object{"m": list{"$a"}}}, Expect: cases.Expect{Among: []cases.Share{{Count: 2, Error: "$a"}}}}
	out, unknown := cases.Fill(in, func(string) (any, bool) { return "x", true })
	x := "x"
	want := cases.Step{Request: cases.Request{Raw: &x, Body: object{"m": list{"x"}}}, Expect: cases.Expect{Among: []cases.Share{{Count: 2, Error: "x"}}}}
	if diff := cmp.Diff(want, out); diff != "" || unknown != nil {
		t.Error(diff, unknown)
	}
	if diff := cmp.Diff(cases.Request{Raw: &raw, Body: object{"m": list{"$a"}}}, in.Request); diff != "" || raw != "$a" {
		t.Error("filling has changed what was filled:", raw, diff)
	}
	if diff := cmp.Diff([]string{"a"}, cases.Unfilled(in)); diff != "" {
		t.Error(diff)
	}
}
