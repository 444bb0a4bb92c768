package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// state is what a reader finds of what before and everything are about. Ids and
// revisions aside, both make it the same in every store.
type state struct {
	Records      []grant.Authorization
	Elsewhere    []grant.Authorization
	Last         map[grant.APIID]grant.Authorization
	Applications []grant.Application // that before made
	Waiting      map[grant.APIID]grant.ApplicationID
	Codes        map[grant.AppCodeID]grant.AppID
	Users        map[string]grant.User
	Memberships  map[string]membership
	Revisions    map[grant.ProjectID]grant.Revision
	Contents     map[grant.ProjectID]grant.Project
	Applied      grant.AppliedCatalog
}

// past is what before put into a store.
type past struct {
	made  []grant.Authorization
	asked []grant.Application
	was   state
}

// before fills a store.
func (s scene) before() past {
	s.Helper()
	var p past
	s.putProject(grant.Project{ID: here.Project, Apps: []grant.App{{ID: "old", Name: "old"}}})
	s.putProjects("dropped")
	s.putUser(user("kept", map[grant.ProjectID][]grant.Permission{here.Project: {grant.MayDeleteAppCode}, "dropped": {}}))
	s.putUser(user("deleted", map[grant.ProjectID][]grant.Permission{here.Project: {}}))
	s.updateIn("", func(tx grant.Tx) error {
		return tx.SetAppliedCatalog(s.Context(), grant.AppliedCatalog{Sum: grant.HashOf("old"), Users: []grant.UserName{"kept"}})
	})
	s.insertCodes(here, "app", "kept")
	s.seed("old seed")
	p.asked = []grant.Application{s.apply(workspace, "kept", "app"), s.apply(workspace, "settled", "app")}
	p.made = s.insert(here, pair("kept", "app"), pair("ended", "app"))
	p.was = mustLook(s, p.state(s.Context()))
	return p
}

// everything changes all there is to change in a store of before, and may be run
// again.
func (p past) everything(ctx context.Context, tx grant.Tx) error {
	settled, asked := p.asked[1], asking(workspace, "new", "app")
	settled.Status, settled.SettledAt, settled.SettledBy = grant.Passed, noon, "rita"
	kept := user("kept", map[grant.ProjectID][]grant.Permission{"new": {grant.MayAuthorizeApps}})
	kept.Token = grant.HashOf("token of new")
	_, err := tx.Seed(ctx, here.Project, []string{"new seed"})
	return errors.Join(
		err,
		tx.Insert(ctx, here, []grant.Authorization{pair("new", "app")}),
		tx.Insert(ctx, elsewhere[0], []grant.Authorization{pair("kept", "app")}),
		tx.SetUntil(ctx, p.made[0].ID, noon),
		tx.SetNotice(ctx, p.made[0].ID, noon),
		tx.End(ctx, []grant.AuthorizationID{p.made[1].ID}, noon, grant.Forced),
		tx.InsertApplication(ctx, workspace, &asked),
		tx.Settle(ctx, settled),
		tx.InsertAppCodes(ctx, here, "app", codes("new")),
		tx.RemoveAppCode(ctx, here, "app", "kept"),
		tx.AppendEvent(ctx, event(p.made[0].ID, p.asked[0].ID)),
		tx.AppendEvent(ctx, grant.Event{Project: "of nobody", At: noon}),
		tx.PutProject(ctx, grant.Project{ID: here.Project, Apps: []grant.App{{ID: "new"}}}),
		tx.PutProject(ctx, grant.Project{ID: "new"}),
		tx.DropProject(ctx, "dropped"),
		tx.PutUser(ctx, kept),
		tx.DeleteUser(ctx, "deleted"),
		tx.SetAppliedCatalog(ctx, grant.AppliedCatalog{Sum: grant.HashOf("new")}),
	)
}

// event has something in every field.
func event(id grant.AuthorizationID, application grant.ApplicationID) grant.Event {
	return grant.Event{
		Project: here.Project, At: noon.In(time.FixedZone("east", 5*3600)), Actor: "größe", Operation: "CreateAuthorizingAppsV2",
		Action: grant.Apply, RequestID: "0123", Service: grant.APIG, Realm: here.ID, Env: dev,
		APIs: []grant.APIID{"api", "größe"}, Apps: []grant.AppID{"app"}, Authorizations: []grant.AuthorizationID{id},
		AppCodes: []grant.AppCodeID{"code"}, Application: application,
	}
}

// state is for look: it reads what there is, with every method of a reader; not to
// find something is no error.
func (p past) state(ctx context.Context) func(r grant.Reader) (state, error) {
	return func(r grant.Reader) (state, error) {
		f := finder{past: p, Reader: r}
		f.records(ctx)
		f.requests(ctx)
		f.existing(ctx)
		return f.state, errors.Join(f.errs...)
	}
}

// finder makes a state.
type finder struct {
	past
	grant.Reader
	state state
	errs  []error
}

// found reports whether something is there, and keeps what went wrong.
func (f *finder) found(err error) bool {
	if e, ok := errors.AsType[*grant.Error](err); !ok || e.Kind != grant.NotFound {
		f.errs = append(f.errs, err)
	}
	return err == nil
}

var (
	stateAPIs = []grant.APIID{"kept", "ended", "settled", "new"}
	stateApps = []grant.AppID{"app"}
)

func (f *finder) records(ctx context.Context) {
	var err error
	f.state.Records, err = f.Authorizations(ctx, here, dev, stateAPIs, stateApps)
	f.found(err)
	f.state.Elsewhere, err = f.Authorizations(ctx, elsewhere[0], dev, stateAPIs, stateApps)
	f.found(err)
	f.state.Last = map[grant.APIID]grant.Authorization{}
	for _, api := range stateAPIs {
		if auth, err := f.LastAuthorization(ctx, here, dev, api, "app"); f.found(err) {
			f.state.Last[api] = auth
		}
	}
	for _, auth := range f.state.Records {
		got, err := f.Authorization(ctx, here, auth.ID)
		if f.found(err) && got != auth {
			f.errs = append(f.errs, fmt.Errorf("by id %v, by pair %v", got, auth))
		}
	}
	f.state.Codes = map[grant.AppCodeID]grant.AppID{}
	for _, code := range codes("kept", "new") {
		if app, err := f.AppOfCode(ctx, here, code.Value); f.found(err) {
			f.state.Codes[code.ID] = app
		}
	}
}

func (f *finder) requests(ctx context.Context) {
	f.state.Waiting = map[grant.APIID]grant.ApplicationID{}
	for _, api := range stateAPIs {
		if a, err := f.WaitingApplication(ctx, workspace, dev, api, "app"); f.found(err) {
			f.state.Waiting[api] = a.ID
		}
	}
	for _, asked := range f.asked {
		if a, err := f.Application(ctx, here.Project, asked.ID); f.found(err) {
			f.state.Applications = append(f.state.Applications, a)
		}
	}
}

func (f *finder) existing(ctx context.Context) {
	f.state.Users = map[string]grant.User{}
	for _, token := range []string{"token of kept", "token of deleted", "token of new"} {
		if u, err := f.User(ctx, grant.HashOf(token)); f.found(err) {
			f.state.Users[token] = u
		}
	}
	f.state.Memberships = map[string]membership{}
	f.state.Revisions, f.state.Contents = map[grant.ProjectID]grant.Revision{}, map[grant.ProjectID]grant.Project{}
	for _, project := range []grant.ProjectID{here.Project, "dropped", "new"} {
		for _, name := range []grant.UserName{"kept", "deleted"} {
			permissions, is, err := f.Permissions(ctx, name, project)
			f.found(err)
			f.state.Memberships[string(name)+" in "+string(project)] = membership{is, permissions}
		}
		if revision, err := f.Revision(ctx, project); f.found(err) {
			f.state.Revisions[project] = revision
		}
		if contents, err := f.Contents(ctx, project); f.found(err) {
			f.state.Contents[project] = contents
		}
	}
	var err error
	f.state.Applied, err = f.AppliedCatalog(ctx)
	f.found(err)
}

// wantBefore checks that nothing of everything happened and that the store works.
func (s scene) wantBefore(p past) {
	s.Helper()
	s.diff("state", p.was, mustLook(s, p.state(s.Context())))
	s.diff("seeds", []string{"new seed"}, s.seed("old seed", "new seed"))
	s.update(func(tx grant.Tx) error { return p.everything(s.Context(), tx) })
}
