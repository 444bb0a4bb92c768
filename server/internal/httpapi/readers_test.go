package httpapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/runtime"
	"pgregory.net/rapid"

	"github.com/appgrant/appgrant/gen/types"
)

// The documented bodies, which readers must know.
const (
	authorizeBody = `{"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID", "app_ids": ["356de8eb7a8742168586e5daf5339965"], "api_ids": ["5f918d104dc84480a75166ba99efff21"]}`
	cancelBody    = `{"apps": [{"app_id": "logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867"}], "workspace_id": "0"}`
	actionBody    = `{"api_id": "47046fe7830c1be77cb0dc23bd86afa5", "instance_id": "APIG", "app_id": "908489209a320df61607355c57c82882", "time": "2020-10-10T07:00:00Z", "apply_type": "APPLY_TYPE_AUTHORIZE"}`
)

// readersOf are the readers there are, by operation.
func readersOf(tb testing.TB) map[string]*reader {
	tb.Helper()
	ops, err := loadOperations()
	if err != nil {
		tb.Fatal(err)
	}
	readers := map[string]*reader{}
	for _, op := range ops {
		if op.reader != nil {
			readers[op.id] = op.reader
		}
	}
	return readers
}

// free is a body in which texts may be anything, which the contract's ids may not.
type free struct {
	Text string   `json:"text"`
	List []string `json:"list"`
}

const freeBody = `{"text":"a b","list":["c","d"]}`

func freeReader() *reader {
	text := &openapi3.Schema{Type: &openapi3.Types{"string"}}
	list := &openapi3.Schema{Type: &openapi3.Types{"array"}, Items: text.NewRef(), MinItems: 2, MaxItems: openapi3.Ptr[uint64](3)}
	body := &openapi3.Schema{Type: &openapi3.Types{"object"}, Properties: openapi3.Schemas{"text": text.NewRef(), "list": list.NewRef()}}
	return newReader(&openapi3.MediaType{Schema: body.NewRef()}, reflect.TypeFor[free]())
}

func TestReader(t *testing.T) {
	t.Parallel()
	readers := readersOf(t)
	if len(readers) != len(bodies) {
		t.Fatalf("%d readers for %d bodies", len(readers), len(bodies))
	}
	readers["free"] = freeReader()
	authorize := func(edit ...string) string { return strings.NewReplacer(edit...).Replace(authorizeBody) }
	cancel := func(edit ...string) string { return strings.NewReplacer(edit...).Replace(cancelBody) }
	for _, test := range []struct {
		name, operation, body string
		want                  any // nil: left alone
	}{
		{"authorize", "CreateAuthorizingAppsV2", authorizeBody, &types.AppsToAuthorize{
			EnvId: "DEFAULT_ENVIRONMENT_RELEASE_ID", AppIds: []string{"356de8eb7a8742168586e5daf5339965"}, ApiIds: []string{"5f918d104dc84480a75166ba99efff21"},
		}},
		{"white space", "CreateAuthorizingAppsV2", " {\r\"env_id\"\t:\n\"e\",\"api_ids\":[ \"a\" , \"b\" ],\"app_ids\":[\"c\"] }\n", &types.AppsToAuthorize{
			EnvId: "e", ApiIds: []string{"a", "b"}, AppIds: []string{"c"},
		}},
		{"cancel", "DeleteApiAppAuth", cancelBody, &types.AppsToUnauthorize{
			Apps: []types.Apps{{AppId: "logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867"}}, WorkspaceId: "0",
		}},
		{"cancel, other path", "DeleteApiAppAuthAlias", `{"apps":[{"app_id":"a"},{"app_id":"b"}]}`, &types.AppsToUnauthorize{Apps: []types.Apps{{AppId: "a"}, {AppId: "b"}}}},
		{"action", "AuthorizeActionApiToInstance", actionBody, &types.AuthorizationAction{
			ApiId: "47046fe7830c1be77cb0dc23bd86afa5", InstanceId: "APIG", AppId: "908489209a320df61607355c57c82882",
			Time: "2020-10-10T07:00:00Z", ApplyType: types.APPLYTYPEAUTHORIZE,
		}},
		{"free", "free", freeBody, &free{Text: "a b", List: []string{"c", "d"}}},

		{"free, escaped", "free", `{"text":"\n","list":["c","d"]}`, nil},
		{"free, raw newline", "free", "{\"text\":\"\n\",\"list\":[\"c\",\"d\"]}", nil},
		{"free, not ASCII", "free", "{\"text\":\"\u00e9\",\"list\":[\"c\",\"d\"]}", nil},
		{"free, short list", "free", `{"text":"a","list":["c"]}`, nil},
		{"nothing", "CreateAuthorizingAppsV2", "", nil},
		{"null", "CreateAuthorizingAppsV2", "null", nil},
		{"a list", "CreateAuthorizingAppsV2", "[]", nil},
		{"empty object", "CreateAuthorizingAppsV2", "{}", nil},
		{"bytes after", "CreateAuthorizingAppsV2", authorizeBody + "x", nil},
		{"twice the same", "CreateAuthorizingAppsV2", authorizeBody + authorizeBody, nil},
		{"cut off", "CreateAuthorizingAppsV2", authorizeBody[:len(authorizeBody)-1], nil},
		{"comma at the end", "CreateAuthorizingAppsV2", authorize("]}", "],}"), nil},
		{"comma at a list's end", "CreateAuthorizingAppsV2", authorize("]}", ",]}"), nil},
		{"member missing", "CreateAuthorizingAppsV2", authorize(`"env_id": "DEFAULT_ENVIRONMENT_RELEASE_ID", `, ""), nil},
		{"member twice", "CreateAuthorizingAppsV2", authorize(`{`, `{"env_id":"e",`), nil},
		{"wrong case", "CreateAuthorizingAppsV2", authorize("env_id", "Env_id"), nil},
		{"wrong case besides", "CreateAuthorizingAppsV2", authorize(`{`, `{"APP_IDS":[],`), nil},
		{"a letter that folds", "CreateAuthorizingAppsV2", authorize(`{`, "{\"api_id\u017f\":[\"x\"],"), nil},
		{"unknown member", "CreateAuthorizingAppsV2", authorize(`{`, `{"x":1,`), nil},
		{"escaped name", "CreateAuthorizingAppsV2", authorize("env_id", `\u0065nv_id`), nil},
		{"escaped text", "CreateAuthorizingAppsV2", authorize("DEFAULT", `\u0044EFAULT`), nil},
		{"not UTF-8", "CreateAuthorizingAppsV2", authorize("DEFAULT", "\xff"), nil},
		{"raw newline", "CreateAuthorizingAppsV2", authorize("DEFAULT", "\n"), nil},
		{"bad id", "CreateAuthorizingAppsV2", authorize("DEFAULT", "a b"), nil},
		{"empty id", "CreateAuthorizingAppsV2", authorize("356de8eb7a8742168586e5daf5339965", ""), nil},
		{"long id", "CreateAuthorizingAppsV2", authorize("DEFAULT_ENVIRONMENT_RELEASE_ID", strings.Repeat("x", 65)), nil},
		{"number", "CreateAuthorizingAppsV2", authorize(`"DEFAULT_ENVIRONMENT_RELEASE_ID"`, "1"), nil},
		{"null member", "CreateAuthorizingAppsV2", authorize(`"DEFAULT_ENVIRONMENT_RELEASE_ID"`, "null"), nil},
		{"empty list", "CreateAuthorizingAppsV2", authorize(`"356de8eb7a8742168586e5daf5339965"`, ""), nil},
		{"long list", "CreateAuthorizingAppsV2", authorize(`"356de8eb7a8742168586e5daf5339965"`, strings.Repeat(`"a",`, 50)+`"a"`), nil},
		{"item without its member", "DeleteApiAppAuth", cancel(`"app_id": "logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867"`, ""), nil},
		{"item with its member twice", "DeleteApiAppAuth", cancel(`{"app_id"`, `{"app_id":"a","app_id"`), nil},
		{"not in the enum", "AuthorizeActionApiToInstance", strings.Replace(actionBody, "APPLY_TYPE_AUTHORIZE", "APPLY", 1), nil},
		{"not a time", "AuthorizeActionApiToInstance", strings.Replace(actionBody, "07:00", "27:00", 1), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := readers[test.operation].read([]byte(test.body))
			if diff := cmp.Diff(test.want, got); diff != "" || ok != (test.want != nil) {
				t.Errorf("%t (-want +got):\n%s", ok, diff)
			}
		})
	}
}

// It knows how many items a list must and may have, and how long texts may be, to
// the one.
func TestReaderKnowsTheBounds(t *testing.T) {
	t.Parallel()
	r := readersOf(t)["CreateAuthorizingAppsV2"]
	for apps, want := range map[int]bool{0: false, 1: true, 50: true, 51: false} {
		body := fmt.Sprintf(`{"env_id":%q,"api_ids":["a"],"app_ids":[%s]}`, strings.Repeat("e", 64), strings.Join(slicesOf(`"a"`, apps), ","))
		if _, ok := r.read([]byte(body)); ok != want {
			t.Errorf("%d apps: %t", apps, ok)
		}
	}
}

func slicesOf(text string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = text
	}
	return list
}

// checkReader holds a reader against the whole check: what it reads, that accepts, and
// the generated binder makes the same of it.
func checkReader(tb rapid.TB, r *reader, data []byte) {
	got, ok := r.read(data)
	if !ok {
		return
	}
	value, err := validateBody(r.media.Schema.Value, data)
	if err != nil {
		tb.Fatalf("read %q, which is refused: %v", data, err)
	}
	bound, decoded := reflect.New(r.goType).Interface(), reflect.New(r.goType).Interface()
	if err := runtime.BindJSONValue(value, bound); err != nil {
		tb.Fatalf("read %q, which is not bound: %v", data, err)
	}
	if err := json.Unmarshal(data, decoded); err != nil {
		tb.Fatalf("read %q, which is not decoded: %v", data, err)
	}
	if !reflect.DeepEqual(bound, got) || !reflect.DeepEqual(decoded, got) {
		tb.Fatalf("read %q as %#v, bound is %#v, decoded %#v", data, got, bound, decoded)
	}
}

// pieces are what makes the difference between a body that is read and one that isn't.
var pieces = []string{
	`"`, `\`, `{`, `}`, `[`, `]`, `,`, `:`, ` `, "\n", "\x00", "\x7f", "\xff", "\u00e9", "\u017f", "\u212a", "null", "true", "1", "-", `""`, `"a"`, `{}`, `[]`, `\u0061`,
	`"env_id":"e",`, `"Env_id":"e",`, `"app_ids":["a"],`, `,"app_ids":["a"]`, `"apps":[{"app_id":"a"}],`, `{"app_id":"a"},`, `,"app_id":"a"`, `"app_id":"a",`,
	`"APPLY_TYPE_APPLY"`, `"x":0,`, `"x":{"y":1,"y":1},`, "A", "Z", "_", "-", strings.Repeat("a", 64),
}

// Bodies that are nearly right.
func TestReaderKnowsNoMoreThanTheContract(t *testing.T) {
	t.Parallel()
	samples := map[string]string{"CreateAuthorizingAppsV2": authorizeBody, "DeleteApiAppAuth": cancelBody, "AuthorizeActionApiToInstance": actionBody, "free": freeBody}
	readers := readersOf(t)
	readers["free"] = freeReader()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom([]string{"CreateAuthorizingAppsV2", "DeleteApiAppAuth", "AuthorizeActionApiToInstance", "free"}).Draw(t, "operation")
		body := samples[id]
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			from := rapid.IntRange(0, len(body)).Draw(t, "from")
			to := min(len(body), from+rapid.SampledFrom([]int{0, 0, 1, 1, 2, 10, 40}).Draw(t, "length"))
			body = body[:from] + rapid.SampledFrom(append(pieces, "", body[from:to]+body[from:to])).Draw(t, "piece") + body[to:]
		}
		checkReader(t, readers[id], []byte(body))
	})
}

func FuzzReader(f *testing.F) {
	for _, body := range []string{authorizeBody, cancelBody, actionBody, freeBody} {
		f.Add([]byte(body))
		for i, piece := range pieces {
			at := (i * 7) % len(body)
			f.Add([]byte(body[:at] + piece + body[at:]))
		}
	}
	readers := readersOf(f)
	readers["free"] = freeReader()
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range readers {
			checkReader(t, r, data)
		}
	})
}
