package server_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// future is the time of the DataArts example, moved ahead of us.
var future = fmt.Sprintf("%d-01-01T10:00:00.000Z", time.Now().UTC().Year()+2)

var recordIDSyntax = regexp.MustCompile(`^[0-9a-f]{32}$`)

// The request bodies and answers of the documents, to the letter.
const (
	documentedAuthorize = `{
  "env_id" : "DEFAULT_ENVIRONMENT_RELEASE_ID",
  "app_ids" : [ "356de8eb7a8742168586e5daf5339965" ],
  "api_ids" : [ "5f918d104dc84480a75166ba99efff21" ]
}`
	documentedAuthorized = `{
  "auths" : [ {
    "api_id" : "5f918d104dc84480a75166ba99efff21",
    "auth_result" : {
      "status" : "SUCCESS"
    },
    "auth_time" : "22020-08-04T04:02:22.482227344Z",
    "id" : "dd29b33ae4394e3b924b582c6b40880b",
    "app_id" : "356de8eb7a8742168586e5daf5339965",
    "auth_role" : "PROVIDER",
    "auth_tunnel" : "NORMAL"
  } ]
}`
	documentedUnauthorize = `{
"apps" : [ {
"app_id" : "fb1a9eadd87b48abbd74b8ba1755dffd"
} ]
}`
	documentedUnauthorized = `{
"unauth_result" : [ {
"api_id" : "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2",
"app_id" : "logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867",
"success" : true
} ]
}`
	documentedAction = `{ "api_id": "47046fe7830c1be77cb0dc23bd86afa5", "instance_id": "APIG", "app_id": "908489209a320df61607355c57c82882", "apply_type": "APPLY_TYPE_AUTHORIZE", "time": "2021-01-01T10:00:00.000Z" }`
)

func TestDocumentedAuthorize(t *testing.T) {
	t.Parallel()
	f := start(t)
	before := time.Now().Truncate(time.Microsecond)
	r := f.do(t, authorize(nil, nil).withBody(documentedAuthorize))

	id, at := r.text(t, "auths", 0, "id"), r.text(t, "auths", 0, "auth_time")
	if !recordIDSyntax.MatchString(id) {
		t.Errorf("the record's id is %q", id)
	}
	when, err := time.Parse("2006-01-02T15:04:05.000000000Z", at)
	if err != nil {
		t.Error(err)
	}
	if when.Before(before) || when.After(time.Now()) {
		t.Errorf("auth_time is %s, which is not now", at)
	}
	want := decode(t, []byte(documentedAuthorized)).(map[string]any)
	record := want["auths"].([]any)[0].(map[string]any)
	record["id"], record["auth_time"] = id, at
	expect(t, r, http.StatusCreated, any(want))
}

func TestDocumentedUnauthorize(t *testing.T) {
	t.Parallel()
	for _, c := range []call{unauthorize(), unauthorizeByAlias()} {
		t.Run(c.op, func(t *testing.T) {
			t.Parallel()
			r := start(t).do(t, c.withBody(documentedUnauthorize))
			want := decode(t, []byte(documentedUnauthorized)).(map[string]any)
			result := want["unauth_result"].([]any)[0].(map[string]any)
			result["app_id"] = modelApp // the document answers for another app
			result["auth_id"] = r.text(t, "unauth_result", 0, "auth_id")
			expect(t, r, http.StatusOK, any(want))
		})
	}
}

func TestDocumentedAction(t *testing.T) {
	t.Parallel()
	f := start(t)
	c := act("AUTHORIZE", "")
	expect(t, f.do(t, c.withBody(set(t, documentedAction, "time", future))), http.StatusNoContent, nil)
	// The time the document prints has passed.
	families.dataArts.badValue("time").expect(t, f.do(t, c.withBody(documentedAction)))
}

func TestDocumentedDeletes(t *testing.T) {
	t.Parallel()
	f := start(t)
	id := f.do(t, authorize([]string{appOne}, []string{apiOne})).text(t, "auths", 0, "id")
	for _, test := range []struct {
		name  string
		call  call
		again failure
	}{
		{"apig", cancel(id), failure{404, "APIG.3009", "The app authorization record does not exist,id:" + id}},
		{"roma", deleteCode(romaApp, romaCode), failure{404, "APIG.3082", "The AppCode does not exist."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			expect(t, f.do(t, test.call), http.StatusNoContent, nil)
			test.again.expect(t, f.do(t, test.call))
		})
	}
}

// The documents' example errors, each provoked.
func TestDocumentedErrors(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, test := range []struct {
		name   string
		call   call
		status int
		body   string
	}{
		{
			"apig authorize 400", authorize([]string{appOne}, []string{"no id"}), 400,
			`{"error_code": "APIG.2011", "error_msg": "Invalid parameter value,parameterName:api_ids. Please refer to the support documentation"}`,
		},
		{
			"apig authorize 401", authorize([]string{appOne}, []string{apiOne}).as(unknownToken), 401,
			`{"error_code": "APIG.1002", "error_msg": "Incorrect token or token resolution failed"}`,
		},
		{
			"apig authorize 403", authorize([]string{appOne}, []string{apiOne}).as(readerToken), 403,
			`{"error_code": "APIG.1005", "error_msg": "No permissions to request this method"}`,
		},
		{
			"apig authorize 404", authorize([]string{"356de8eb7a8742168586e5daf5339966"}, []string{apiOne}), 404,
			`{"error_code": "APIG.3004", "error_msg": "App 356de8eb7a8742168586e5daf5339966 does not exist"}`,
		},
		{
			"apig cancel 400", cancel("no.id"), 400,
			`{"error_code": "APIG.2012", "error_msg": "Invalid parameter value,parameterName:id. Please refer to the support documentation"}`,
		},
		{
			"apig cancel 404", cancel("dd29b33ae4394e3b924b582c6b40880b"), 404,
			`{"error_code": "APIG.3009", "error_msg": "The app authorization record does not exist,id:dd29b33ae4394e3b924b582c6b40880b"}`,
		},
		{
			"roma 400", deleteCode("no.id", romaCode), 400,
			`{"error_code": "APIG.2012", "error_msg": "Invalid parameter value,parameterName:app_id. Please refer to the support documentation"}`,
		},
		{
			"roma 404", deleteCode("9ed8b7fe84224de681e7d7a5587e76dc", romaCode), 404,
			`{"error_code": "APIG.3004", "error_msg": "App 9ed8b7fe84224de681e7d7a5587e76dc does not exist"}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expect(t, f.do(t, test.call), test.status, decode(t, []byte(test.body)))
		})
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, test := range []struct {
		path string
		body map[string]any
	}{
		{"/healthz", map[string]any{"status": "ok"}},
		{"/readyz", map[string]any{"status": "ready"}},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			var want any
			if method == http.MethodGet {
				want = test.body
			}
			r := f.do(t, call{method: method, path: test.path})
			expect(t, r, http.StatusOK, want)
			if got := r.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
				t.Errorf("Content-Type is %q", got)
			}
		}
	}
	if err := f.server.Close(); err != nil {
		t.Fatal(err)
	}
	failure{503, "APIGW.9999", "System error"}.expect(t, f.do(t, call{method: "GET", path: "/readyz"}))
	expect(t, f.do(t, call{method: "GET", path: "/healthz"}), http.StatusOK, any(map[string]any{"status": "ok"}))
}

// A store that has gone away is our own failure, in each service's words.
func TestClosedStore(t *testing.T) {
	t.Parallel()
	f := start(t)
	if err := f.server.Close(); err != nil {
		t.Fatal(err)
	}
	got := map[string]failure{}
	for _, target := range targets {
		r := f.do(t, target.call)
		got[target.name] = failure{r.status, r.text(t, "error_code"), r.text(t, "error_msg")}
	}
	want := map[string]failure{
		"apig authorize":   {500, "APIG.9999", "System error"},
		"apig cancel":      {500, "APIG.9999", "System error"},
		"roma delete":      {500, "APIG.9999", "System error"},
		"modelarts cancel": {500, "ModelArts.0010", "Internal error."},
		"modelarts alias":  {500, "ModelArts.0010", "Internal error."},
		"dataarts action":  {500, "DLS.1000", "process failed"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(failure{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
