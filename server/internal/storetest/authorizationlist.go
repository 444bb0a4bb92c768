package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var authorizationListCases = []testCase{
	{"list authorizations/filters", filterAuthorizations},
	{"list authorizations/unknown state", unknownState},
	{"list authorizations/order and pages", authorizationPages},
	{"list authorizations/come and go", authorizationsComeAndGo},
	{"list authorizations/nothing", noAuthorizations},
	{"list authorizations/bad cursor", authorizationCursors},
}

func listAuthorizations(ctx context.Context, project grant.ProjectID, f grant.Filter) lister[grant.AuthorizationRecord] {
	return func(r grant.Reader, page grant.Page) ([]grant.AuthorizationRecord, string, error) {
		return r.ListAuthorizations(ctx, project, f, page)
	}
}

// inRealm is records as they are listed.
func inRealm(r grant.Realm, records ...grant.Authorization) []grant.AuthorizationRecord {
	return each(records, func(a grant.Authorization) grant.AuthorizationRecord {
		return grant.AuthorizationRecord{Realm: r, Authorization: a}
	})
}

// fates are what can become of a record around noon, by app. Those that are due
// are not marked.
func (s scene) fates(r grant.Realm) (made []grant.AuthorizationRecord) {
	s.Helper()
	at := noon.Add
	for _, c := range []struct {
		app           grant.AppID
		until, notice time.Time
		ended         grant.Cause
	}{
		{app: "app"},
		{app: "App", until: at(time.Microsecond)},
		{app: "app2", until: at(0)},
		{app: "app3", until: at(-time.Hour)},
		{app: "app4", until: at(time.Hour), notice: at(time.Microsecond)},
		{app: "app5", until: at(time.Hour), notice: at(0)},
		{app: "app6", until: at(-time.Hour), notice: at(-time.Minute)},
		{app: "app7", until: at(-time.Hour), notice: at(time.Hour)},
		{app: "app8", notice: at(-time.Hour)},
		{app: "app9", ended: grant.Cancelled},
		{app: "app10", until: at(-time.Hour), ended: grant.Cancelled},
		{app: "app11", until: at(time.Hour), ended: grant.Expired},
		{app: "app12", until: at(-time.Hour), notice: at(-time.Hour), ended: grant.Expired},
		{app: "app13", ended: grant.Forced},
		{app: "app14", until: at(-time.Hour), ended: grant.Forced},
	} {
		record := pair("api", c.app)
		record.Until = c.until
		record = s.insert(r, record)[0]
		s.updateIn(r.Project, func(tx grant.Tx) error {
			if err := tx.SetNotice(s.Context(), record.ID, c.notice); err != nil || c.ended == "" {
				return err
			}
			return tx.End(s.Context(), []grant.AuthorizationID{record.ID}, noon, c.ended)
		})
		record.Notice = c.notice
		if c.ended != "" {
			record.Ended, record.Cause = noon, c.ended
		}
		made = append(made, inRealm(r, record)...)
	}
	return made
}

// standing is how a record stands at a time.
func standing(a grant.Authorization, now time.Time) grant.Cause {
	come := func(at time.Time) bool { return !at.IsZero() && !now.Before(at) }
	switch {
	case a.Cause != "":
		return a.Cause
	case come(a.Notice):
		return grant.Forced
	case come(a.Until):
		return grant.Expired
	}
	return grant.Live
}

// Each filter is tried alone and together with all others.
func filterAuthorizations(s scene) {
	var made []grant.AuthorizationRecord
	for _, r := range append([]grant.Realm{here}, elsewhere...) {
		records := append(s.fates(r), inRealm(r, s.insert(r, pair("API", "app"), pair("api2", "App"), pair("api2", "app10"))...)...)
		if r.Project == here.Project {
			made = append(made, records...)
		}
	}
	everything := walk(s, listAuthorizations(s.Context(), here.Project, grant.Filter{}), 1000, nothing)
	s.diff("how many", len(made), len(everything))

	tried, narrow := 0, 0
	err := s.store.View(s.Context(), func(reader grant.Reader) error {
		for f := range filters() {
			var want []grant.AuthorizationRecord
			for _, a := range everything {
				if (f.Service == "" || a.Service == f.Service) && (f.Realm == "" || a.Realm.ID == f.Realm) && (f.App == "" || a.App == f.App) &&
					(f.API == "" || a.API == f.API) && (f.State == "" || standing(a.Authorization, f.Now) == f.State) {
					want = append(want, a)
				}
			}
			got, next, err := reader.ListAuthorizations(s.Context(), here.Project, f, grant.Page{Limit: 1000})
			if err != nil || s.Failed() {
				return err
			}
			s.diff(fmt.Sprintf("%+v", f), pageOf[grant.AuthorizationRecord]{want, ""}, pageOf[grant.AuthorizationRecord]{got, next})
			tried++
			if len(want) > 0 && len(want) < len(made) {
				narrow++
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	s.diff("at least a tenth of the filters lets something pass", true, narrow*10 > tried)
}

// filters are all there is to try.
func filters() func(yield func(grant.Filter) bool) {
	return func(yield func(grant.Filter) bool) {
		for _, service := range []grant.Service{"", grant.APIG, grant.ROMA, grant.ModelArts} {
			for _, realm := range []grant.RealmID{"", "instance", "INSTANCE", "instance_"} {
				for _, api := range []grant.APIID{"", "api", "API", "app"} {
					for _, app := range []grant.AppID{"", "app", "App", "app10"} {
						for _, state := range []grant.Cause{"", grant.Live, grant.Cancelled, grant.Expired, grant.Forced} {
							for _, now := range []time.Time{noon, noon.Add(-2 * time.Hour), noon.Add(2 * time.Hour)} {
								if state == "" {
									now = time.Time{}
								}
								f := grant.Filter{Service: service, Realm: realm, API: api, App: app, State: state, Now: now}
								if !yield(f) {
									return
								}
							}
						}
					}
				}
			}
		}
	}
}

// A filter that says something that nothing is lets nothing pass.
func unknownState(s scene) {
	s.fates(here)
	for _, state := range []grant.Cause{"LIVE", "Cancelled", "%", " "} {
		list := listAuthorizations(s.Context(), here.Project, grant.Filter{State: state, Now: noon})
		s.diff("how many are "+string(state), 0, len(walk(s, list, 1000, nothing)))
	}
}

// All of an app stand together, in the order they were made, whatever their APIs,
// environments and ends.
func authorizationPages(s scene) {
	prodOne := pair("a", "y")
	prodOne.Env = prod
	first := s.insert(here, pair("z", "y"), pair("a", "x"), prodOne)
	s.end(first[0].ID)
	first[0].Ended, first[0].Cause = noon, grant.Cancelled
	again := s.insert(here, pair("m", "x"), pair("z", "y"))
	other := inRealm(elsewhere[0], s.insert(elsewhere[0], pair("b", "x"), pair("a", "x"))...) // another's x
	last := s.insert(here, pair("a", "y"))

	x := inRealm(here, first[1], again[0])
	y := inRealm(here, first[0], first[2], again[1], last[0])
	list := listAuthorizations(s.Context(), here.Project, grant.Filter{})
	got := walk(s, list, 1000, nothing)
	groups := map[grant.AppID][]grant.AuthorizationRecord{}
	for _, a := range got {
		name := grant.AppID(a.Service) + " " + a.App
		groups[name] = append(groups[name], a)
	}
	s.diff("apps", map[grant.AppID][]grant.AuthorizationRecord{"apig x": x, "apig y": y, "roma x": other}, groups)
	changes := 0
	for i := range got[1:] {
		if got[i].App != got[i+1].App || got[i].Service != got[i+1].Service {
			changes++
		}
	}
	s.diff("how often the app changes", len(groups)-1, changes)
	wantList(s, "all", got, list)
	wantList(s, "of an app", y, listAuthorizations(s.Context(), here.Project, grant.Filter{App: "y"}))
	wantList(s, "live ones of an app", y[1:], listAuthorizations(s.Context(), here.Project, grant.Filter{App: "y", State: grant.Live, Now: noon}))
}

// Records don't go, but they leave the list of those that hold.
func authorizationsComeAndGo(s scene) {
	id := func(a grant.AuthorizationRecord) grant.AuthorizationID { return a.Authorization.ID }
	wantStable(s, id, func(limit int) (lister[grant.AuthorizationRecord], []grant.AuthorizationID, func(int)) {
		r := here
		r.Project = grant.ProjectID(fmt.Sprint("project", limit))
		records := make([]grant.Authorization, 0, 16)
		for i := range 16 {
			records = append(records, pair(grant.APIID(fmt.Sprint("api", i)), grant.AppID(fmt.Sprint("app", i%3))))
		}
		s.insert(r, records...)
		list := listAuthorizations(s.Context(), r.Project, grant.Filter{State: grant.Live, Now: noon})
		all := each(walk(s, list, 1000, nothing), id)
		var stay, leave []grant.AuthorizationID
		for i, id := range all {
			if i%2 == 0 {
				stay = append(stay, id)
			} else {
				leave = append(leave, id)
			}
		}
		return list, stay, func(pages int) {
			s.end(leave[(pages*limit/2)%len(leave)], leave[(pages*limit)%len(leave)]) // about the cursor, and elsewhere
			if pages >= 5 {
				return // or the list would have no end
			}
			api := grant.APIID(fmt.Sprint("new api", pages))
			s.insert(r, pair(api, "app0"), pair(api, "app2"), pair(api, grant.AppID(fmt.Sprint("new app", pages%2))))
		}
	})
}

func noAuthorizations(s scene) {
	wantList(s, "of an empty store", nil, listAuthorizations(s.Context(), here.Project, grant.Filter{}))
	s.insert(here, pair("api", "app"))
	for _, project := range []grant.ProjectID{"", "PROJECT", "project2", "projec_", "%"} {
		wantList(s, "of "+string(project), nil, listAuthorizations(s.Context(), project, grant.Filter{}))
	}
	s.apply(workspace, "api", "app")
	s.insertCodes(workspace, "app", "code")
	wantList(s, "where there are other things", nil, listAuthorizations(s.Context(), here.Project, grant.Filter{Service: grant.DataArts}))
}

func authorizationCursors(s scene) {
	s.insert(here, pair("api", "app"), pair("api2", "app"))
	wantBadCursors(s, listAuthorizations(s.Context(), here.Project, grant.Filter{}), notTwoKeys...)
	wantBadCursors(s, listAuthorizations(s.Context(), "unknown", grant.Filter{State: grant.Live, Now: noon}), notTwoKeys...)
}
