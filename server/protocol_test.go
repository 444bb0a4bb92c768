package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/gen/client"
	"github.com/appgrant/appgrant/gen/types"
)

// checked checks every exchange of the generated client, of one operation
// each.
type checked struct {
	t     *testing.T
	f     *fixture
	next  *http.Client
	major int // of the protocol version that is to be spoken
	op    string
}

// Do implements [client.HttpRequestDoer].
func (c *checked) Do(req *http.Request) (*http.Response, error) {
	resp, err := c.next.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.ProtoMajor != c.major {
		c.t.Errorf("spoke %s", resp.Proto)
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	c.f.check(c.t, call{op: c.op, token: demoToken}, req, resp, raw)
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	return resp, nil
}

// transports speak one version of HTTP each, both without encryption.
func transports() map[string]func() (*http.Transport, int) {
	return map[string]func() (*http.Transport, int){
		"HTTP/1.1": func() (*http.Transport, int) {
			p := new(http.Protocols)
			p.SetHTTP1(true)
			return &http.Transport{Protocols: p}, 1
		},
		"h2c": func() (*http.Transport, int) {
			p := new(http.Protocols)
			p.SetUnencryptedHTTP2(true)
			return &http.Transport{Protocols: p}, 2
		},
	}
}

func TestGeneratedClient(t *testing.T) {
	t.Parallel()
	for name, transport := range transports() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt, major := transport()
			defer rt.CloseIdleConnections()
			f := start(t)
			doer := &checked{t: t, f: f, next: &http.Client{Transport: rt}, major: major}
			token := func(_ context.Context, req *http.Request) error {
				req.Header.Set("X-Auth-Token", demoToken)
				return nil
			}
			c, err := client.NewClientWithResponses(f.url, client.WithHTTPClient(doer), client.WithRequestEditorFn(token))
			if err != nil {
				t.Fatal(err)
			}
			performAll(t, c, doer)
		})
	}
}

// performAll performs the six operations, once or twice each.
func performAll(t *testing.T, c *client.ClientWithResponses, doer *checked) {
	t.Helper()
	ctx := t.Context()
	// note takes the answer of one operation and notes its status.
	var got []int
	note := func(r interface{ StatusCode() int }, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.StatusCode())
	}

	doer.op = "CreateAuthorizingAppsV2"
	authorized, err := c.CreateAuthorizingAppsV2WithResponse(ctx, project, gateway, types.AppsToAuthorize{
		EnvId: env, AppIds: []string{appOne, appTwo}, ApiIds: []string{apiOne},
	})
	note(authorized, err)
	if authorized.JSON201 == nil || len(authorized.JSON201.Auths) != 2 {
		t.Fatalf("%s", authorized.Body)
	}

	doer.op = "CancelingAuthorizationV2"
	for range 2 {
		note(c.CancelingAuthorizationV2WithResponse(ctx, project, gateway, authorized.JSON201.Auths[1].Id))
	}

	doer.op = "DeleteAppCodeV2"
	for range 2 {
		note(c.DeleteAppCodeV2WithResponse(ctx, project, roma, romaApp, romaCode))
	}

	workspace := "0"
	apps := types.AppsToUnauthorize{Apps: []types.Apps{{AppId: modelApp}}, WorkspaceId: workspace}
	doer.op = "DeleteApiAppAuth"
	cancelled, err := c.DeleteApiAppAuthWithResponse(ctx, project, model, modelAPI, &types.DeleteApiAppAuthParams{WorkspaceId: &workspace}, apps)
	note(cancelled, err)
	doer.op = "DeleteApiAppAuthAlias"
	again, err := c.DeleteApiAppAuthAliasWithResponse(ctx, project, model, modelAPI, nil, apps)
	note(again, err)
	if cancelled.JSON200 == nil || again.JSON200 == nil {
		t.Fatalf("%s, then %s", cancelled.Body, again.Body)
	}
	results := slices.Concat(cancelled.JSON200.UnauthResult, again.JSON200.UnauthResult)
	want := []types.AppAuthResultInfo{
		{ApiId: modelAPI, AppId: modelApp, AuthId: results[0].AuthId, Success: true},
		{ApiId: modelAPI, AppId: modelApp, Reason: unbound(modelApp)},
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	doer.op = "AuthorizeActionApiToInstance"
	edition := types.SHARED
	action := types.AuthorizationAction{
		ApiId: dataAPI, InstanceId: "APIG", AppId: dataApp, ApplyType: types.APPLYTYPEAUTHORIZE, Time: future,
	}
	params := &types.AuthorizeActionApiToInstanceParams{Workspace: &workspace, DlmType: &edition}
	note(c.AuthorizeActionApiToInstanceWithResponse(ctx, project, params, action))
	action.ApplyType, action.Time = types.APPLYTYPEAPPCANCELAUTHORIZE, ""
	for range 2 {
		note(c.AuthorizeActionApiToInstanceWithResponse(ctx, project, nil, action))
	}

	if diff := cmp.Diff([]int{201, 204, 404, 204, 404, 200, 200, 204, 204, 400}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// A client that sends more than the limit still gets to read why it is refused.
func TestLargeUploads(t *testing.T) {
	t.Parallel()
	f := start(t)
	for name, transport := range transports() {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/chunked %t", name, chunked), func(t *testing.T) {
				t.Parallel()
				spoken, _ := transport()
				t.Cleanup(spoken.CloseIdleConnections)
				other := *f
				other.client = &http.Client{Transport: spoken}
				c := authorize([]string{appOne}, []string{apiOne})
				c.chunked = chunked
				tooLarge.expect(t, other.do(t, c.withBody(strings.Repeat(" ", 5<<20))))
			})
		}
	}
}
