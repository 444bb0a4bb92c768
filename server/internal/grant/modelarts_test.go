package grant_test

import (
	"testing"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var modelService = grant.Realm{Service: grant.ModelArts, Project: project, ID: "service"}

// newModelArts is a scene with the APIs predict and train of service, and the API
// explain of second, which is in the workspace lab. x and y are authorized to call
// predict, z isn't. otherProject has a service with an API of its own. predict is
// an API of second too.
func newModelArts(t *testing.T) *scene {
	apps := []grant.App{{ID: "x"}, {ID: "y"}, {ID: "z"}}
	contents := func(r grant.Realm, w grant.WorkspaceID, apis ...grant.APIID) grant.RealmContents {
		c := grant.RealmContents{Realm: r, Workspace: w, Envs: []grant.EnvID{grant.NoEnv}}
		for _, id := range apis {
			c.APIs = append(c.APIs, grant.API{ID: id})
		}
		c.Authorizations = []grant.Authorization{{API: apis[0], App: "x"}, {API: apis[0], App: "y"}}
		return c
	}
	s := newScene(t,
		contents(modelService, grant.DefaultWorkspace, "predict", "train"),
		contents(grant.Realm{Service: grant.ModelArts, Project: project, ID: "second"}, "lab", "predict", "explain"),
		contents(grant.Realm{Service: grant.ModelArts, Project: otherProject, ID: "third"}, "far", "foreign"),
		contents(grant.Realm{Service: grant.APIG, Project: project, ID: "gateway"}, "", "gateway-api"),
	)
	s.catalog.Projects[0].Apps = apps
	s.apply()
	return s
}

func cancelOf(api grant.APIID, apps ...grant.AppID) grant.CancelAPIAuthorization {
	return grant.CancelAPIAuthorization{Project: project, Workspace: grant.DefaultWorkspace, Service: modelService.ID, API: api, Apps: apps}
}

func TestCancelAPIAuthorization(t *testing.T) {
	t.Parallel()
	s := newModelArts(t)
	ids := map[grant.AppID]grant.AuthorizationID{}
	for _, auth := range s.records(modelService) {
		ids[auth.App] = auth.ID
	}
	s.diff("number of records", 2, len(ids))

	// ann owns nothing here: the permission is enough.
	cancel := func(req grant.CancelAPIAuthorization) []grant.CancelledApp {
		s.Helper()
		results, err := s.CancelAPIAuthorization(s.Context(), s.as("ann"), req)
		s.wantErr(nil, err)
		return results
	}
	s.diff("another API of the service", []grant.CancelledApp{{App: "x", Err: notFound(grant.NounAuthorization, "x")}}, cancel(cancelOf("train", "x")))
	s.diff("no app", []grant.CancelledApp(nil), cancel(cancelOf("predict")))
	s.diff("each distinct app in order", []grant.CancelledApp{
		{App: "unknown", Err: notFound(grant.NounApp, "unknown")},
		{App: "y", Auth: ids["y"]},
		{App: "z", Err: notFound(grant.NounAuthorization, "z")},
		{App: "Y", Err: notFound(grant.NounApp, "Y")},
		{App: "x", Auth: ids["x"]},
	}, cancel(cancelOf("predict", "unknown", "y", "z", "Y", "y", "x", "unknown")))
	s.diff("records", []grant.Authorization(nil), s.records(modelService))
	s.diff("again", []grant.CancelledApp{
		{App: "x", Err: notFound(grant.NounAuthorization, "x")}, {App: "y", Err: notFound(grant.NounAuthorization, "y")},
	}, cancel(cancelOf("predict", "x", "y")))
	s.diff("number of the other service's records", 2, len(s.records(grant.Realm{Service: grant.ModelArts, Project: project, ID: "second"})))

	req := cancelOf("predict", "x")
	req.Workspace, req.Service = "lab", "second"
	if got := cancel(req); len(got) != 1 || got[0].Err != nil || got[0].Auth == "" {
		s.Errorf("cancel in another workspace: %+v", got)
	}
}

// An app that is gone from the catalog still loses what it has.
func TestCancelAPIAuthorizationOfGoneApp(t *testing.T) {
	t.Parallel()
	s := newModelArts(t)
	before := s.records(modelService)
	s.catalog.Projects[0].Apps = nil
	s.apply()
	got, err := s.CancelAPIAuthorization(s.Context(), s.as("ann"), cancelOf("predict", "x", "z"))
	s.wantErr(nil, err)
	s.diff("results", []grant.CancelledApp{{App: "x", Auth: before[0].ID}, {App: "z", Err: notFound(grant.NounApp, "z")}}, got)
}

func TestCancelAPIAuthorizationRefusals(t *testing.T) {
	t.Parallel()
	elsewhere := func(msg string) *grant.Error {
		return &grant.Error{Kind: grant.Elsewhere, Field: grant.NounAPI, Msg: msg}
	}
	for _, c := range []struct {
		name, user string
		change     func(req *grant.CancelAPIAuthorization)
		want       *grant.Error
	}{
		{"no member", "otto", func(r *grant.CancelAPIAuthorization) { r.Workspace = "x" }, wrongProject},
		{"no permission", "rita", func(r *grant.CancelAPIAuthorization) { r.Workspace = "x" }, noPermission(grant.MayCancelAPIAuthorization)},
		{"unknown workspace", "ann", func(r *grant.CancelAPIAuthorization) { r.Workspace, r.Service, r.API = "x", "x", "x" }, notFound(grant.NounWorkspace, "x")},
		{"another project's workspace", "ann", func(r *grant.CancelAPIAuthorization) { r.Workspace = "far" }, notFound(grant.NounWorkspace, "far")},
		{"unknown service", "ann", func(r *grant.CancelAPIAuthorization) { r.Service, r.API = "x", "x" }, notFound(grant.NounService, "x")},
		{"service in another workspace", "ann", func(r *grant.CancelAPIAuthorization) { r.Service, r.API = "second", "x" }, notFound(grant.NounService, "second")},
		{"workspace of another service", "ann", func(r *grant.CancelAPIAuthorization) { r.Workspace = "lab" }, notFound(grant.NounService, "service")},
		{"another project's service", "ann", func(r *grant.CancelAPIAuthorization) { r.Service = "third" }, notFound(grant.NounService, "third")},
		{"default workspace of an empty project", "otto", func(r *grant.CancelAPIAuthorization) { r.Project = otherProject }, notFound(grant.NounService, "service")},
		{"gateway instead of a service", "ann", func(r *grant.CancelAPIAuthorization) { r.Service = "gateway" }, notFound(grant.NounService, "gateway")},
		{"unknown API", "ann", func(r *grant.CancelAPIAuthorization) { r.API = "x" }, notFound(grant.NounAPI, "x")},
		{"API of another service", "ann", func(r *grant.CancelAPIAuthorization) { r.API = "explain" }, elsewhere("explain does not belong to service service")},
		{"API of another project", "ann", func(r *grant.CancelAPIAuthorization) { r.API = "foreign" }, notFound(grant.NounAPI, "foreign")},
		{"API of a gateway", "ann", func(r *grant.CancelAPIAuthorization) { r.API = "gateway-api" }, notFound(grant.NounAPI, "gateway-api")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newModelArts(t)
			before := s.records(modelService)
			req := cancelOf("predict", "x", "y")
			c.change(&req)
			results, err := s.CancelAPIAuthorization(s.Context(), s.as(c.user), req)
			s.wantErr(c.want, err)
			s.diff("results", []grant.CancelledApp(nil), results)
			s.diff("records", before, s.records(modelService))
		})
	}
}
