package client_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// sent is what a request should be.
type sent struct {
	Method, Path, Query string
	Header              map[string][]string // nil is none of that name
	Body                any
}

// action is the request of an operation of DataArts Studio.
func action(applyType string, at any) sent {
	body := map[string]any{"api_id": "customers", "instance_id": "APIG", "app_id": "campaign", "apply_type": applyType}
	if at != nil {
		body["time"] = at
	}
	return sent{
		Method: "POST", Path: "/v1/project/service/apis/authorize/action", Body: body,
		Header: map[string][]string{"Workspace": {"space"}, "Dlm-Type": {"SHARED"}, "Content-Type": {"application/json"}},
	}
}

// requests are those of the operations, in their order.
var requests = []sent{
	{
		Method: "POST", Path: "/v2/project/apigw/instances/gateway/app-auths",
		Header: map[string][]string{"Content-Type": {"application/json"}},
		Body: map[string]any{
			"env_id": "RELEASE", "app_ids": []any{"shop"}, "api_ids": []any{"orders", "invoices"},
		},
	},
	{
		Method: "DELETE", Path: "/v2/project/apigw/instances/gateway/app-auths/record",
		Header: map[string][]string{"Content-Type": nil, "Content-Length": nil},
	},
	{
		Method: "DELETE", Path: "/v2/project/apic/instances/instance/apps/sensors/app-codes/code",
		Header: map[string][]string{"Content-Type": nil, "Content-Length": nil},
	},
	{
		Method: "DELETE", Path: "/v1/project/services/service/app-auth-apis/predict/app-auth-api",
		Header: map[string][]string{"Content-Type": {"application/json"}},
		Body: map[string]any{
			"workspace_id": "space",
			"apps":         []any{map[string]any{"app_id": "dashboard"}, map[string]any{"app_id": "classifier"}},
		},
	},
	action("APPLY_TYPE_AUTHORIZE", "2031-05-17T08:00:00Z"),
	action("APPLY_TYPE_APPLY", "2031-05-17T08:00:00Z"),
	action("APPLY_TYPE_RENEW", "2031-05-17T08:00:00Z"),
	action("APPLY_TYPE_API_CANCEL_AUTHORIZE", "2031-05-17T08:00:00Z"),
	action("APPLY_TYPE_APP_CANCEL_AUTHORIZE", nil),
}

// wantSent compares a request that arrived.
func wantSent(t testing.TB, got request, want sent) {
	t.Helper()
	found := sent{Method: got.Method, Path: got.Path, Query: got.Query, Header: map[string][]string{}}
	for name := range want.Header {
		found.Header[name] = got.Header.Values(name)
	}
	if got.Body != "" {
		wantNoError(t, json.Unmarshal([]byte(got.Body), &found.Body))
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

// Each attempt sends all of the request again.
func TestRequest(t *testing.T) {
	t.Parallel()
	for i, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			s, c := newStage(t, []act{refuses(429, "A.1", "later"), op.works()}, client.WithToken("secret"))
			wantNoError(t, op.call(t.Context(), c))
			want := requests[i]
			want.Header = map[string][]string{"Accept": {"application/json"}, "X-Auth-Token": {"secret"}}
			for name, values := range requests[i].Header {
				want.Header[name] = values
			}
			for _, got := range s.arrived() {
				wantSent(t, got, want)
			}
		})
	}
}

// What may be left out is left out.
func TestShortestRequest(t *testing.T) {
	t.Parallel()
	works := answers(204, "", "")
	s, c := newStage(t, []act{works})
	least := studio
	least.Workspace, least.DlmType = "", ""
	wantNoError(t, c.DataArts.CancelByOwner(t.Context(), least))
	want := requests[8]
	want.Header = map[string][]string{"Workspace": nil, "Dlm-Type": nil, "X-Auth-Token": nil}
	wantSent(t, s.arrived()[0], want)

	s, c = newStage(t, []act{says(200, unauthorized)})
	few := models
	few.WorkspaceID = ""
	_, err := c.ModelArts.CancelAPIAuthorization(t.Context(), few)
	wantNoError(t, err)
	want = requests[3]
	want.Body = map[string]any{"apps": want.Body.(map[string]any)["apps"]}
	wantSent(t, s.arrived()[0], want)
}

// An empty list is sent as one, so that the service can say what it thinks of it.
func TestEmptyList(t *testing.T) {
	t.Parallel()
	for name, empty := range map[string][]string{"nil": nil, "empty": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, c := newStage(t, []act{refuses(400, "APIG.2011", "app_ids")})
			_, err := c.APIG.AuthorizeApps(t.Context(), client.AppsToAuthorize{ProjectID: "p", InstanceID: "i", AppIDs: empty, APIIDs: empty})
			wantClasses(t, err, "ErrBadRequest")
			wantSent(t, s.arrived()[0], sent{
				Method: http.MethodPost, Path: "/v2/p/apigw/instances/i/app-auths", Header: map[string][]string{},
				Body: map[string]any{"env_id": "", "app_ids": []any{}, "api_ids": []any{}},
			})
			s, c = newStage(t, []act{refuses(400, "ModelArts.0104", "apps")})
			_, err = c.ModelArts.CancelAPIAuthorization(t.Context(), client.AppsToUnauthorize{ProjectID: "p", ServiceID: "s", APIID: "a", AppIDs: empty})
			wantClasses(t, err, "ErrBadRequest")
			wantSent(t, s.arrived()[0], sent{
				Method: http.MethodDelete, Path: "/v1/p/services/s/app-auth-apis/a/app-auth-api", Header: map[string][]string{},
				Body: map[string]any{"apps": []any{}},
			})
		})
	}
}
