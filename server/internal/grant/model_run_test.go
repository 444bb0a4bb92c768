package grant_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/appgrant/appgrant/server/internal/grant"
)

func TestModel(t *testing.T) {
	t.Parallel()
	checkModel(t, openStore)
}

// checkModel lets an authority over a new store and the model do the same, in
// random order, and compares what they answer and what they then decide.
func checkModel(t *testing.T, newStore func(*testing.T) grant.Store) {
	t.Helper()
	store := newStore(t)
	projects := 0
	rapid.Check(t, func(r *rapid.T) {
		projects++ // a project of its own for each run is as good as a store
		m := newModelRun(t.Context(), r, store, grant.ProjectID("project"+strconv.Itoa(projects)))
		actions := map[string]func(*rapid.T){
			"":              func(r *rapid.T) { m.compare(r, m.touched) },
			"perform":       m.performAction,
			"perform again": m.performAction, // twice as likely
			"answer":        m.giveAnswer,
			"time":          m.passTime,
		}
		// The lifecycle is found out about only by many steps with one pair.
		m.deep = rapid.Bool().Draw(r, "DataArts alone")
		if !m.deep {
			actions["authorize apps"] = m.authorizeApps
			actions["cancel"] = m.cancelAuthorization
			actions["delete AppCode"] = m.deleteAppCode
			actions["cancel API"] = m.cancelAPI
			actions["catalog"] = m.changeCatalog
		}
		r.Repeat(actions)
		for _, service := range services { // what was never touched must not have changed either
			m.compare(r, service.Service)
		}
	})
}

// modelRun is the model and the authority, side by side.
type modelRun struct {
	model
	*grant.Authority
	ctx     context.Context
	store   grant.Store
	project grant.ProjectID
	made    map[grant.AuthorizationID]pair // by the gateway
	applied int
	deep    bool          // one pair of DataArts Studio alone
	touched grant.Service // by the last step; empty: all
}

func newModelRun(ctx context.Context, r *rapid.T, store grant.Store, project grant.ProjectID) *modelRun {
	m := &modelRun{
		model: model{
			now:       started,
			published: map[grant.APIID]bool{"x": true, "y": true},
			exists:    map[grant.AppID]bool{"a": true, "b": true},
			pairs:     map[pair]*link{},
			codes:     map[code]bool{{"a", "c1"}: true, {"a", "c2"}: true, {"b", "c1"}: true},
			told:      map[grant.ApplicationID]told{},
		},
		ctx: ctx, store: store, project: project, made: map[grant.AuthorizationID]pair{},
	}
	for _, p := range allPairs() {
		if p.service == grant.ROMA || p.service == grant.ModelArts {
			m.link(p).id = "seeded"
		}
	}
	m.Authority = grant.New(store, func() time.Time { return m.now })
	m.apply(r)
	return m
}

func allPairs() (all []pair) {
	for _, service := range services {
		for _, api := range []grant.APIID{"x", "y"} {
			for _, app := range []grant.AppID{"a", "b"} {
				all = append(all, pair{service.Service, api, app})
			}
		}
	}
	return all
}

// apply brings in the catalog by which the model goes. Its records are those of
// the start.
func (m *modelRun) apply(r *rapid.T) {
	c := grant.Catalog{Projects: []grant.Project{{ID: m.project}}}
	for _, name := range []grant.UserName{"ann", "bob", "cid"} {
		c.Users = append(c.Users, grant.User{
			Name: name, Token: grant.HashOf(string(name)), Permissions: map[grant.ProjectID][]grant.Permission{m.project: grant.Permissions},
		})
	}
	var apps []grant.App
	for _, id := range []grant.AppID{"a", "b"} {
		if m.exists[id] {
			apps = append(apps, grant.App{ID: id, Owners: []grant.UserName{modelAppOwners[id]}})
		}
	}
	for _, service := range services {
		contents := grant.RealmContents{
			Realm:     grant.Realm{Service: service.Service, Project: m.project, ID: service.realm},
			Envs:      []grant.EnvID{service.env},
			Workspace: grant.DefaultWorkspace,
			Apps:      apps,
		}
		for _, id := range []grant.APIID{"x", "y"} {
			api := grant.API{ID: id, Owner: modelAPIOwners[id], Reviewers: modelReviewers[id]}
			if m.published[id] {
				api.Published = contents.Envs
			}
			contents.APIs = append(contents.APIs, api)
		}
		switch service.Service {
		case grant.ROMA:
			contents.Apps = slices.Clone(apps)
			for i := range contents.Apps {
				for _, id := range []grant.AppCodeID{"c1", "c2"} {
					if contents.Apps[i].ID == "a" || id == "c1" {
						contents.Apps[i].AppCodes = append(contents.Apps[i].AppCodes, grant.AppCode{ID: id, Value: grant.HashOf(valueOf(code{contents.Apps[i].ID, id}))})
					}
				}
			}
		case grant.ModelArts:
			contents.Apps, c.Projects[0].Apps = nil, apps
		}
		for _, p := range allPairs() {
			if p.service == service.Service && (p.service == grant.ROMA || p.service == grant.ModelArts) && m.exists[p.app] {
				contents.Authorizations = append(contents.Authorizations, grant.Authorization{Env: service.env, API: p.api, App: p.app})
			}
		}
		c.Projects[0].Realms = append(c.Projects[0].Realms, contents)
	}
	m.applied++
	if err := m.Apply(m.ctx, c, grant.HashOf(fmt.Sprintf("%s %d", m.project, m.applied))); err != nil {
		r.Fatal(err)
	}
}

func valueOf(c code) string { return fmt.Sprintf("value of %s of %s", c.id, c.app) }

// compare asks both for every pair of a service, or of all if it is empty, by the
// app's id and by each of its AppCodes.
func (m *modelRun) compare(r *rapid.T, of grant.Service) {
	want, got := map[string]grant.Reason{}, map[string]grant.Reason{}
	ask := func(key string, reason grant.Reason, q grant.Question) {
		d, err := m.Decide(m.ctx, q)
		if err != nil {
			r.Fatal(err)
		}
		want[key], got[key] = reason, d.Reason
	}
	for _, p := range allPairs() {
		if of != "" && p.service != of {
			continue
		}
		i := slices.IndexFunc(services, func(s serviceFacts) bool { return s.Service == p.service })
		q := grant.Question{Project: m.project, Service: p.service, Realm: services[i].realm, Env: services[i].env, API: p.api, App: p.app}
		ask(fmt.Sprint(p), m.reason(p), q)
		if p.service != grant.ROMA {
			continue
		}
		for _, id := range []grant.AppCodeID{"c1", "c2"} {
			c := code{p.app, id}
			reason := m.reason(p)
			if !m.codes[c] || !m.exists[p.app] {
				reason = grant.UnknownAppCode
			}
			q.AppCode = valueOf(c)
			ask(fmt.Sprint(p, id), reason, q)
		}
	}
	diffModel(r, "decisions", want, got)
}

func diffModel(r *rapid.T, what string, want, got any) {
	if d := cmp.Diff(want, got); d != "" {
		r.Fatalf("%s (-model +authority):\n%s", what, d)
	}
}

func wantKind(r *rapid.T, want grant.Kind, err error) {
	got := fine
	if err != nil {
		got = grant.Internal
		if e := new(grant.Error); errors.As(err, &e) {
			got = e.Kind
		}
	}
	if got != want {
		r.Fatalf("got the error %v, the model has %q", err, want)
	}
}

var (
	someUser = rapid.SampledFrom([]grant.UserName{"ann", "bob", "cid"})
	someAPI  = rapid.SampledFrom([]grant.APIID{"x", "y"})
	someApp  = rapid.SampledFrom([]grant.AppID{"a", "a", "a", "b", "b", "b", "neither"})
	someAPIs = rapid.SliceOfN(someAPI, 1, 2)
	someApps = rapid.SliceOfN(someApp, 1, 2)
)

// some draws one of the keys of a map, or another.
func some[K ~string, V any](r *rapid.T, what string, from map[K]V) K {
	return rapid.SampledFrom(append(slices.Sorted(maps.Keys(from)), "another")).Draw(r, what)
}

func someCaller(r *rapid.T) grant.Caller { return grant.Caller{Name: someUser.Draw(r, "user")} }

func (m *modelRun) authorizeApps(r *rapid.T) {
	m.touched = grant.APIG
	caller, apis, apps := someCaller(r), someAPIs.Draw(r, "APIs"), someApps.Draw(r, "apps")
	want := m.mayAuthorize(caller.Name, apis, apps)
	pairs, err := m.AuthorizeApps(m.ctx, caller, grant.AuthorizeApps{Project: m.project, Instance: "gateway", Env: "dev", Apps: apps, APIs: apis})
	wantKind(r, want, err)
	for _, got := range pairs {
		p := pair{grant.APIG, got.API, got.App}
		l := m.link(p)
		diffModel(r, "existed", l.id != "", got.Existed)
		if got.Existed {
			diffModel(r, "id", l.id, got.ID)
		}
		l.id, m.made[got.ID] = got.ID, p
	}
}

func (m *modelRun) cancelAuthorization(r *rapid.T) {
	m.touched = grant.APIG
	caller, id := someCaller(r), some(r, "id", m.made)
	want := m.cancel(caller.Name, m.made[id], id)
	wantKind(r, want, m.CancelAuthorization(m.ctx, caller, grant.CancelAuthorization{Project: m.project, Instance: "gateway", ID: id}))
}

func (m *modelRun) deleteAppCode(r *rapid.T) {
	m.touched = grant.ROMA
	caller, c := someCaller(r), code{someApp.Draw(r, "app"), rapid.SampledFrom([]grant.AppCodeID{"c1", "c2"}).Draw(r, "AppCode")}
	want := m.deleteCode(caller.Name, c)
	wantKind(r, want, m.DeleteAppCode(m.ctx, caller, grant.DeleteAppCode{Project: m.project, Instance: "roma", App: c.app, ID: c.id}))
}

func (m *modelRun) cancelAPI(r *rapid.T) {
	m.touched = grant.ModelArts
	caller, api, apps := someCaller(r), someAPI.Draw(r, "API"), someApps.Draw(r, "apps")
	var want []grant.Kind
	for i, app := range apps {
		if slices.Contains(apps[:i], app) {
			continue
		}
		p := pair{grant.ModelArts, api, app}
		if l := m.link(p); l.id != "" {
			m.end(p, l, grant.WasCancelled)
			want = append(want, fine)
		} else {
			want = append(want, grant.NotFound)
		}
	}
	results, err := m.CancelAPIAuthorization(m.ctx, caller, grant.CancelAPIAuthorization{
		Project: m.project, Workspace: grant.DefaultWorkspace, Service: "service", API: api, Apps: apps,
	})
	wantKind(r, fine, err)
	diffModel(r, "results", want, each(results, func(c grant.CancelledApp) grant.Kind {
		if c.Err != nil {
			return c.Err.Kind
		}
		return fine
	}))
}

func (m *modelRun) performAction(r *rapid.T) {
	m.touched = grant.DataArts
	kind := rapid.SampledFrom(modelActions).Draw(r, "action")
	p := pair{grant.DataArts, "x", "a"}
	if !m.deep {
		p.api, p.app = someAPI.Draw(r, "API"), someApp.Draw(r, "app")
	}
	caller := someCaller(r)
	if rapid.IntRange(0, 3).Draw(r, "in the right role") > 0 { // else few would get far
		if kind == grant.Authorize || kind == grant.CancelByAPI {
			caller.Name = modelReviewers[p.api][0]
		} else if owner, ok := modelAppOwners[p.app]; ok {
			caller.Name = owner
		}
	}
	// Few different ends, so that some meet, and not all on the hour.
	until := m.now.Truncate(12 * time.Hour).Add(time.Duration(rapid.IntRange(-1, 12).Draw(r, "half days")) * 12 * time.Hour)
	until = until.Add(time.Duration(rapid.IntRange(0, 1).Draw(r, "minutes")) * 59 * time.Minute)
	want, asks := m.perform(caller.Name, p, kind, until)
	err := m.Perform(m.ctx, caller, grant.Action{Project: m.project, Workspace: "workspace", Cluster: "dev", API: p.api, App: p.app, Type: kind, Until: until})
	wantKind(r, want, err)
	if !asks {
		return
	}
	var waiting grant.Application
	err = m.store.View(m.ctx, func(reader grant.Reader) (err error) {
		realm := grant.Realm{Service: grant.DataArts, Project: m.project, ID: "workspace"}
		waiting, err = reader.WaitingApplication(m.ctx, realm, "dev", p.api, p.app)
		return err
	})
	wantKind(r, fine, err)
	m.told[waiting.ID] = told{pair: p, notice: kind == grant.CancelByAPI}
}

func (m *modelRun) giveAnswer(r *rapid.T) {
	m.touched = grant.DataArts
	caller, id := someCaller(r), some(r, "application", m.told)
	if rapid.IntRange(0, 3).Draw(r, "operator") == 0 {
		caller = grant.Caller{}
	}
	status := rapid.SampledFrom([]grant.Status{grant.Passed, grant.Rejected, grant.Executed}).Draw(r, "status")
	want := m.answer(caller.Name, id, status)
	call := map[grant.Status]func(context.Context, grant.Caller, grant.Answer) (grant.Application, error){
		grant.Passed: m.Approve, grant.Rejected: m.Reject, grant.Executed: m.Execute,
	}[status]
	got, err := call(m.ctx, caller, grant.Answer{Project: m.project, ID: id})
	wantKind(r, want, err)
	if want == fine {
		diffModel(r, "status", status, got.Status)
	}
}

func (m *modelRun) passTime(r *rapid.T) {
	m.touched = grant.DataArts
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(r, "hours")) * time.Hour)
	if rapid.Bool().Draw(r, "to the hour") {
		m.now = m.now.Truncate(time.Hour)
	}
}

func (m *modelRun) changeCatalog(r *rapid.T) {
	m.touched = ""
	m.published[someAPI.Draw(r, "API")] = rapid.Bool().Draw(r, "published")
	m.exists["b"] = rapid.Bool().Draw(r, "b exists")
	m.apply(r)
}
