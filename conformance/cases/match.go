package cases

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
)

// matchers are what may be expected in the place of a value.
var matchers = map[string]func(any) bool{
	"<any>":     func(any) bool { return true },
	"<text>":    func(v any) bool { s, ok := v.(string); return ok && s != "" },
	"<id>":      func(v any) bool { s, ok := v.(string); return ok && idSyntax.MatchString(s) },
	"<instant>": func(v any) bool { s, ok := v.(string); return ok && instantSyntax.MatchString(s) },
	"<number>":  func(v any) bool { _, ok := v.(float64); return ok },
	absent:      func(any) bool { return false },
}

const absent = "<absent>"

var (
	matcherSyntax = regexp.MustCompile(`^<[a-z]+>$`)
	idSyntax      = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	instantSyntax = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$`)
)

func checkMatchers(expected any) error {
	switch e := expected.(type) {
	case string:
		if matcherSyntax.MatchString(e) && matchers[e] == nil {
			return fmt.Errorf("%s can't be expected", e)
		}
	case []any:
		for _, item := range e {
			if err := checkMatchers(item); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, member := range e {
			if err := checkMatchers(member); err != nil {
				return err
			}
		}
	}
	return nil
}

// Mismatch is a place where a value is not as expected.
type Mismatch struct {
	Pointer string // JSON pointer
	Message string
}

// Match compares a decoded JSON value with an expected one, in which matchers may
// stand. Where partial, objects may have more members than are expected.
func Match(expected, got any, partial bool) []Mismatch {
	return match("", expected, got, partial)
}

func match(at string, expected, got any, partial bool) []Mismatch {
	switch e := expected.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return differs(at, expected, got)
		}
		return matchMembers(at, e, object, partial)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(e) {
			return differs(at, expected, got)
		}
		var all []Mismatch
		for i := range e {
			all = append(all, match(at+"/"+strconv.Itoa(i), e[i], list[i], partial)...)
		}
		return all
	case string:
		if matches, ok := matchers[e]; ok {
			if matches(got) {
				return nil
			}
			return differs(at, expected, got)
		}
	}
	if !reflect.DeepEqual(number(expected), number(got)) {
		return differs(at, expected, got)
	}
	return nil
}

func matchMembers(at string, expected, got map[string]any, partial bool) []Mismatch {
	var all []Mismatch
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		value, there := got[name]
		switch {
		case expected[name] == absent && there:
			all = append(all, Mismatch{at + "/" + name, "is there and should not be: " + show(value)})
		case expected[name] == absent:
		case !there:
			all = append(all, Mismatch{at + "/" + name, "is missing; expected " + show(expected[name])})
		default:
			all = append(all, match(at+"/"+name, expected[name], value, partial)...)
		}
	}
	if partial {
		return all
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, known := expected[name]; !known {
			all = append(all, Mismatch{at + "/" + name, "is there and should not be: " + show(got[name])})
		}
	}
	return all
}

func differs(at string, expected, got any) []Mismatch {
	return []Mismatch{{at, "is " + show(got) + " instead of " + show(expected)}}
}

// number makes all numbers one type: YAML has several, JSON one.
func number(v any) any {
	switch n := v.(type) {
	case int:
		return float64(n)
	case int64:
		return float64(n)
	case uint64:
		return float64(n)
	default:
		return v
	}
}

// show writes a value for people, up to a length.
func show(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	const most = 300
	if len(data) > most {
		return string(data[:most]) + "…"
	}
	return string(data)
}
