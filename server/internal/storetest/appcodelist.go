package storetest

import (
	"context"
	"fmt"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var appCodeListCases = []testCase{
	{"list app codes/filters", filterAppCodes},
	{"list app codes/order and pages", appCodePages},
	{"list app codes/come and go", appCodesComeAndGo},
	{"list app codes/nothing", noAppCodes},
	{"list app codes/bad cursor", appCodeCursors},
}

func listAppCodes(ctx context.Context, project grant.ProjectID, f grant.Filter) lister[grant.AppCodeRecord] {
	return func(r grant.Reader, page grant.Page) ([]grant.AppCodeRecord, string, error) {
		return r.ListAppCodes(ctx, project, f, page)
	}
}

func codesIn(r grant.Realm, app grant.AppID, ids ...grant.AppCodeID) []grant.AppCodeRecord {
	return each(ids, func(id grant.AppCodeID) grant.AppCodeRecord { return grant.AppCodeRecord{Realm: r, App: app, Code: id} })
}

// Each filter is tried alone and together with the others; those that are of
// other lists change nothing.
func filterAppCodes(s scene) {
	made := 0
	for _, r := range append([]grant.Realm{here}, elsewhere...) {
		for _, app := range []grant.AppID{"app", "App", "app10"} {
			s.insertCodes(r, app, "code", "CODE", grant.AppCodeID(app))
			if r.Project == here.Project {
				made += 3
			}
		}
	}
	everything := walk(s, listAppCodes(s.Context(), here.Project, grant.Filter{}), 1000, nothing)
	s.diff("how many", made, len(everything))
	err := s.store.View(s.Context(), func(reader grant.Reader) error {
		for f := range filters() {
			if f.State != "" && f.State != grant.Live {
				continue // enough to show that it doesn't count
			}
			f.Notices, f.Status = f.API == "", grant.Passed
			var want []grant.AppCodeRecord
			for _, c := range everything {
				if (f.Service == "" || c.Service == f.Service) && (f.Realm == "" || c.ID == f.Realm) && (f.App == "" || c.App == f.App) {
					want = append(want, c)
				}
			}
			got, next, err := reader.ListAppCodes(s.Context(), here.Project, f, grant.Page{Limit: 1000})
			if err != nil || s.Failed() {
				return err
			}
			s.diff(fmt.Sprintf("%+v", f), pageOf[grant.AppCodeRecord]{want, ""}, pageOf[grant.AppCodeRecord]{got, next})
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

// What an app is given later stands behind what it has, under whatever name.
func appCodePages(s scene) {
	s.insertCodes(here, "y", "z", "größe")
	s.insertCodes(here, "x", "z")
	s.insertCodes(elsewhere[0], "y", "a")
	s.insertCodes(here, "y", "a", "z", "🗝️") // z is there already
	if err := s.removeCode(here, "y", "größe"); err != nil {
		s.Error(err)
	}
	y, x, theirs := codesIn(here, "y", "z", "a", "🗝️"), codesIn(here, "x", "z"), codesIn(elsewhere[0], "y", "a")
	list := listAppCodes(s.Context(), here.Project, grant.Filter{})
	got := walk(s, list, 1000, nothing)
	groups := map[grant.AppID][]grant.AppCodeRecord{}
	changes := 0
	for i, c := range got {
		name := grant.AppID(c.Service) + " " + c.App
		groups[name] = append(groups[name], c)
		if i > 0 && (c.App != got[i-1].App || c.Service != got[i-1].Service) {
			changes++
		}
	}
	s.diff("apps", map[grant.AppID][]grant.AppCodeRecord{"apig x": x, "apig y": y, "roma y": theirs}, groups)
	s.diff("how often the app changes", 2, changes)
	wantList(s, "all", got, list)
	wantList(s, "of an app", y, listAppCodes(s.Context(), here.Project, grant.Filter{Service: grant.APIG, App: "y"}))
}

func appCodesComeAndGo(s scene) {
	id := func(c grant.AppCodeRecord) string { return string(c.App + "/" + grant.AppID(c.Code)) }
	wantStable(s, id, func(limit int) (lister[grant.AppCodeRecord], []string, func(int)) {
		r := here
		r.Project = grant.ProjectID(fmt.Sprint("project", limit))
		for i := range 16 {
			s.insertCodes(r, grant.AppID(fmt.Sprint("app", i%3)), grant.AppCodeID(fmt.Sprint("code", i)))
		}
		list := listAppCodes(s.Context(), r.Project, grant.Filter{})
		var stay []string
		var leave []grant.AppCodeRecord
		for i, c := range walk(s, list, 1000, nothing) {
			if i%2 == 0 {
				stay = append(stay, id(c))
			} else {
				leave = append(leave, c)
			}
		}
		return list, stay, func(pages int) {
			for _, c := range []grant.AppCodeRecord{leave[(pages*limit/2)%len(leave)], leave[(pages*limit)%len(leave)]} {
				_ = s.removeCode(r, c.App, c.Code) // which may be gone already
			}
			if pages >= 5 {
				return // or the list would have no end
			}
			for _, app := range []grant.AppID{"app0", "app2", grant.AppID(fmt.Sprint("new app", pages%2))} {
				s.insertCodes(r, app, grant.AppCodeID(fmt.Sprint("new", pages)))
			}
		}
	})
}

func noAppCodes(s scene) {
	wantList(s, "of an empty store", nil, listAppCodes(s.Context(), here.Project, grant.Filter{}))
	s.insertCodes(here, "app", "code")
	for _, project := range []grant.ProjectID{"", "PROJECT", "project2", "projec_", "%"} {
		wantList(s, "of "+string(project), nil, listAppCodes(s.Context(), project, grant.Filter{}))
	}
}

func appCodeCursors(s scene) {
	s.insertCodes(here, "app", "code", "code2")
	wantBadCursors(s, listAppCodes(s.Context(), here.Project, grant.Filter{}), notTwoKeys...)
}
