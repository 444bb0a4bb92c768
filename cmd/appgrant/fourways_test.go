package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance"
	"github.com/appgrant/appgrant/conformance/report"
	admin "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/servertest"
)

// What exists in the demo.
const (
	demoGateway  = "f0fa1789-3b76-433b-a787-9892951c620e"
	demoEnv      = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	demoAPI      = "5f918d104dc84480a75166ba99efff21"
	demoAPITwo   = "7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e"
	demoApp      = "356de8eb7a8742168586e5daf5339965"
	demoAppTwo   = "9ed8b7fe84224de681e7d7a5587e76dd"
	demoRoma     = "a1b2c3d4-0000-4000-8000-00000000000a"
	demoRomaApp  = "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d"
	demoCode     = "c0de0000000000000000000000000001"
	demoService  = "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44"
	demoModelAPI = "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2"
	demoModelApp = "fb1a9eadd87b48abbd74b8ba1755dffd"
	demoDataAPI  = "47046fe7830c1be77cb0dc23bd86afa5"
	demoDataApp  = "908489209a320df61607355c57c82882"
)

// step is one call, whichever way it is made.
type step struct {
	name  string
	token string // demo-token unless it is given
	// before changes the world.
	before func(t *testing.T, s *servertest.Server)

	// One of these is what to do.
	authorize *authorizeStep
	cancel    string // an authorization; lastID is what was authorized last
	code      *codeStep
	model     *modelStep
	data      *dataStep

	want result
}

type (
	authorizeStep struct {
		instance, env string
		apps, apis    []string
	}
	codeStep  struct{ app, code string }
	modelStep struct {
		service, api, workspace string
		apps                    []string
	}
	dataStep struct{ action, workspace, cluster, api, app, time string }
)

// lastID stands for the record of the last authorization, in steps and results.
const lastID = "LAST"

// result is what came of a step, by the standards of all four ways.
type result struct {
	Status        int // of a refusal, 0 for a success
	Code, Message string
	Items         []string
}

var pairOne = &authorizeStep{demoGateway, demoEnv, []string{demoApp}, []string{demoAPI}}

func refused(status int, code, message string) result { return result{status, code, message, nil} }

func fault(f admin.Fault) func(*testing.T, *servertest.Server) {
	return func(t *testing.T, s *servertest.Server) {
		t.Helper()
		r, err := s.Admin.AddFaultWithResponse(t.Context(), s.Project, f)
		if err != nil || r.StatusCode() != http.StatusNoContent {
			t.Fatalf("add a fault: %v %s", err, r.Body)
		}
	}
}

func dataAction(action, until string) *dataStep {
	return &dataStep{"APPLY_TYPE_" + action, "", "APIG", demoDataAPI, demoDataApp, until}
}

const illegal = "this action is illegal: "

var steps = []step{
	{name: "authorize", authorize: pairOne, want: result{Items: []string{demoApp + " " + demoAPI + " SUCCESS PROVIDER"}}},
	{name: "authorize again", authorize: pairOne, want: result{Items: []string{demoApp + " " + demoAPI + " SKIPPED PROVIDER"}}},
	{
		name: "authorize a product in order", authorize: &authorizeStep{demoGateway, demoEnv, []string{demoAppTwo, demoApp}, []string{demoAPITwo, demoAPI}},
		want: result{Items: []string{
			demoAppTwo + " " + demoAPITwo + " SUCCESS PROVIDER", demoAppTwo + " " + demoAPI + " SUCCESS PROVIDER",
			demoApp + " " + demoAPITwo + " SUCCESS PROVIDER", demoApp + " " + demoAPI + " SKIPPED PROVIDER",
		}},
	},
	{
		name: "a product with an unknown app", authorize: &authorizeStep{demoGateway, demoEnv, []string{demoApp, "nobody"}, []string{demoAPI, demoAPITwo}},
		want: refused(404, "APIG.3004", "App nobody does not exist"),
	},
	{name: "cancel", cancel: lastID},
	{name: "cancel again", cancel: lastID, want: refused(404, "APIG.3009", "The app authorization record does not exist,id:"+lastID)},
	{name: "authorize as the app's owner", token: "demo-app-owner", authorize: pairOne, want: result{Items: []string{demoApp + " " + demoAPI + " SUCCESS CONSUMER"}}},
	{
		name: "a pair fails", before: fault(admin.Fault{Operation: admin.OperationCreateAuthorizingAppsV2, Pairs: []admin.Pair{{AppId: demoApp, ApiId: demoAPITwo}}}),
		authorize: &authorizeStep{demoGateway, demoEnv, []string{demoApp}, []string{demoAPI, demoAPITwo}},
		want:      result{Items: []string{demoApp + " " + demoAPI + " SKIPPED CONSUMER", demoApp + " " + demoAPITwo + " FAILED APIG.3500 Failed to synchronize data to etcd"}},
	},
	{name: "no permission", token: "demo-reader", authorize: pairOne, want: refused(403, "APIG.1005", "No permissions to request this method")},
	{name: "another project", token: "demo-other", cancel: lastID, want: refused(403, "APIG.1005", "No permissions to request this method")},
	{name: "unknown token", token: "nobody", cancel: lastID, want: refused(401, "APIG.1002", "Incorrect token or token resolution failed")},
	{name: "expired token", token: "demo-expired", authorize: pairOne, want: refused(401, "APIG.1001", "Session expired")},
	{name: "unknown instance", authorize: &authorizeStep{"nowhere", demoEnv, []string{demoApp}, []string{demoAPI}}, want: refused(404, "APIG.3030", "The instance does not exist;id:nowhere")},
	{name: "unknown environment", authorize: &authorizeStep{demoGateway, "TEST", []string{demoApp}, []string{demoAPI}}, want: refused(404, "APIG.3003", "Environment TEST does not exist")},
	{name: "unknown app", authorize: &authorizeStep{demoGateway, demoEnv, []string{"nobody"}, []string{demoAPI}}, want: refused(404, "APIG.3004", "App nobody does not exist")},
	{name: "unknown API", authorize: &authorizeStep{demoGateway, demoEnv, []string{demoApp}, []string{"nothing"}}, want: refused(404, "APIG.3002", "API nothing does not exist")},
	{name: "malformed id in the body", authorize: &authorizeStep{demoGateway, demoEnv, []string{"a b"}, []string{demoAPI}}, want: refused(400, "APIG.2011", "Invalid parameter value,parameterName:app_ids. Please refer to the support documentation")},
	{name: "malformed id in the path", cancel: "a/b?c", want: refused(400, "APIG.2012", "Invalid parameter value,parameterName:id. Please refer to the support documentation")},
	{name: "the service fails", before: fault(admin.Fault{Operation: admin.OperationCreateAuthorizingAppsV2, Status: 500}), authorize: pairOne, want: refused(500, "APIG.9999", "System error")},

	{name: "delete an AppCode as no owner", token: "demo-reader", code: &codeStep{demoRomaApp, demoCode}, want: refused(403, "APIG.1005", "No permissions to request this method")},
	{name: "delete an AppCode", code: &codeStep{demoRomaApp, demoCode}},
	{name: "delete it again", code: &codeStep{demoRomaApp, demoCode}, want: refused(404, "APIG.3082", "The AppCode does not exist.")},
	{name: "delete an AppCode of nobody", code: &codeStep{"nobody", demoCode}, want: refused(404, "APIG.3004", "App nobody does not exist")},

	{
		name: "cancel for apps", model: &modelStep{demoService, demoModelAPI, "", []string{"nobody", demoModelApp}},
		want: result{Items: []string{"nobody: Application nobody does not exist.", demoModelApp + " done"}},
	},
	{name: "unknown service", model: &modelStep{"nothing", demoModelAPI, "", []string{demoModelApp}}, want: refused(404, "ModelArts.3502", "Service nothing does not exist.")},
	{name: "unknown workspace", model: &modelStep{demoService, demoModelAPI, "w", []string{demoModelApp}}, want: refused(400, "ModelArts.0102", "workspace:w not existed.")},

	{name: "authorize until a time", data: dataAction("AUTHORIZE", "2030-06-01T10:30:00Z")},
	{name: "shorten", data: dataAction("AUTHORIZE", "2030-05-01T10:00:00Z"), want: refused(400, "DLM.4182", illegal+"the validity can be extended, not shortened")},
	{name: "apply for more", token: "demo-app-owner", data: dataAction("APPLY", "2030-07-01T10:00:00Z")},
	{name: "renew while that waits", token: "demo-app-owner", data: dataAction("RENEW", "2030-08-01T10:00:00Z"), want: refused(400, "DLM.4182", illegal+"an application is waiting already")},
	{name: "renew as the reviewer", data: dataAction("AUTHORIZE", "2030-09-01T10:00:00Z")},
	{name: "too short a notice", data: dataAction("API_CANCEL_AUTHORIZE", "2030-01-02T00:00:00Z"), want: refused(400, "DLM.4182", illegal+"the app has at least two days to prepare")},
	{name: "notice", data: dataAction("API_CANCEL_AUTHORIZE", "2030-02-01T00:00:00Z")},
	{name: "end it as the owner", token: "demo-app-owner", data: dataAction("APP_CANCEL_AUTHORIZE", "")},
	{name: "end it again", token: "demo-app-owner", data: dataAction("APP_CANCEL_AUTHORIZE", ""), want: refused(400, "DLM.4182", illegal+"there is no authorization to cancel")},
	{name: "another workspace", data: &dataStep{"APPLY_TYPE_AUTHORIZE", "w", "APIG", demoDataAPI, demoDataApp, "2030-06-01T10:00:00Z"}, want: refused(400, "DLM.4001", "instance or workspace does not exist")},
	{name: "no token that is known", token: "nobody", data: dataAction("AUTHORIZE", "2030-06-01T10:00:00Z"), want: refused(401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail")},
}

// TestFourWays does the same by hand, by the generated client, by the SDK and on the
// command line. The outcomes are the same, so is what the server has recorded, and no
// exchange breaks the contract.
func TestFourWays(t *testing.T) {
	t.Parallel()
	ended := map[string]any{}
	for _, name := range []string{"raw HTTP", "generated client", "SDK", "command line"} {
		t.Run(name, func(t *testing.T) {
			s := servertest.Start(t)
			s.Clock.Set(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
			proxy, err := conformance.NewProxy(conformance.Target{Endpoint: s.Endpoint}, conformance.Options{Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			front := httptest.NewServer(proxy)
			t.Cleanup(front.Close)
			w := ways(front.URL, s.Project)[name]
			for _, st := range steps {
				if st.before != nil {
					st.before(t, s)
				}
				if st.token == "" {
					st.token = s.Token
				}
				if diff := cmp.Diff(st.want, w.call(t, st)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", st.name, diff)
				}
			}
			ended[name] = recorded(t, s)
			if r := proxy.Report(); r.Exit() != report.ExitConformant {
				_ = r.WriteText(t.Output(), report.TextOptions{})
				t.Error("an exchange breaks the contract")
			}
		})
	}
	for name, got := range ended {
		if diff := cmp.Diff(ended["raw HTTP"], got); diff != "" {
			t.Errorf("%s recorded something else than raw HTTP (-raw +%s):\n%s", name, name, diff)
		}
	}
}

// recorded is what a server knows in the end, without what differs by chance.
func recorded(t *testing.T, s *servertest.Server) any {
	t.Helper()
	events, err := s.Admin.ListEventsWithResponse(t.Context(), s.Project, nil)
	if err != nil {
		t.Fatal(err)
	}
	auths, err := s.Admin.ListAuthorizationsWithResponse(t.Context(), s.Project, nil)
	if err != nil {
		t.Fatal(err)
	}
	codes, err := s.Admin.ListAppCodesWithResponse(t.Context(), s.Project, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range events.JSON200.Events {
		e := &events.JSON200.Events[i]
		e.At, e.RequestId, e.ApplicationId, e.AuthorizationIds = "", "", "", make([]string, len(e.AuthorizationIds))
	}
	for i := range auths.JSON200.Authorizations {
		a := &auths.JSON200.Authorizations[i]
		a.Id = ""
		if !strings.HasPrefix(a.At, "2030-") { // it was made with the catalog
			a.At = ""
		}
	}
	return []any{events.JSON200.Events, auths.JSON200.Authorizations, codes.JSON200.AppCodes}
}
