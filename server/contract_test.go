package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/openapi"
)

// operation is one operation of the contracts.
type operation struct {
	method, path string
	route        *routers.Route
}

type contractIndex struct{ operations map[string]operation }

var loadContract = sync.OnceValues(func() (*contractIndex, error) {
	index := &contractIndex{operations: map[string]operation{}}
	for _, load := range []func() (*openapi3.T, error){openapi.Load, openapi.LoadAdmin} {
		doc, err := load()
		if err != nil {
			return nil, err
		}
		for path, item := range doc.Paths.Map() {
			for method, op := range item.Operations() {
				if _, twice := index.operations[op.OperationID]; twice {
					return nil, fmt.Errorf("%s is in both contracts", op.OperationID)
				}
				route := &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}
				index.operations[op.OperationID] = operation{method, path, route}
			}
		}
	}
	return index, nil
})

func contract(t *testing.T) *contractIndex {
	t.Helper()
	index, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	return index
}

var requestIDSyntax = regexp.MustCompile(`^[0-9a-f]{32}$`)

// check holds one answer against what is true of all answers.
func (f *fixture) check(t *testing.T, c call, req *http.Request, resp *http.Response, raw []byte) reply {
	t.Helper()
	r := reply{status: resp.StatusCode, header: resp.Header, raw: raw}
	id := r.header.Get("X-Request-Id")
	if _, again := f.seen.LoadOrStore(id, true); again || len(r.header.Values("X-Request-Id")) != 1 || !requestIDSyntax.MatchString(id) {
		t.Errorf("X-Request-Id %q (seen before: %t) is not 32 lower-case hexadecimal digits of its own", r.header.Values("X-Request-Id"), again)
	}
	checkNoSecret(t, c.token, raw)

	bodiless := r.status == http.StatusNoContent || req.Method == http.MethodHead || c.isBodiless(t, r.status)
	if bodiless != (len(raw) == 0) {
		t.Errorf("%s answered %d with the body %q", req.Method, r.status, raw)
	}
	if len(raw) > 0 {
		if got := r.header.Get("Content-Type"); c.op != "" && got != "application/json" {
			t.Errorf("Content-Type is %q", got)
		}
		r.body = decode(t, raw)
	}
	if c.op == "" || r.status == http.StatusMethodNotAllowed || c.path != "" {
		return r
	}

	op := contract(t).operations[c.op]
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, Route: op.route},
		Status:                 r.status,
		Header:                 r.header,
		Body:                   io.NopCloser(bytes.NewReader(raw)),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		t.Errorf("the contract of %s does not know this answer: %v", c.op, err)
	}
	spec := op.route.Operation.Responses.Status(r.status)
	if spec == nil {
		return r // said above
	}
	if media := spec.Value.Content.Get("application/json"); media != nil {
		checkMembers(t, c.op, media.Schema.Value, r.body)
	} else if len(raw) > 0 {
		t.Errorf("%s answered %d with a body that its contract doesn't have: %s", c.op, r.status, raw)
	}
	return r
}

// isBodiless reports whether the contract has an answer of that status without a
// body.
func (c call) isBodiless(t *testing.T, status int) bool {
	t.Helper()
	op, known := contract(t).operations[c.op]
	if !known {
		return false
	}
	spec := op.route.Operation.Responses.Status(status)
	return spec != nil && len(spec.Value.Content) == 0
}

// checkMembers refuses members the schema doesn't know.
func checkMembers(t *testing.T, where string, schema *openapi3.Schema, value any) {
	t.Helper()
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			property := schema.Properties[name]
			if property == nil {
				t.Errorf("%s: the contract has no member %q", where, name)
				continue
			}
			checkMembers(t, where+"/"+name, property.Value, member)
		}
	case []any:
		for _, item := range v {
			checkMembers(t, where+"[]", schema.Items.Value, item)
		}
	}
}

// checkNoSecret looks for what never belongs into an answer.
func checkNoSecret(t *testing.T, token string, raw []byte) {
	t.Helper()
	// Substrings are the point here: wherever they stand, they betray something.
	for _, secret := range []string{token, "sql", "SQL", "goroutine", ".go:", ".db", "/tmp", "/work", "grant.", "types.", "openapi", "gin.", "*errors", "panic"} {
		if secret != "" && bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the answer has %q in it: %s", secret, raw)
		}
	}
}

// decode reads exactly one JSON document.
func decode(t *testing.T, raw []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil { // refuses a second document
		t.Fatalf("not one JSON document: %v: %q", err, raw)
	}
	return v
}

func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // test data of this package
	}
	return string(data)
}

// set puts a member into a JSON object; drop takes one out.
func set(t *testing.T, body, name string, value any) string {
	t.Helper()
	object := decode(t, []byte(body)).(map[string]any)
	object[name] = value
	return encode(object)
}

func drop(t *testing.T, body, name string) string {
	t.Helper()
	object := decode(t, []byte(body)).(map[string]any)
	delete(object, name)
	return encode(object)
}

// failure is how an operation refuses.
type failure struct {
	status     int
	code, text string
}

// expect compares the whole error body. Codes of the gateway in front carry the
// request id, the others don't.
func (want failure) expect(t *testing.T, r reply) {
	t.Helper()
	body := map[string]any{"error_code": want.code, "error_msg": want.text}
	if strings.HasPrefix(want.code, "APIGW.") {
		body["request_id"] = r.header.Get("X-Request-Id")
	}
	if diff := cmp.Diff(want.status, r.status); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(any(body), r.body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

// expect compares status and body of an answer that is no error.
func expect(t *testing.T, r reply, status int, body any) {
	t.Helper()
	if r.status != status {
		t.Errorf("status %d instead of %d: %s", r.status, status, r.raw)
	}
	if diff := cmp.Diff(body, r.body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}
