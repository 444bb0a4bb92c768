package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/gen/ginserver"
	"github.com/appgrant/appgrant/gen/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// detail is what no caller may ever read. It has no spaces, so that it could pass
// for an id.
const detail = "secret-internal-detail"

// faultyStore fails, or panics, in every transaction.
type faultyStore struct {
	update func(context.Context) error
	view   func(context.Context) error // nil: it works, and knows one user
}

// Update implements [grant.Store].
func (s faultyStore) Update(ctx context.Context, _ grant.ProjectID, _ func(grant.Tx) error) error {
	return s.update(ctx)
}

// View implements [grant.Store].
func (s faultyStore) View(ctx context.Context, fn func(grant.Reader) error) error {
	if s.view != nil {
		return s.view(ctx)
	}
	return fn(oneUser{})
}

// oneUser is a store's state with one user in it.
type oneUser struct {
	grant.Reader // nil: nobody looks for anything else
}

// User implements [grant.Reader].
func (oneUser) User(_ context.Context, token grant.Hash) (grant.User, error) {
	if token != grant.HashOf(callersToken) {
		return grant.User{}, &grant.Error{Kind: grant.NotFound, Field: grant.NounUser}
	}
	return grant.User{Name: "caller", Token: token}, nil
}

// newAPI makes an api over a store at fault.
func newAPI(t *testing.T, log io.Writer, store faultyStore) *api {
	t.Helper()
	ops, err := loadOperations()
	if err != nil {
		t.Fatal(err)
	}
	return &api{operations: ops, Config: Config{
		Authority: grant.New(store, time.Now),
		Ready:     store.update,
		Logger:    slog.New(slog.NewTextHandler(log, nil)),
		MaxBody:   1 << 10,
		Timeout:   time.Minute,
	}}
}

// routed is the handler that New makes.
func routed(t *testing.T, a *api) http.Handler {
	t.Helper()
	handler, err := New(a.Config)
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// wired is the handler that New would make of another implementation, with spoil
// between the contract check and the generated code. It is for faults that the
// real one does not have.
func wired(a *api, impl ginserver.StrictServerInterface, spoil gin.HandlerFunc) http.Handler {
	return a.route(impl, a.authenticate, a.validate, spoil)
}

// odd answers the operations with a body as no handler should.
type odd struct {
	ginserver.StrictServerInterface // nil: what is not written here panics
	authorized                      ginserver.CreateAuthorizingAppsV2ResponseObject
	cancelled                       ginserver.DeleteApiAppAuthResponseObject
	acted                           ginserver.AuthorizeActionApiToInstanceResponseObject
}

// CreateAuthorizingAppsV2 implements [ginserver.StrictServerInterface].
func (o odd) CreateAuthorizingAppsV2(context.Context, ginserver.CreateAuthorizingAppsV2RequestObject) (ginserver.CreateAuthorizingAppsV2ResponseObject, error) {
	return o.authorized, nil
}

// DeleteApiAppAuth implements [ginserver.StrictServerInterface].
func (o odd) DeleteApiAppAuth(context.Context, ginserver.DeleteApiAppAuthRequestObject) (ginserver.DeleteApiAppAuthResponseObject, error) {
	return o.cancelled, nil
}

// AuthorizeActionApiToInstance implements [ginserver.StrictServerInterface].
func (o odd) AuthorizeActionApiToInstance(context.Context, ginserver.AuthorizeActionApiToInstanceRequestObject) (ginserver.AuthorizeActionApiToInstanceResponseObject, error) {
	return o.acted, nil
}

// unwritable is an answer that cannot be written.
type unwritable struct{}

// VisitCreateAuthorizingAppsV2Response implements the generated interface.
func (unwritable) VisitCreateAuthorizingAppsV2Response(http.ResponseWriter) error {
	return errors.New(detail)
}

// VisitDeleteApiAppAuthResponse implements the generated interface.
func (unwritable) VisitDeleteApiAppAuthResponse(http.ResponseWriter) error { return errors.New(detail) }

// VisitAuthorizeActionApiToInstanceResponse implements the generated interface.
func (unwritable) VisitAuthorizeActionApiToInstanceResponse(http.ResponseWriter) error {
	return errors.New(detail)
}

// Requests that get as far as the store, one for each service.
const (
	demoProject  = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	callersToken = "token-of-the-caller"
)

func apigRequest() *http.Request {
	return request(http.MethodPost, "/v2/"+demoProject+"/apigw/instances/f0fa1789-3b76-433b-a787-9892951c620e/app-auths",
		`{"env_id":"DEFAULT_ENVIRONMENT_RELEASE_ID","app_ids":["356de8eb7a8742168586e5daf5339965"],"api_ids":["5f918d104dc84480a75166ba99efff21"]}`)
}

func romaRequest() *http.Request {
	return request(http.MethodDelete, "/v2/"+demoProject+"/apic/instances/a1b2c3d4-0000-4000-8000-00000000000a"+
		"/apps/cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d/app-codes/c0de0000000000000000000000000001", "")
}

func modelArtsRequest() *http.Request {
	return request(http.MethodDelete, "/v1/"+demoProject+"/services/5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44"+
		"/app-auth-apis/logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2/app-auth-api", `{"apps":[{"app_id":"fb1a9eadd87b48abbd74b8ba1755dffd"}]}`)
}

func dataArtsRequest() *http.Request {
	return request(http.MethodPost, "/v1/"+demoProject+"/service/apis/authorize/action",
		`{"api_id":"47046fe7830c1be77cb0dc23bd86afa5","instance_id":"APIG","app_id":"908489209a320df61607355c57c82882","apply_type":"APPLY_TYPE_APP_CANCEL_AUTHORIZE"}`)
}

func request(method, path, body string) *http.Request {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("X-Auth-Token", callersToken)
	req.Header.Set("Content-Type", "application/json")
	return req
}

func with(req *http.Request, edit func(*http.Request)) *http.Request {
	edit(req)
	return req
}

func withBody(req *http.Request, body string) *http.Request {
	return with(req, func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	})
}

// exit is one place where an error can be born, and how it leaves.
type exit struct {
	name    string
	handler func(*testing.T, *api) http.Handler
	request *http.Request
	want    answer
	logged  bool // detail is in the log, since the failure is our own
}

// TestEveryErrorExit visits all places where an error can be born. Whatever
// happened inside, it leaves in one shape, in the words of its service.
func TestEveryErrorExit(t *testing.T) {
	t.Parallel()
	fails := func(context.Context) error { return errors.New(detail) }
	panics := func(context.Context) error { panic(detail) }
	for _, store := range []struct {
		name  string
		store faultyStore
		exits []exit
	}{
		{"fails", faultyStore{update: fails}, append(exitsBeforeTheHandler(), exitsOfTheStore()...)},
		{"panics", faultyStore{update: panics}, exitsOfTheStore()},
		{"fails to authenticate", faultyStore{view: fails}, exitsOfTheStore()},
		{"panics on authenticating", faultyStore{view: panics}, exitsOfTheStore()},
	} {
		for _, exit := range store.exits {
			t.Run(store.name+"/"+exit.name, func(t *testing.T) {
				t.Parallel()
				var log bytes.Buffer
				recorder := httptest.NewRecorder()
				exit.handler(t, newAPI(t, &log, store.store)).ServeHTTP(recorder, exit.request)
				checkExit(t, exit, recorder, log.String())
			})
		}
	}
}

func checkExit(t *testing.T, exit exit, recorder *httptest.ResponseRecorder, log string) {
	t.Helper()
	var body types.Error
	decoder := json.NewDecoder(recorder.Body)
	raw := recorder.Body.String()
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil || decoder.More() {
		t.Fatalf("no error body: %v: %q", err, raw)
	}
	if diff := cmp.Diff(exit.want, answer{recorder.Code, body.ErrorCode, body.ErrorMsg}, cmp.AllowUnexported(answer{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	id := recorder.Header().Get(requestIDHeader)
	if len(id) != 32 {
		t.Errorf("request id %q", id)
	}
	if strings.HasPrefix(body.ErrorCode, "APIGW.") != (body.RequestId == id) {
		t.Errorf("request_id is %q beside %q", body.RequestId, id)
	}
	if got := recorder.Header().Values("Content-Type"); !cmp.Equal(got, []string{"application/json"}) {
		t.Errorf("Content-Type is %q", got)
	}
	for _, text := range []string{detail, "goroutine", ".go:", "returned neither", "bind the body"} {
		if strings.Contains(raw, text) {
			t.Errorf("the answer has %q in it: %s", text, raw)
		}
	}
	if strings.Contains(log, detail) != exit.logged {
		t.Errorf("logged: %t, should be %t:\n%s", !exit.logged, exit.logged, log)
	}
	if !strings.Contains(log, "request_id="+id) {
		t.Errorf("the request id is not in the log:\n%s", log)
	}
}

// exitsBeforeTheHandler are the router, the validator, the binder and, at the end,
// what surrounds a handler that itself reports nothing.
func exitsBeforeTheHandler() []exit {
	const gone = "The API does not exist or has not been published in the environment."
	never := func(_ *testing.T, a *api) http.Handler { return wired(a, odd{}, func(*gin.Context) {}) } // (nil, nil)
	fault := func(_ *testing.T, a *api) http.Handler {
		return wired(a, odd{authorized: unwritable{}, cancelled: unwritable{}, acted: unwritable{}}, func(*gin.Context) {})
	}
	unreadBody := func(_ *testing.T, a *api) http.Handler {
		return wired(a, odd{}, func(c *gin.Context) { c.Request.Body = io.NopCloser(iotest.ErrReader(errors.New(detail))) })
	}
	badID := `{"app_ids":["secret internal ` + detail + `"],"api_ids":["a"],"env_id":"e"}`
	twice := with(dataArtsRequest(), func(r *http.Request) { r.Header["Workspace"] = []string{"0", detail} })
	return []exit{
		{"no route", routed, request(http.MethodGet, "/"+detail, ""), answer{404, "APIGW.0101", gone}, true}, // the path is in the access line
		{"no method", routed, with(apigRequest(), func(r *http.Request) { r.Method = http.MethodPut }), answer{405, "APIGW.0101", gone}, false},
		{"no token", routed, with(romaRequest(), func(r *http.Request) { r.Header.Del("X-Auth-Token") }), answer{401, "APIG.1000", "Token missing. Log in again or try again later."}, false},
		{"unknown token", routed, with(modelArtsRequest(), func(r *http.Request) { r.Header.Set("X-Auth-Token", detail) }), answer{401, "ModelArts.0203", "Invalid token."}, false},
		{"validator, body", routed, withBody(apigRequest(), badID), answer{400, "APIG.2011", "Invalid parameter value,parameterName:app_ids. Please refer to the support documentation"}, false},
		{"validator, JSON", routed, withBody(modelArtsRequest(), `{"`+detail), answer{400, "ModelArts.0104", "Parameter error."}, false},
		{"validator, header", routed, with(dataArtsRequest(), func(r *http.Request) { r.Header.Set("Dlm-Type", detail) }), answer{400, "DLS.1000", "process failed: Dlm-Type"}, false},
		{"validator, limit", routed, withBody(apigRequest(), strings.Repeat(detail, 100)), answer{413, "APIGW.0201", "body over the limit"}, false},
		{"binder", routed, twice, answer{400, "DLS.1000", "process failed: workspace"}, false},

		{"strict request, apig", unreadBody, apigRequest(), answer{500, "APIG.9999", "System error"}, true},
		{"strict request, modelarts", unreadBody, modelArtsRequest(), answer{500, "ModelArts.0010", "Internal error."}, true},
		{"strict request, dataarts", unreadBody, dataArtsRequest(), answer{500, "DLS.1000", "process failed"}, true},

		{"no response, apig", never, apigRequest(), answer{500, "APIG.9999", "System error"}, false},
		{"no response, modelarts", never, modelArtsRequest(), answer{500, "ModelArts.0010", "Internal error."}, false},
		{"no response, dataarts", never, dataArtsRequest(), answer{500, "DLS.1000", "process failed"}, false},
		{"strict response, apig", fault, apigRequest(), answer{500, "APIG.9999", "System error"}, true},
		{"strict response, modelarts", fault, modelArtsRequest(), answer{500, "ModelArts.0010", "Internal error."}, true},
		{"strict response, dataarts", fault, dataArtsRequest(), answer{500, "DLS.1000", "process failed"}, true},
	}
}

// exitsOfTheStore are what becomes of a store that fails or panics: the error of
// authentication or of the strict handler, or the recovery.
func exitsOfTheStore() []exit {
	return []exit{
		{"apig", routed, apigRequest(), answer{500, "APIG.9999", "System error"}, true},
		{"roma", routed, romaRequest(), answer{500, "APIG.9999", "System error"}, true},
		{"modelarts", routed, modelArtsRequest(), answer{500, "ModelArts.0010", "Internal error."}, true},
		{"dataarts", routed, dataArtsRequest(), answer{500, "DLS.1000", "process failed"}, true},
	}
}

// Outside the contract there is no service whose words to use.
func TestReadinessExits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ready func(context.Context) error
		want  answer
	}{
		"fails":  {func(context.Context) error { return errors.New(detail) }, answer{503, "APIGW.9999", "System error"}},
		"panics": {func(context.Context) error { panic(detail) }, answer{500, "APIGW.9999", "System error"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			recorder := httptest.NewRecorder()
			a := newAPI(t, &log, faultyStore{update: test.ready})
			routed(t, a).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			checkExit(t, exit{want: test.want, logged: true}, recorder, log.String())
		})
	}
}

// The store learns when a request has taken too long, and when its client has left.
func TestStoreIsTold(t *testing.T) {
	t.Parallel()
	waits := func(ctx context.Context) error {
		<-ctx.Done()
		return fmt.Errorf("%s: %w", detail, ctx.Err())
	}
	t.Run("too late", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		recorder := httptest.NewRecorder()
		a := newAPI(t, &log, faultyStore{update: waits})
		a.Timeout = time.Millisecond
		routed(t, a).ServeHTTP(recorder, romaRequest())
		checkExit(t, exit{want: answer{500, "APIG.9999", "System error"}, logged: true}, recorder, log.String())
		if !strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("nobody is told:\n%s", log.String())
		}
	})
	t.Run("client left", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		ctx, leave := context.WithCancel(t.Context())
		leave()
		routed(t, newAPI(t, &log, faultyStore{update: waits})).ServeHTTP(httptest.NewRecorder(), romaRequest().WithContext(ctx))
		if strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), detail) || !strings.Contains(log.String(), "client_left=true") {
			t.Errorf("a client who leaves is nobody's failure:\n%s", log.String())
		}
	})
}

// A handler that wants the connection cut gets it, and no answer in its place.
func TestAbortIsPassedOn(t *testing.T) {
	t.Parallel()
	a := newAPI(t, io.Discard, faultyStore{update: func(context.Context) error { panic(http.ErrAbortHandler) }})
	recorder := httptest.NewRecorder()
	defer func() {
		if p, _ := recover().(error); !errors.Is(p, http.ErrAbortHandler) {
			t.Errorf("recovered %v", p)
		}
		if recorder.Body.Len() != 0 {
			t.Errorf("answered %s", recorder.Body)
		}
	}()
	routed(t, a).ServeHTTP(recorder, apigRequest())
}

// brokenPipe is a caller who has gone when the answer is written.
type brokenPipe struct{ *httptest.ResponseRecorder }

// Write implements [http.ResponseWriter].
func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New(detail) }

// An answer that breaks off is not followed by another one.
func TestHalfWrittenAnswer(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var response ginserver.DeleteApiAppAuth200JSONResponse
	response.Body.UnauthResult = []types.AppAuthResultInfo{}
	a := newAPI(t, &log, faultyStore{})
	recorder := brokenPipe{httptest.NewRecorder()}
	wired(a, odd{cancelled: response}, func(*gin.Context) {}).ServeHTTP(recorder, modelArtsRequest())
	if recorder.Code != http.StatusOK || recorder.Body.Len() != 0 {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
	if !strings.Contains(log.String(), detail) {
		t.Errorf("the cause is not in the log:\n%s", log.String())
	}
}
