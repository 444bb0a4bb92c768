package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/appgrant/appgrant/server"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

// The tokens of the demo catalog, and one that nobody has.
const (
	demoToken     = "demo-token"
	ownerToken    = "demo-app-owner"
	readerToken   = "demo-reader"
	expiredToken  = "demo-expired"
	strangerToken = "demo-other"
	unknownToken  = "token-that-nobody-has"
)

// What exists in the demo catalog.
const (
	project  = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	gateway  = "f0fa1789-3b76-433b-a787-9892951c620e"
	roma     = "a1b2c3d4-0000-4000-8000-00000000000a"
	romaApp  = "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d"
	romaCode = "c0de0000000000000000000000000001"
	env      = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	apiOne   = "5f918d104dc84480a75166ba99efff21"
	apiTwo   = "7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e"
	appOne   = "356de8eb7a8742168586e5daf5339965"
	appTwo   = "9ed8b7fe84224de681e7d7a5587e76dd"
	model    = "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44"
	modelAPI = "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2"
	modelApp = "fb1a9eadd87b48abbd74b8ba1755dffd"
	dataAPI  = "47046fe7830c1be77cb0dc23bd86afa5"
	dataApp  = "908489209a320df61607355c57c82882"
	// nothing is a good id of which there is no thing.
	nothing = "00000000000000000000000000000bad"
)

// call is one request. The operation gives it method, path and the contract that
// its answer is held against.
type call struct {
	op          string
	params      map[string]string // of the path, escaped
	query       string
	token       string // "" sends none
	contentType string // "" sends none
	header      http.Header
	body        string
	chunked     bool // send no Content-Length
	// method and path, where set, replace the operation's; an answer from outside
	// the operation is not held against its contract.
	method, path string
}

func (c call) as(token string) call        { c.token = token; return c }
func (c call) withBody(body string) call   { c.body = body; return c }
func (c call) withQuery(query string) call { c.query = query; return c }

func (c call) withParam(name, value string) call {
	c.params = maps.Clone(c.params)
	c.params[name] = value
	return c
}

func (c call) withHeader(name string, values ...string) call {
	c.header = c.header.Clone()
	if c.header == nil {
		c.header = http.Header{}
	}
	c.header[http.CanonicalHeaderKey(name)] = values
	return c
}

func (c call) request(ctx context.Context, t *testing.T, base string) *http.Request {
	t.Helper()
	method, path := c.method, c.path
	if method == "" {
		method = contract(t).operations[c.op].method
	}
	if path == "" {
		path = contract(t).operations[c.op].path
		for name, value := range c.params {
			path = strings.ReplaceAll(path, "{"+name+"}", value)
		}
	}
	if c.query != "" {
		path += "?" + c.query
	}
	var body io.Reader
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	if c.chunked {
		body = struct{ io.Reader }{body} // hides its length
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if c.header != nil {
		req.Header = c.header.Clone()
	}
	if c.token != "" {
		req.Header.Set("X-Auth-Token", c.token)
	}
	if c.contentType != "" {
		req.Header.Set("Content-Type", c.contentType)
	}
	return req
}

// The five operations and the alias, each as a call that succeeds on the demo
// (cancelling needs a record's id first).

func authorize(apps, apis []string) call {
	return call{
		op:          "CreateAuthorizingAppsV2",
		params:      map[string]string{"project_id": project, "instance_id": gateway},
		token:       demoToken,
		contentType: "application/json",
		body:        encode(map[string]any{"env_id": env, "app_ids": apps, "api_ids": apis}),
	}
}

func cancel(id string) call {
	return call{
		op:     "CancelingAuthorizationV2",
		params: map[string]string{"project_id": project, "instance_id": gateway, "app_auth_id": id},
		token:  demoToken,
	}
}

func deleteCode(app, code string) call {
	return call{
		op:     "DeleteAppCodeV2",
		params: map[string]string{"project_id": project, "instance_id": roma, "app_id": app, "app_code_id": code},
		token:  demoToken,
	}
}

func unauthorize(apps ...string) call {
	list := make([]map[string]string, len(apps))
	for i, app := range apps {
		list[i] = map[string]string{"app_id": app}
	}
	return call{
		op:          "DeleteApiAppAuth",
		params:      map[string]string{"project_id": project, "service_id": model, "api_id": modelAPI},
		token:       demoToken,
		contentType: "application/json",
		body:        encode(map[string]any{"apps": list}),
	}
}

func unauthorizeByAlias(apps ...string) call {
	c := unauthorize(apps...)
	c.op = "DeleteApiAppAuthAlias"
	return c
}

// act asks for an action of DataArts Studio; until "" leaves the time out.
func act(kind, until string) call {
	body := map[string]any{"api_id": dataAPI, "instance_id": "APIG", "app_id": dataApp, "apply_type": "APPLY_TYPE_" + kind}
	if until != "" {
		body["time"] = until
	}
	return call{
		op:          "AuthorizeActionApiToInstance",
		params:      map[string]string{"project_id": project},
		token:       demoToken,
		contentType: "application/json",
		body:        encode(body),
	}
}

// fixture is a running server.
type fixture struct {
	url    string
	client *http.Client
	server *server.Server
	store  string
	log    *lockedBuffer
	seen   *sync.Map // request ids
}

// start runs a server over the demo catalog, unless edit says otherwise, and
// closes it in the end.
func start(t *testing.T, edit ...func(*server.Config)) *fixture {
	t.Helper()
	f := &fixture{log: &lockedBuffer{}, seen: &sync.Map{}}
	cfg := server.Config{Store: storetest.Location(t), Logger: slog.New(slog.NewTextHandler(f.log, nil))}
	for _, e := range edit {
		e(&cfg)
	}
	srv, err := server.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	web := httptest.NewUnstartedServer(srv.Handler())
	web.Config.Protocols = new(http.Protocols)
	web.Config.Protocols.SetHTTP1(true)
	web.Config.Protocols.SetUnencryptedHTTP2(true)
	web.Start()
	t.Cleanup(web.Close)
	f.url, f.client, f.server, f.store = web.URL, web.Client(), srv, cfg.Store
	return f
}

// reply is an answer that passed every general check.
type reply struct {
	status int
	header http.Header
	body   any // decoded; nil if there is none
	raw    []byte
}

// member digs into the body: member("auths", 0, "id").
func (r reply) member(t *testing.T, path ...any) any {
	t.Helper()
	v := r.body
	for _, step := range path {
		switch key := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[key]
		case int:
			list, _ := v.([]any)
			if key >= len(list) {
				t.Fatalf("no item %d in %s", key, r.raw)
			}
			v = list[key]
		}
	}
	return v
}

func (r reply) text(t *testing.T, path ...any) string {
	t.Helper()
	s, ok := r.member(t, path...).(string)
	if !ok {
		t.Fatalf("no text at %v in %d %s", path, r.status, r.raw)
	}
	return s
}

// do sends a call over the network and checks the answer as the contract and the
// house want it.
func (f *fixture) do(t *testing.T, c call) reply {
	t.Helper()
	req := c.request(t.Context(), t, f.url)
	resp, err := f.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(resp.Body)
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f.check(t, c, req, resp, raw)
}

// doHere hands a call to the handler without a network.
func (f *fixture) doHere(t *testing.T, c call) reply {
	t.Helper()
	req, recorder := c.request(t.Context(), t, ""), httptest.NewRecorder()
	f.server.Handler().ServeHTTP(recorder, req)
	return f.check(t, c, req, recorder.Result(), recorder.Body.Bytes())
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements [io.Writer].
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String implements [fmt.Stringer].
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
