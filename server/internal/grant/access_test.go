package grant_test

import (
	"context"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// serviceFacts are the name of a service's one realm in the tests, that of its
// environment there, and whether its apps have AppCodes.
type serviceFacts struct {
	grant.Service
	realm    grant.RealmID
	env      grant.EnvID
	appCodes bool
}

var services = []serviceFacts{
	{grant.APIG, "gateway", "dev", true},
	{grant.ROMA, "roma", "dev", true},
	{grant.ModelArts, "service", grant.NoEnv, false},
	{grant.DataArts, "workspace", "dev", false},
}

// newFourServices is a scene with a realm of each service. ann owns its APIs api
// and draft, which is published nowhere, and bob its apps: app is authorized to
// call both, until agreed in DataArts Studio, former was and isn't any more, idle
// never was. Where there are AppCodes, each app has one, spelt like the app, the
// service and "code". Each service but ModelArts has an environment unused.
func newFourServices(t *testing.T) *scene {
	t.Helper()
	var realms []grant.RealmContents
	for _, service := range services {
		r := grant.RealmContents{
			Realm: grant.Realm{Service: service.Service, Project: project, ID: service.realm},
			Envs:  []grant.EnvID{service.env},
			APIs:  []grant.API{{ID: "api", Owner: "ann", Published: []grant.EnvID{service.env}}, {ID: "draft", Owner: "ann"}},
		}
		var until time.Time
		switch service.Service {
		case grant.ModelArts:
			r.Workspace = grant.DefaultWorkspace
		case grant.DataArts:
			until = agreed
			fallthrough
		default:
			r.Envs = append(r.Envs, "unused")
		}
		for _, id := range []grant.AppID{"app", "former", "idle"} {
			app := grant.App{ID: id, Owners: []grant.UserName{"bob"}}
			if service.appCodes {
				app.AppCodes = []grant.AppCode{{ID: "code", Value: grant.HashOf(codeOf(service.Service, id))}}
			}
			r.Apps = append(r.Apps, app)
		}
		for _, pair := range [][2]string{{"api", "app"}, {"draft", "app"}, {"api", "former"}, {"draft", "former"}} {
			r.Authorizations = append(r.Authorizations, grant.Authorization{
				Env: service.env, API: grant.APIID(pair[0]), App: grant.AppID(pair[1]), Role: grant.Provider, Until: until,
			})
		}
		realms = append(realms, r)
	}
	s := newScene(t, realms...)
	s.catalog.Projects[0].Apps = s.realm(2).Apps
	s.realm(2).Apps = nil
	s.apply()
	for _, r := range s.catalog.Projects[0].Realms {
		s.update(func(ctx context.Context, tx grant.Tx) error {
			former := []grant.AuthorizationID{
				s.last(r.Realm, r.Envs[0], "api", "former").ID, s.last(r.Realm, r.Envs[0], "draft", "former").ID,
			}
			return tx.End(ctx, former, started, grant.Cancelled)
		})
	}
	return s
}

func codeOf(service grant.Service, app grant.AppID) string {
	return string(app) + " " + string(service) + " code"
}

func TestDecide(t *testing.T) {
	t.Parallel()
	s := newFourServices(t)
	for _, service := range services {
		unpublished := grant.Authorized // but for gateways, there is no such thing
		if service.appCodes {
			unpublished = grant.Unpublished
		}
		byID := []question{
			{"authorized", func(*grant.Question) {}, grant.Authorized, "app", true},
			{"never authorized", func(q *grant.Question) { q.App = "idle" }, grant.NotAuthorized, "idle", false},
			{"cancelled", func(q *grant.Question) { q.App = "former" }, grant.WasCancelled, "former", true},
			{"unpublished", func(q *grant.Question) { q.API = "draft" }, unpublished, "app", true},
			{"unpublished, never authorized", func(q *grant.Question) { q.API, q.App = "draft", "idle" }, grant.NotAuthorized, "idle", false},
			{"unpublished, cancelled", func(q *grant.Question) { q.API, q.App = "draft", "former" }, grant.WasCancelled, "former", true},
			{"app", func(q *grant.Question) { q.App = "x" }, grant.UnknownApp, "", false},
			{"app in another case", func(q *grant.Question) { q.App = "App" }, grant.UnknownApp, "", false},
			{"no app", func(q *grant.Question) { q.App = "" }, grant.UnknownApp, "", false},
			{"AppCode", func(q *grant.Question) { q.AppCode = "x" }, grant.UnknownAppCode, "", false},
			{"API", func(q *grant.Question) { q.API = "x" }, grant.UnknownAPI, "", false},
			{"API before app", func(q *grant.Question) { q.API, q.App = "x", "x" }, grant.UnknownAPI, "", false},
			{"environment", func(q *grant.Question) { q.Env, q.API, q.App = "x", "x", "x" }, grant.UnknownEnv, "", false},
			{"realm", func(q *grant.Question) { q.Realm, q.Env, q.API, q.App = "x", "x", "x", "x" }, grant.UnknownRealm, "", false},
			{"another service's realm", func(q *grant.Question) { q.Realm = otherRealm(q.Service) }, grant.UnknownRealm, "", false},
			{"project", func(q *grant.Question) { q.Project, q.Realm = "x", "x" }, grant.UnknownProject, "", false},
			{"another project", func(q *grant.Question) { q.Project = otherProject }, grant.UnknownRealm, "", false},
			{"any realm", func(q *grant.Question) { q.Realm = "" }, grant.Authorized, "app", true},
			{"any realm, cancelled", func(q *grant.Question) { q.Realm, q.App = "", "former" }, grant.WasCancelled, "former", true},
			{"any realm, API", func(q *grant.Question) { q.Realm, q.API = "", "x" }, grant.UnknownAPI, "", false},
			{"any realm, environment", func(q *grant.Question) { q.Realm, q.Env = "", "x" }, grant.UnknownEnv, "", false},
			{"any realm of an empty project", func(q *grant.Question) { q.Project, q.Realm = otherProject, "" }, grant.UnknownAPI, "", false},
		}
		if service.Service != grant.ModelArts {
			byID = append(byID, question{"another environment", func(q *grant.Question) { q.Env = "unused" }, grant.NotAuthorized, "app", false})
		}
		byCode := []question{
			{"its own", func(q *grant.Question) { q.AppCode = codeOf(q.Service, "app") }, grant.Authorized, "app", true},
			{"without the app", func(q *grant.Question) { q.App, q.AppCode = "", codeOf(q.Service, "app") }, grant.Authorized, "app", true},
			{"another app's", func(q *grant.Question) { q.App, q.AppCode = "idle", codeOf(q.Service, "app") }, grant.UnknownAppCode, "", false},
			{"another app's, unknown", func(q *grant.Question) { q.App, q.AppCode = "x", codeOf(q.Service, "app") }, grant.UnknownAppCode, "", false},
			{"never authorized", func(q *grant.Question) { q.App, q.AppCode = "", codeOf(q.Service, "idle") }, grant.NotAuthorized, "idle", false},
			{"cancelled", func(q *grant.Question) { q.App, q.AppCode = "", codeOf(q.Service, "former") }, grant.WasCancelled, "former", true},
			{"unpublished", func(q *grant.Question) { q.API, q.AppCode = "draft", codeOf(q.Service, "app") }, grant.Unpublished, "app", true},
			{"any realm", func(q *grant.Question) { q.Realm, q.AppCode = "", codeOf(q.Service, "app") }, grant.Authorized, "app", true},
			{"another realm's", func(q *grant.Question) {
				q.AppCode = codeOf(map[grant.Service]grant.Service{grant.APIG: grant.ROMA, grant.ROMA: grant.APIG}[q.Service], "app")
			}, grant.UnknownAppCode, "", false},
			{"its id", func(q *grant.Question) { q.AppCode = "code" }, grant.UnknownAppCode, "", false},
			{"in another case", func(q *grant.Question) { q.AppCode = "A" + codeOf(q.Service, "app")[1:] }, grant.UnknownAppCode, "", false},
			{"API before AppCode", func(q *grant.Question) { q.API, q.AppCode = "x", "x" }, grant.UnknownAPI, "", false},
		}
		ask := func(how string, cases []question) {
			for _, c := range cases {
				t.Run(string(service.Service)+"/"+how+"/"+c.name, func(t *testing.T) {
					s := s.in(t) // not parallel: the scene is shared
					q := grant.Question{Project: project, Service: service.Service, Realm: service.realm, Env: service.env, API: "api", App: "app"}
					c.change(&q)
					got := s.decide(q)
					s.diff("reason", c.want, got.Reason)
					s.diff("app", c.app, got.App)
					if c.app != "" {
						s.diff("realm", service.realm, got.Realm)
					}
					var record *grant.Authorization
					if c.record {
						record = s.last(grant.Realm{Service: service.Service, Project: project, ID: service.realm}, q.Env, q.API, c.app)
					}
					s.diff("record", record, got.Record)
				})
			}
		}
		ask("app", byID)
		if service.appCodes {
			ask("AppCode", byCode)
		}
	}
}

type question struct {
	name   string
	change func(*grant.Question)
	want   grant.Reason
	app    grant.AppID // that the decision is about
	record bool        // whether one decided
}

func otherRealm(of grant.Service) grant.RealmID {
	if of == grant.APIG {
		return "roma"
	}
	return "gateway"
}

// in is the same scene for a subtest.
func (s *scene) in(t *testing.T) *scene {
	sub := *s
	sub.T = t
	return &sub
}

// An API of one name in several realms is none without a realm's name, whatever
// its environments.
func TestDecideAmbiguousRealm(t *testing.T) {
	t.Parallel()
	for _, service := range services {
		t.Run(string(service.Service), func(t *testing.T) {
			t.Parallel()
			s := newFourServices(t)
			second := grant.RealmContents{
				Realm: grant.Realm{Service: service.Service, Project: project, ID: "second"},
				Envs:  []grant.EnvID{service.env},
				APIs:  []grant.API{{ID: "api", Published: []grant.EnvID{service.env}}, {ID: "alone", Published: []grant.EnvID{service.env}}},
				Apps:  []grant.App{{ID: "app"}},
			}
			s.catalog.Projects[0].Realms = append(s.catalog.Projects[0].Realms, second)
			s.apply()
			draft := grant.Authorized // which is published nowhere, and only gateways ask that
			if service.appCodes {
				draft = grant.Unpublished
			}
			q := grant.Question{Project: project, Service: service.Service, Env: service.env, API: "api", App: "app"}
			for _, c := range []struct {
				realm grant.RealmID
				api   grant.APIID
				want  grant.Decision
			}{
				{"", "api", grant.Decision{Reason: grant.AmbiguousRealm}},
				{service.realm, "api", grant.Decision{Allowed: true, Reason: grant.Authorized, Realm: service.realm, App: "app"}},
				{"second", "api", grant.Decision{Reason: grant.NotAuthorized, Realm: "second", App: "app"}},
				{"", "alone", grant.Decision{Reason: grant.NotAuthorized, Realm: "second", App: "app"}},
				{"", "draft", grant.Decision{Allowed: !service.appCodes, Reason: draft, Realm: service.realm, App: "app"}},
			} {
				q.Realm, q.API = c.realm, c.api
				got := s.decide(q)
				c.want.At, got.Record = started, nil
				s.diff("decision on "+string(c.api)+" of "+string(c.realm), c.want, got)
			}
		})
	}
}

// A decision goes by the last write there was, at once.
func TestDecideAfterEachWrite(t *testing.T) {
	t.Parallel()
	s := newFourServices(t)
	ask := func(service grant.Service, realm grant.RealmID, env grant.EnvID, app grant.AppID, code string, want grant.Reason) {
		s.Helper()
		got := s.decide(grant.Question{Project: project, Service: service, Realm: realm, Env: env, API: "api", App: app, AppCode: code})
		s.diff(string(service), want, got.Reason)
	}

	for range 3 {
		made := s.authorize("ann", grant.AuthorizeApps{Project: project, Instance: "gateway", Env: "dev", Apps: []grant.AppID{"idle"}, APIs: []grant.APIID{"api"}})
		ask(grant.APIG, "gateway", "dev", "idle", "", grant.Authorized)
		ask(grant.APIG, "gateway", "dev", "", codeOf(grant.APIG, "idle"), grant.Authorized)
		s.wantErr(nil, s.CancelAuthorization(s.Context(), s.as("bob"), grant.CancelAuthorization{Project: project, Instance: "gateway", ID: made[0].ID}))
		ask(grant.APIG, "gateway", "dev", "idle", "", grant.WasCancelled)
		ask(grant.APIG, "gateway", "dev", "", codeOf(grant.APIG, "idle"), grant.WasCancelled)
	}

	s.wantErr(nil, s.DeleteAppCode(s.Context(), s.as("bob"), grant.DeleteAppCode{Project: project, Instance: "roma", App: "app", ID: "code"}))
	ask(grant.ROMA, "roma", "dev", "", codeOf(grant.ROMA, "app"), grant.UnknownAppCode)
	ask(grant.ROMA, "roma", "dev", "app", "", grant.Authorized)

	_, err := s.CancelAPIAuthorization(s.Context(), s.as("ann"), cancelOf("api", "app"))
	s.wantErr(nil, err)
	ask(grant.ModelArts, "service", grant.NoEnv, "app", "", grant.WasCancelled)

	data := grant.Action{Project: project, Workspace: "workspace", Cluster: "dev", API: "api", App: "app", Type: grant.CancelByApp}
	s.wantErr(nil, s.Perform(s.Context(), s.as("bob"), data))
	ask(grant.DataArts, "workspace", "dev", "app", "", grant.WasCancelled)
	data.Type, data.Until = grant.Apply, longer
	s.wantErr(nil, s.Perform(s.Context(), s.as("bob"), data))
	ask(grant.DataArts, "workspace", "dev", "app", "", grant.AwaitsApproval)
	data.Type = grant.Authorize
	s.wantErr(nil, s.Perform(s.Context(), s.as("ann"), data))
	ask(grant.DataArts, "workspace", "dev", "app", "", grant.Authorized)

	// What is published can be changed by a catalog alone.
	s.realm(0).APIs[0].Published = nil
	s.apply()
	ask(grant.APIG, "gateway", "dev", "app", "", grant.Unpublished)
	s.realm(0).APIs = nil
	s.apply()
	ask(grant.APIG, "gateway", "dev", "app", "", grant.UnknownAPI)
}

// Time alone ends an authorization of DataArts Studio, and no other.
func TestDecideAsTimePasses(t *testing.T) {
	t.Parallel()
	s := newFourServices(t)
	for _, c := range []struct {
		now  time.Time
		want grant.Reason
	}{
		{start, grant.Authorized},
		{agreed.Add(-time.Microsecond), grant.Authorized},
		{agreed, grant.HasExpired},
		{agreed.AddDate(100, 0, 0), grant.HasExpired},
		{agreed.Add(-time.Microsecond), grant.Authorized}, // asking leaves no trace
	} {
		s.now = c.now
		for _, service := range services {
			want := c.want
			if service.Service != grant.DataArts {
				want = grant.Authorized
			}
			got := s.decide(grant.Question{Project: project, Service: service.Service, Realm: service.realm, Env: service.env, API: "api", App: "app"})
			s.diff(string(service.Service)+" at "+c.now.String(), want, got.Reason)
			if want == grant.HasExpired {
				s.diff("record", []any{agreed, grant.Expired}, []any{got.Record.Ended, got.Record.Cause})
			}
		}
	}
}
