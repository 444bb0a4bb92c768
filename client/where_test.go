package client_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/client"
)

// The pointer is that of the member that does not fit, wherever it is.
func TestPointer(t *testing.T) {
	t.Parallel()
	type inner struct {
		Text   string    `json:"text"`
		Number int       `json:"number"`
		Yes    bool      `json:"yes"`
		List   []string  `json:"list"`
		Grid   [][]int   `json:"grid"`
		Slash  string    `json:"a/b"`
		Tilde  string    `json:"m~n"`
		Quote  string    `json:"é ü"`
		Next   *struct { // is an object or null
			Text string `json:"text"`
		} `json:"next"`
	}
	type outer struct {
		Items []inner `json:"items"`
		One   inner   `json:"one"`
	}
	tests := []struct{ name, body, want string }{
		{name: "the whole", body: `[]`, want: ""},
		{name: "the whole, a text", body: `  "one" `, want: ""},
		{name: "the whole, a number", body: `1`, want: ""},
		{name: "a list for an object", body: `{"one": []}`, want: "/one"},
		{name: "an object for a list", body: `{"items": {}}`, want: "/items"},
		{name: "a filled object for a list", body: `{"items": {"text": "a", "list": [1, 2]}, "one": {}}`, want: "/items"},
		{name: "a text for a list", body: `{"items":"a"}`, want: "/items"},
		{name: "an item", body: `{"items": [{}, {}, 7]}`, want: "/items/2"},
		{name: "an item that is a list", body: `{"items":[{},[{}]]}`, want: "/items/1"},
		{name: "a member", body: `{"items": [{"text": "a"}, {"list": ["a"], "text": 1}]}`, want: "/items/1/text"},
		{name: "a member after others", body: `{"x": {"text": [1, {"y": []}]}, "one": {"text": "", "yes": 0}}`, want: "/one/yes"},
		{name: "the last item of a list", body: `{"one": {"list": ["a", "b", "c", {}]}}`, want: "/one/list/3"},
		{name: "a list in a list", body: `{"one": {"grid": [[], [1, 2], [3, "4"]]}}`, want: "/one/grid/2/1"},
		{name: "a list in a list, one too few", body: `{"one": {"grid": [[1], 2]}}`, want: "/one/grid/1"},
		{name: "a fraction", body: `{"one": {"number": 1.5}}`, want: "/one/number"},
		{name: "a number too large", body: `{"one": {"number": 123456789012345678901234567890}}`, want: "/one/number"},
		{name: "a number beyond all bounds", body: `{"one": {"number": 1e999}}`, want: "/one/number"},
		{name: "a name with a slash", body: `{"one": {"a/b": 1}}`, want: "/one/a~1b"},
		{name: "a name with a tilde", body: `{"one": {"m~n": 1}}`, want: "/one/m~0n"},
		{name: "a name in other letters", body: `{"one": {"\u00e9 ü": {"text": 1}}}`, want: "/one/é ü"},
		{name: "a name in other cases", body: `{"ONE": {"Text": 1}}`, want: "/ONE/Text"},
		{name: "a name that is also a value", body: `{"one": {"text": "text", "list": ["text", "list", 1]}}`, want: "/one/list/2"},
		{name: "after null", body: `{"items": null, "one": {"next": null, "text": true}}`, want: "/one/text"},
		{name: "deep", body: `{"one": {"next": {"text": {}}}}`, want: "/one/next/text"},
		{name: "the first of two", body: `{"one": {"text": 1, "yes": 1}}`, want: "/one/text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for name, body := range map[string]string{"as written": test.body, "compact": compact(t, test.body), "indented": indented(t, test.body)} {
				var into outer
				var mismatch *json.UnmarshalTypeError
				if err := json.Unmarshal([]byte(body), &into); !errors.As(err, &mismatch) {
					t.Fatalf("%s: %v is no mismatch", body, err)
				}
				if got := client.PointerAt([]byte(body), mismatch.Offset); got != test.want {
					t.Errorf("%s: got %q, want %q", name, got, test.want)
				}
			}
		})
	}
}

func compact(t testing.TB, body string) string {
	t.Helper()
	var b bytes.Buffer
	wantNoError(t, json.Compact(&b, []byte(body)))
	return b.String()
}

func indented(t testing.TB, body string) string {
	t.Helper()
	var b bytes.Buffer
	wantNoError(t, json.Indent(&b, []byte(body), " ", "\t"))
	return b.String()
}

// The pointer at the end of each value, for documents of all kinds, is that by which
// the value is found.
func FuzzPointer(f *testing.F) {
	for _, body := range []string{
		`{}`, `[]`, `7`, `{"a": [1, {"b/c": null, "~": "x"}, []], "": true}`, `[[[]], {"a": {"a": {}}}, 1e999]`, authorized, unauthorized,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for offset := range len(body) + 2 {
			_ = client.PointerAt(body, int64(offset)) // whatever it is, it ends
		}
		if !json.Valid(body) || len(body) > 1000 {
			return
		}
		walk(t, body, 0, "", func(end int, pointer string) {
			if got := client.PointerAt(body, int64(end)); got != pointer {
				t.Fatalf("%q at %d: got %q, want %q", body, end, got, pointer)
			}
		})
	})
}

// walk calls visit for each value of a document, from an offset on, with where a
// decoder notices what it is (a list's or object's first byte, the end of others), and
// returns where the value ends.
func walk(t *testing.T, body []byte, at int, pointer string, visit func(end int, pointer string)) int {
	t.Helper()
	at = skip(body, at)
	end := body[at]
	switch end {
	case '[', '{':
		visit(at+1, pointer)
	default:
		decoder := json.NewDecoder(bytes.NewReader(body[at:]))
		decoder.UseNumber()
		var value any
		wantNoError(t, decoder.Decode(&value))
		at += int(decoder.InputOffset())
		visit(at, pointer)
		return at
	}
	at = skip(body, at+1)
	for i := 0; body[at] != ']' && body[at] != '}'; i++ {
		step := strconv.Itoa(i)
		if end == '{' {
			decoder := json.NewDecoder(bytes.NewReader(body[at:]))
			var name string
			wantNoError(t, decoder.Decode(&name))
			step = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
			at = skip(body, at+int(decoder.InputOffset())) + 1 // the colon
		}
		at = skip(body, walk(t, body, at, pointer+"/"+step, visit))
		if body[at] == ',' {
			at = skip(body, at+1)
		}
	}
	return at + 1
}

// skip returns where the next byte is that is no white space.
func skip(body []byte, at int) int {
	for at < len(body) && strings.IndexByte(" \t\r\n", body[at]) >= 0 {
		at++
	}
	return at
}
