package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/appgrant/appgrant/client"
	gen "github.com/appgrant/appgrant/gen/client"
	"github.com/appgrant/appgrant/gen/types"
)

// way makes the calls of steps, and remembers the last authorization.
type way struct {
	endpoint, project string
	do                func(w *way, t *testing.T, s step) result
	last              string
}

func ways(endpoint, project string) map[string]*way {
	list := map[string]*way{}
	for name, do := range map[string]func(*way, *testing.T, step) result{
		"raw HTTP": (*way).raw, "generated client": (*way).generated, "SDK": (*way).sdk, "command line": (*way).commandLine,
	} {
		list[name] = &way{endpoint: endpoint, project: project, do: do}
	}
	return list
}

func (w *way) call(t *testing.T, s step) result {
	t.Helper()
	if s.cancel == lastID {
		s.cancel = w.last
	}
	r := w.do(w, t, s)
	if w.last != "" {
		r.Message = strings.ReplaceAll(r.Message, w.last, lastID)
	}
	return r
}

// raw is what somebody would write who has the documents only.
func (w *way) raw(t *testing.T, s step) result {
	t.Helper()
	method, path, header, body := http.MethodDelete, "", http.Header{}, any(nil)
	switch {
	case s.authorize != nil:
		method, path = http.MethodPost, "/v2/"+w.project+"/apigw/instances/"+s.authorize.instance+"/app-auths"
		body = map[string]any{"env_id": s.authorize.env, "app_ids": s.authorize.apps, "api_ids": s.authorize.apis}
	case s.cancel != "":
		path = "/v2/" + w.project + "/apigw/instances/" + demoGateway + "/app-auths/" + url.PathEscape(s.cancel)
	case s.code != nil:
		path = "/v2/" + w.project + "/apic/instances/" + demoRoma + "/apps/" + s.code.app + "/app-codes/" + s.code.code
	case s.model != nil:
		path = "/v1/" + w.project + "/services/" + s.model.service + "/app-auth-apis/" + s.model.api + "/app-auth-api"
		var apps []any
		for _, app := range s.model.apps {
			apps = append(apps, map[string]string{"app_id": app})
		}
		withWorkspace := map[string]any{"apps": apps}
		if s.model.workspace != "" {
			withWorkspace["workspace_id"] = s.model.workspace
		}
		body = withWorkspace
	case s.data != nil:
		method, path = http.MethodPost, "/v1/"+w.project+"/service/apis/authorize/action"
		if s.data.workspace != "" {
			header.Set("workspace", s.data.workspace)
		}
		withTime := map[string]string{"api_id": s.data.api, "app_id": s.data.app, "instance_id": s.data.cluster, "apply_type": s.data.action}
		if s.data.time != "" {
			withTime["time"] = s.data.time
		}
		body = withTime
	}
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		sent = bytes.NewReader(text)
		header.Set("Content-Type", "application/json")
	}
	req, err := http.NewRequestWithContext(t.Context(), method, w.endpoint+path, sent)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	req.Header.Set("X-Auth-Token", s.token)
	resp, err := http.DefaultClient.Do(req)
	return w.answer(t, resp, err)
}

func (w *way) generated(t *testing.T, s step) result {
	t.Helper()
	c, err := gen.NewClient(w.endpoint, gen.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
		req.Header.Set("X-Auth-Token", s.token)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	var resp *http.Response
	switch ctx := t.Context(); {
	case s.authorize != nil:
		resp, err = c.CreateAuthorizingAppsV2(ctx, w.project, s.authorize.instance,
			types.AppsToAuthorize{EnvId: s.authorize.env, AppIds: s.authorize.apps, ApiIds: s.authorize.apis})
	case s.cancel != "":
		resp, err = c.CancelingAuthorizationV2(ctx, w.project, demoGateway, s.cancel)
	case s.code != nil:
		resp, err = c.DeleteAppCodeV2(ctx, w.project, demoRoma, s.code.app, s.code.code)
	case s.model != nil:
		body := types.AppsToUnauthorize{WorkspaceId: s.model.workspace}
		for _, app := range s.model.apps {
			body.Apps = append(body.Apps, types.Apps{AppId: app})
		}
		resp, err = c.DeleteApiAppAuth(ctx, w.project, s.model.service, s.model.api, nil, body)
	case s.data != nil:
		var params types.AuthorizeActionApiToInstanceParams
		if s.data.workspace != "" {
			params.Workspace = &s.data.workspace
		}
		resp, err = c.AuthorizeActionApiToInstance(ctx, w.project, &params, types.AuthorizationAction{
			ApiId: s.data.api, AppId: s.data.app, InstanceId: s.data.cluster, Time: s.data.time,
			ApplyType: types.AuthorizationActionApplyType(s.data.action),
		})
	}
	return w.answer(t, resp, err)
}

// answer reads one as the first two ways get it.
func (w *way) answer(t *testing.T, resp *http.Response, err error) (r result) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var body struct {
		types.Error
		types.AuthorizationRecords
		types.CancellationResults
	}
	if resp.StatusCode != http.StatusNoContent {
		if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
	}
	if resp.StatusCode >= 400 {
		return refused(resp.StatusCode, body.ErrorCode, body.ErrorMsg)
	}
	for _, a := range body.Auths {
		w.last = cmp.Or(a.Id, w.last)
		r.Items = append(r.Items, strings.TrimSpace(fmt.Sprintf("%s %s %s %s%s %s",
			a.AppId, a.ApiId, a.AuthResult.Status, a.AuthRole, a.AuthResult.ErrorCode, a.AuthResult.ErrorMsg)))
	}
	for _, c := range body.UnauthResult {
		r.Items = append(r.Items, cancelled(c.AppId, c.Success, c.Reason))
	}
	return r
}

func cancelled(app string, success bool, reason string) string {
	if success {
		return app + " done"
	}
	return app + ": " + reason
}

func (w *way) sdk(t *testing.T, s step) (r result) {
	t.Helper()
	c, err := client.New(w.endpoint, client.WithToken(s.token), client.WithRetry(client.Retry{Attempts: 1}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	switch ctx := t.Context(); {
	case s.authorize != nil:
		var done client.Authorizations
		done, err = c.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
			ProjectID: w.project, InstanceID: s.authorize.instance, EnvID: s.authorize.env, AppIDs: s.authorize.apps, APIIDs: s.authorize.apis,
		})
		for _, a := range done.Auths {
			w.last = cmp.Or(a.ID, w.last)
			r.Items = append(r.Items, strings.TrimSpace(fmt.Sprintf("%s %s %s %s%s %s",
				a.AppID, a.APIID, a.AuthResult.Status, a.AuthRole, a.AuthResult.ErrorCode, a.AuthResult.ErrorMsg)))
		}
	case s.cancel != "":
		err = c.APIG.CancelAuthorization(ctx, client.AuthorizationToCancel{ProjectID: w.project, InstanceID: demoGateway, AppAuthID: s.cancel})
	case s.code != nil:
		err = c.ROMA.DeleteAppCode(ctx, client.AppCodeToDelete{ProjectID: w.project, InstanceID: demoRoma, AppID: s.code.app, AppCodeID: s.code.code})
	case s.model != nil:
		var done client.Cancellations
		done, err = c.ModelArts.CancelAPIAuthorization(ctx, client.AppsToUnauthorize{
			ProjectID: w.project, ServiceID: s.model.service, APIID: s.model.api, WorkspaceID: s.model.workspace, AppIDs: s.model.apps,
		})
		for _, c := range done.UnauthResult {
			r.Items = append(r.Items, cancelled(c.AppID, c.Success, c.Reason))
		}
	case s.data != nil:
		at, parsing := time.Parse(time.RFC3339, s.data.time)
		if s.data.time != "" && parsing != nil {
			t.Fatal(parsing)
		}
		auth := client.DataArtsAuthorization{ProjectID: w.project, Workspace: s.data.workspace, InstanceID: s.data.cluster, APIID: s.data.api, AppID: s.data.app}
		switch strings.TrimPrefix(s.data.action, "APPLY_TYPE_") {
		case "AUTHORIZE":
			err = c.DataArts.Authorize(ctx, auth, at)
		case "APPLY":
			err = c.DataArts.Apply(ctx, auth, at)
		case "RENEW":
			err = c.DataArts.Renew(ctx, auth, at)
		case "API_CANCEL_AUTHORIZE":
			err = c.DataArts.CancelByReviewer(ctx, auth, at)
		case "APP_CANCEL_AUTHORIZE":
			err = c.DataArts.CancelByOwner(ctx, auth)
		}
	}
	var refusal *client.Error
	var partly *client.PartialError
	switch {
	case errors.As(err, &refusal):
		return refused(refusal.Status, string(refusal.Code), refusal.Message)
	case err != nil && !errors.As(err, &partly):
		t.Fatal(err)
	}
	return r
}

func (w *way) commandLine(t *testing.T, s step) (r result) {
	t.Helper()
	var args []string
	switch {
	case s.authorize != nil:
		args = []string{"apig", "authorize", "--instance", s.authorize.instance, "--env", s.authorize.env,
			"--app", strings.Join(s.authorize.apps, ","), "--api", strings.Join(s.authorize.apis, ",")}
	case s.cancel != "":
		args = []string{"apig", "cancel", "--instance", demoGateway, s.cancel}
	case s.code != nil:
		args = []string{"roma", "delete-appcode", "--instance", demoRoma, "--app", s.code.app, s.code.code}
	case s.model != nil:
		args = []string{"modelarts", "cancel", "--yes", "--service", s.model.service, "--api", s.model.api,
			"--app", strings.Join(s.model.apps, ","), "--workspace", s.model.workspace}
	case s.data != nil:
		args = map[string][]string{
			"APPLY_TYPE_AUTHORIZE":            {"dataarts", "authorize", "--until", s.data.time},
			"APPLY_TYPE_APPLY":                {"dataarts", "apply", "--until", s.data.time},
			"APPLY_TYPE_RENEW":                {"dataarts", "renew", "--until", s.data.time},
			"APPLY_TYPE_API_CANCEL_AUTHORIZE": {"dataarts", "cancel", "--by", "reviewer", "--at", s.data.time},
			"APPLY_TYPE_APP_CANCEL_AUTHORIZE": {"dataarts", "cancel", "--by", "owner"},
		}[s.data.action]
		args = append(args, "--workspace", s.data.workspace, "--instance", s.data.cluster, "--api", s.data.api, "--app", s.data.app)
	}
	args = append(args, "--output", "json", "--attempts", "1")
	env := []string{"APPGRANT_ENDPOINT=" + w.endpoint, "APPGRANT_PROJECT=" + w.project, "APPGRANT_TOKEN=" + s.token}
	var stdout, stderr bytes.Buffer
	status := run(t.Context(), args, env, &stdout, &stderr)
	var printed struct {
		Items []struct {
			AppID    string `json:"app_id"`
			APIID    string `json:"api_id"`
			Status   string
			ID       string
			AuthRole string `json:"auth_role"`
			Error    struct {
				Status    int
				ErrorCode string `json:"error_code"`
				ErrorMsg  string `json:"error_msg"`
			}
		}
		Done, Total int
	}
	if err := json.Unmarshal(stdout.Bytes(), &printed); err != nil {
		t.Fatalf("%s: %v; standard error: %s", stdout.Bytes(), err, &stderr)
	}
	want := map[bool]int{true: 0, false: 3}[printed.Done == printed.Total]
	for _, item := range printed.Items {
		if item.Error.Status != 0 {
			r, want = refused(item.Error.Status, item.Error.ErrorCode, item.Error.ErrorMsg), 1
			break
		}
		switch {
		case s.authorize != nil:
			w.last = cmp.Or(item.ID, w.last)
			state := map[string]string{"done": "SUCCESS", "skipped": "SKIPPED", "failed": "FAILED"}[item.Status]
			r.Items = append(r.Items, strings.TrimSpace(fmt.Sprintf("%s %s %s %s%s %s",
				item.AppID, item.APIID, state, item.AuthRole, item.Error.ErrorCode, item.Error.ErrorMsg)))
		case s.model != nil:
			r.Items = append(r.Items, cancelled(item.AppID, item.Status == "done", item.Error.ErrorMsg))
		}
	}
	if status != want || (stderr.Len() == 0) != (want == 0) {
		t.Errorf("%s: exit status %d, want %d; standard error: %s", s.name, status, want, &stderr)
	}
	return r
}
