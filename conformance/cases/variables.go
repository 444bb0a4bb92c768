package cases

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var variable = regexp.MustCompile(`\$(\$|[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)`)

// Lookup gives the value of a variable, if there is one of that name.
type Lookup func(name string) (value any, known bool)

// Fill puts the values of variables into whatever has texts in it: strings, lists,
// maps, structs, as a copy. What lookup does not know stays, and its name is returned
// with the others of that sort, in order.
func Fill[T any](in T, lookup Lookup) (T, []string) {
	f := filler{lookup: lookup, dollar: "$", unknown: map[string]bool{}}
	out := f.value(reflect.ValueOf(&in).Elem())
	return out.Interface().(T), slices.Sorted(maps.Keys(f.unknown))
}

// Unfilled are the names of the variables in something.
func Unfilled[T any](in T) []string {
	_, names := Fill(in, func(string) (any, bool) { return nil, false })
	return names
}

type filler struct {
	lookup  Lookup
	dollar  string // what $$ becomes
	unknown map[string]bool
}

func (f *filler) value(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		out := reflect.New(v.Type()).Elem()
		out.SetString(f.text(v.String()))
		return out
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		if text, ok := v.Interface().(string); ok {
			if whole, ok := f.whole(text); ok {
				if whole != nil {
					out.Set(reflect.ValueOf(whole))
				}
				return out
			}
		}
		out.Set(f.value(v.Elem()))
		return out
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(f.value(v.Elem()))
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(f.value(v.Index(i)))
		}
		return out
	case reflect.Map:
		return f.mapping(v)
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			out.Field(i).Set(f.value(v.Field(i)))
		}
		return out
	default:
		return v
	}
}

func (f *filler) mapping(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return v
	}
	out := reflect.MakeMapWithSize(v.Type(), v.Len())
	for each := v.MapRange(); each.Next(); {
		out.SetMapIndex(f.value(each.Key()), f.value(each.Value()))
	}
	return out
}

// whole is the value of a text that is nothing but one variable.
func (f *filler) whole(text string) (any, bool) {
	if found := variable.FindString(text); found == "" || found != text || found == "$$" {
		return nil, false
	}
	return f.lookup(text[1:])
}

func (f *filler) text(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		if found == "$$" {
			return f.dollar
		}
		value, known := f.lookup(found[1:])
		if !known {
			f.unknown[found[1:]] = true
			return found
		}
		return fmt.Sprint(value)
	})
}

// expand makes the cases of For.
func expand(c Case) []Case {
	if len(c.For) == 0 {
		return []Case{c}
	}
	var all []Case
	for _, values := range c.For {
		f := filler{dollar: "$$", unknown: map[string]bool{}}
		f.lookup = func(name string) (any, bool) { value, known := values[name]; return value, known }
		one := f.value(reflect.ValueOf(c)).Interface().(Case)
		one.For = nil
		all = append(all, one)
	}
	return all
}
