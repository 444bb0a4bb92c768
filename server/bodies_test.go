package server_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// withBodies are the operations that read a body.
func withBodies() []target {
	var list []target
	for _, target := range targets {
		if target.call.body != "" {
			list = append(list, target)
		}
	}
	return list
}

// What is wrong with a body before its fields are looked at.
func TestBodiesThatDoNotParse(t *testing.T) {
	t.Parallel()
	f := start(t)
	const eof = "unexpected end of JSON input"
	for _, target := range withBodies() {
		good := target.call.body
		field := "app_ids"
		if target.lists == nil {
			field = "app_id"
		} else if target.limit == 128 {
			field = "apps"
		}
		mistyped := strings.Replace(good, `"`+field+`"`, `"`+strings.ToUpper(field)+`"`, 1)
		malformed, mediaType := target.family.malformed, target.family.mediaType
		for _, test := range []struct {
			name, contentType, body string
			want                    failure
		}{
			{"text/plain", "text/plain", good, mediaType},
			{"json with a suffix", "application/merge-patch+json", good, mediaType},
			{"jsonx", "application/jsonx", good, mediaType},
			{"any", "*/*", good, mediaType},
			{"form", "application/x-www-form-urlencoded", good, mediaType},
			{"no content type", "", good, mediaType},
			{"nothing at all", "", "", mediaType},

			{"empty", "application/json", "", malformed(eof, "")},
			{"white space", "application/json", " \n", malformed(eof, "")},
			{"list", "application/json", "[]", malformed("the body is not an object", "")},
			{"null", "application/json", "null", malformed("the body is not an object", "")},
			{"text", "application/json", `"x"`, malformed("the body is not an object", "")},
			{"number", "application/json", "7", malformed("the body is not an object", "")},
			{"cut off", "application/json", good[:len(good)-1], malformed(eof, "")},
			{"cut off early", "application/json", "{", malformed(eof, "")},
			{"no JSON", "application/json", "{env_id}", malformed("invalid JSON", "")},
			{"trailing comma", "application/json", good[:len(good)-1] + ",}", malformed("invalid JSON", "")},
			{"comment", "application/json", good + "// done", malformed("bytes after the document", "")},
			{"trailing byte", "application/json", good + "x", malformed("bytes after the document", "")},
			{"trailing brace", "application/json", good + "}", malformed("bytes after the document", "")},
			{"second document", "application/json", good + "\n" + good, malformed("bytes after the document", "")},
			{"byte order mark", "application/json", "\xef\xbb\xbf" + good, malformed("invalid JSON", "")},
			{"no UTF-8", "application/json", strings.Replace(good, "{", "{\"x\":\"\xff\",", 1), malformed("not UTF-8", "")},
			{"duplicate member", "application/json", good[:len(good)-1] + `,"` + field + `":"x"}`, malformed("duplicate member", field)},
			{"duplicate in escapes", "application/json", good[:len(good)-1] + `,"\u0061` + field[1:] + `":"x"}`, malformed("duplicate member", field)},
			{"duplicate unknown member", "application/json", good[:len(good)-1] + `,"x":1,"x":1}`, malformed("duplicate member", "")},
			{"duplicate nested", "application/json", good[:len(good)-1] + `,"x":{"y":1,"y":1}}`, malformed("duplicate member", "")},
			{"deep", "application/json", good[:len(good)-1] + `,"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, malformed("nested too deeply", "")},
			{"very deep", "application/json", strings.Repeat("[", 100_000), malformed("nested too deeply", "")},
			{"wrong case", "application/json", mistyped, target.family.badValue(field)},
			{"wrong case besides", "application/json", good[:len(good)-1] + `,"` + strings.ToUpper(field) + `":1}`, target.family.badValue(field)},
		} {
			t.Run(target.name+"/"+test.name, func(t *testing.T) {
				t.Parallel()
				c := target.call.withBody(test.body)
				c.contentType = test.contentType
				test.want.expect(t, f.do(t, c))
			})
		}
	}
}

// Members of objects in lists are held to the same.
func TestNestedMembers(t *testing.T) {
	t.Parallel()
	f := start(t)
	modelArts := families.modelArts
	for _, test := range []struct {
		name, body string
		want       failure
	}{
		{"duplicate", `{"apps":[{"app_id":"a","app_id":"b"}]}`, modelArts.malformed("", "apps")},
		{"wrong case", `{"apps":[{"APP_ID":"a"}]}`, modelArts.badValue("apps")},
		{"wrong case besides", `{"apps":[{"app_id":"a","App_Id":"b"}]}`, modelArts.badValue("apps")},
		{"missing", `{"apps":[{}]}`, modelArts.missing("apps")},
		{"null", `{"apps":[{"app_id":null}]}`, modelArts.badValue("apps")},
		{"item null", `{"apps":[null]}`, modelArts.badValue("apps")},
		{"item text", `{"apps":["a"]}`, modelArts.badValue("apps")},
		{"second item", `{"apps":[{"app_id":"a"},{"app_id":""}]}`, modelArts.badValue("apps")},
	} {
		for _, c := range []call{unauthorize(), unauthorizeByAlias()} {
			t.Run(test.name+"/"+c.op, func(t *testing.T) {
				t.Parallel()
				test.want.expect(t, f.do(t, c.withBody(test.body)))
			})
		}
	}
}

func TestBadFields(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, target := range withBodies() {
		run := func(name, body string, want failure) {
			t.Run(target.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				want.expect(t, f.do(t, target.call.withBody(body)))
			})
		}
		good, badValue, missing := target.call.body, target.family.badValue, target.family.missing
		badIDs := map[string]any{
			"empty id": "", "space": "a b", "slash": "a/b", "accent": "é", "newline": "a\n", "nul": "\x00",
			"too long": strings.Repeat("a", target.limit+1), "number": 5, "boolean": true, "object": map[string]any{}, "list": []any{"a"},
			"null": nil, "huge number": 1e300,
		}
		for _, id := range target.ids {
			run(id+"/missing", drop(t, good, id), missing(id))
			for name, value := range badIDs {
				run(id+"/"+name, set(t, good, id, value), badValue(id))
			}
		}
		for _, list := range target.lists {
			run(list+"/missing", drop(t, good, list), missing(list))
			run(list+"/empty", set(t, good, list, []any{}), missing(list))
			for name, value := range map[string]any{"null": nil, "text": "a", "number": 5, "object": map[string]any{}, "list of lists": []any{[]any{}}} {
				run(list+"/"+name, set(t, good, list, value), badValue(list))
			}
			for name, value := range badIDs {
				id, _ := value.(string)
				if _, isText := value.(string); !isText {
					continue
				}
				run(list+"/item/"+name, set(t, good, list, []any{target.item("a"), target.item(id)}), badValue(list))
			}
			run(list+"/item/null", set(t, good, list, []any{nil}), badValue(list))
			run(list+"/item/number", set(t, good, list, []any{5}), badValue(list))
			most := target.most
			if list == "api_ids" {
				most = 1000
			}
			run(list+"/too many", set(t, good, list, many(target, most+1)), badValue(list))
		}
	}
}

// many makes n items with an id of their own each.
func many(target target, n int) []any {
	items := make([]any, n)
	for i := range items {
		items[i] = target.item("x" + strconv.Itoa(i))
	}
	return items
}

func TestBadAction(t *testing.T) {
	t.Parallel()
	f := start(t)
	good := act("AUTHORIZE", future).body
	year := future[:4]
	for _, test := range []struct {
		name, body, field string
	}{
		{"no apply_type", drop(t, good, "apply_type"), "apply_type"},
		{"unknown apply_type", set(t, good, "apply_type", "APPLY_TYPE_STEAL"), "apply_type"},
		{"apply_type in another case", set(t, good, "apply_type", "apply_type_authorize"), "apply_type"},
		{"empty apply_type", set(t, good, "apply_type", ""), "apply_type"},
		{"null apply_type", set(t, good, "apply_type", nil), "apply_type"},
		{"no time", drop(t, good, "time"), "time"},
		{"no time to apply", act("APPLY", "").body, "time"},
		{"no time to renew", act("RENEW", "").body, "time"},
		{"no time for notice", act("API_CANCEL_AUTHORIZE", "").body, "time"},
		{"null time", set(t, good, "time", nil), "time"},
		{"empty time", set(t, good, "time", ""), "time"},
		{"epoch", set(t, good, "time", 1893456000000), "time"},
		{"date", set(t, good, "time", year+"-01-01"), "time"},
		{"no zone", set(t, good, "time", year+"-01-01T10:00:00"), "time"},
		{"another zone", set(t, good, "time", year+"-01-01T10:00:00+08:00"), "time"},
		{"-00:00", set(t, good, "time", year+"-01-01T10:00:00-00:00"), "time"},
		{"lower case", set(t, good, "time", strings.ToLower(future)), "time"},
		{"30 February", set(t, good, "time", year+"-02-30T10:00:00Z"), "time"},
		{"25 o'clock", set(t, good, "time", year+"-02-01T25:00:00Z"), "time"},
		{"five digits", set(t, good, "time", "22020-08-04T04:02:22Z"), "time"},
		{"past", set(t, good, "time", "2021-01-01T10:00:00Z"), "time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			families.dataArts.badValue(test.field).expect(t, f.do(t, act("AUTHORIZE", "").withBody(test.body)))
		})
	}
	t.Run("contract before permission", func(t *testing.T) {
		t.Parallel()
		c := act("AUTHORIZE", year+"-02-30T10:00:00Z").as(readerToken)
		families.dataArts.badValue("time").expect(t, f.do(t, c))
	})
}

// What looks odd and is fine all the same. Each is repeated on a server of its
// own and compared with the answer to the plain call.
func TestToleratedRequests(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		edit func(call) call
	}{
		{"unknown member", func(c call) call { return c.withBody(`{"unknown":{"deep":[1e400,null]},` + c.body[1:]) }},
		{"unknown nested member", func(c call) call { return c.withBody(strings.Replace(c.body, `"app_id":`, `"extra":[],"app_id":`, 1)) }},
		{"unknown query", func(c call) call { return c.withQuery("app_id=x&env_id=y&offset=z&x=1&x=2&%zz") }},
		{"trailing newline", func(c call) call { return c.withBody(c.body + "\n") }},
		{"white space around", func(c call) call { return c.withBody("\r\n\t " + c.body + " \r\n\t") }},
		{"charset", func(c call) call { c.contentType = "application/json;charset=UTF-8"; return c }},
		{"charset after a space", func(c call) call { c.contentType = `application/json; charset="utf-8"`; return c }},
		{"content type in another case", func(c call) call { c.contentType = "Application/JSON"; return c }},
		{"chunked", func(c call) call { c.chunked = true; return c }},
		{"escapes", func(c call) call { return c.withBody(strings.ReplaceAll(c.body, "app", `\u0061pp`)) }},
		{"31 levels", func(c call) call {
			return c.withBody(c.body[:len(c.body)-1] + `,"x":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + "}")
		}},
	} {
		for _, target := range withBodies() {
			t.Run(test.name+"/"+target.name, func(t *testing.T) {
				t.Parallel()
				plain, odd := start(t).do(t, target.call), start(t).do(t, test.edit(target.call))
				if plain.status >= 300 || plain.status != odd.status {
					t.Fatalf("%d %s, plainly %d %s", odd.status, odd.raw, plain.status, plain.raw)
				}
				if diff := cmp.Diff(anonymous(plain.body), anonymous(odd.body)); diff != "" {
					t.Errorf("(-plain +odd):\n%s", diff)
				}
			})
		}
	}
}

// A body on a DELETE that has none is ignored, whatever it is.
func TestIgnoredBodies(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, body := range []string{"{}", "{", "null", "\xff", strings.Repeat("x", 4096)} {
		for _, contentType := range []string{"", "application/json", "text/plain"} {
			id := f.do(t, authorize([]string{appOne}, []string{apiOne})).text(t, "auths", 0, "id")
			c := cancel(id).withBody(body)
			c.contentType = contentType
			expect(t, f.do(t, c), 204, nil)
		}
	}
	expect(t, f.do(t, deleteCode(romaApp, romaCode).withBody("{")), 204, nil)
}

// anonymous drops what differs from run to run.
func anonymous(v any) any {
	switch v := v.(type) {
	case map[string]any:
		clean := map[string]any{}
		for name, member := range v {
			if name != "id" && name != "auth_id" && name != "auth_time" {
				clean[name] = anonymous(member)
			}
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, item := range v {
			clean[i] = anonymous(item)
		}
		return clean
	}
	return v
}
