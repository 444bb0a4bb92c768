package storetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var eventCases = []testCase{
	{"events/every field", eventFields},
	{"events/many authorizations", eventOfMany},
	{"events/order and cursors", eventOrder},
	{"events/of a project", eventsOfProject},
	{"events/bad cursor", eventCursors},
}

func (s scene) append(events ...grant.Event) {
	s.Helper()
	for _, e := range events {
		s.updateIn(e.Project, func(tx grant.Tx) error { return tx.AppendEvent(s.Context(), e) })
	}
}

// events reads a page of the audit trail, whose cursor must not be empty.
func (s scene) events(project grant.ProjectID, limit int, cursor string) ([]grant.Event, string) {
	s.Helper()
	got := mustLook(s, func(r grant.Reader) (got pageOf[grant.Event], err error) {
		got.List, got.Next, err = r.ListEvents(s.Context(), project, grant.Page{Limit: limit, Cursor: cursor})
		return got, err
	})
	if got.Next == "" {
		s.Errorf("no cursor after %q", cursor)
	}
	if len(got.List) > limit {
		s.Errorf("%d events by %d", len(got.List), limit)
	}
	return got.List, got.Next
}

// wantEvents compares events, of whose ids only the order is known.
func (s scene) wantEvents(what string, want, got []grant.Event) {
	s.Helper()
	last := grant.EventID(0)
	got = slices.Clone(got)
	for i := range got {
		if got[i].ID <= last {
			s.Errorf("%s: the id %d comes after %d", what, got[i].ID, last)
		}
		last, got[i].ID = got[i].ID, 0
	}
	s.diff(what, want, got)
}

func eventFields(s scene) {
	auths := s.insert(here, pair("api", "app"), pair("api2", "app"))
	application := s.apply(workspace, "api", "app")
	everything := event(auths[0].ID, application.ID)
	want := []grant.Event{
		everything,
		{Project: here.Project, At: time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)},
		{Project: here.Project, At: noon, Actor: grant.Operator, Operation: "AddFault", RequestID: "größe <&>\n'\"🗝️", Realm: "<&>\u2028"},
		{Project: here.Project, At: noon.Add(time.Microsecond), APIs: []grant.APIID{"b", "a", "b"}, Apps: []grant.AppID{"z", ""}, AppCodes: []grant.AppCodeID{"größe"}},
		{Project: here.Project, At: noon, Authorizations: []grant.AuthorizationID{auths[1].ID}},
		{Project: here.Project, At: noon, Application: application.ID},
	}
	s.append(want...)
	want[0].At = want[0].At.UTC()
	got, _ := s.events(here.Project, 100, "")
	s.wantEvents("events", want, got)
	again, _ := s.events(here.Project, 100, "")
	s.diff("once more", got, again)
}

// However many there are, and in whatever order they are told, they are the set
// that was meant.
func eventOfMany(s scene) {
	var records []grant.Authorization
	for i := range 3000 {
		records = append(records, pair(grant.APIID(fmt.Sprint("api", i/100)), grant.AppID(fmt.Sprint("app", i%100))))
	}
	ids := idsOf(s.insert(here, records...))
	sparse := []grant.AuthorizationID{ids[0], ids[127], ids[128], ids[129], ids[255], ids[256], ids[2999]}
	for what, want := range map[string][]grant.AuthorizationID{"all": ids, "some": sparse, "the last": ids[2999:], "one of two bytes": ids[300:301]} {
		project := grant.ProjectID(what)
		given := slices.Clone(want)
		slices.Reverse(given)
		s.append(grant.Event{Project: project, At: noon, Authorizations: given})
		got, _ := s.events(project, 1, "")
		if len(got) != 1 {
			s.Fatalf("%s: %d events", what, len(got))
		}
		s.diff(what, slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got[0].Authorizations)))
	}
}

// A cursor leads on to what happened since, also one from before there was anything.
func eventOrder(s scene) {
	_, start := s.events(here.Project, 10, "")
	for limit := 1; limit <= 8; limit++ {
		var want, got []grant.Event
		happen := func() {
			s.Helper()
			i := len(want)
			want = append(want, grant.Event{Project: here.Project, At: noon.Add(-time.Duration(i) * time.Hour), RequestID: fmt.Sprint(limit, i)})
			s.append(want[i], grant.Event{Project: "between", At: noon})
		}
		read := func() {
			s.Helper()
			page, next := s.events(here.Project, limit, start)
			s.diff(fmt.Sprintf("how many by %d", limit), min(limit, len(want)-len(got)), len(page))
			got, start = append(got, page...), next
		}
		for range 7 {
			happen()
		}
		for range 7 {
			read()
		}
		read() // there are no more
		happen()
		read()
		s.wantEvents(fmt.Sprintf("events by %d", limit), want, got)
	}
	all, _ := s.events(here.Project, 100, "")
	s.diff("how many in all", 8*8, len(all))
}

func eventsOfProject(s scene) {
	projects := []grant.ProjectID{"project", "PROJECT", "project2", "größe", "gro\u0308\u00dfe", ""}
	for round := range 2 {
		for _, project := range projects {
			s.append(grant.Event{Project: project, At: noon, RequestID: fmt.Sprint(round, project)})
		}
	}
	for _, project := range projects {
		var want []grant.Event
		for round := range 2 {
			want = append(want, grant.Event{Project: project, At: noon, RequestID: fmt.Sprint(round, project)})
		}
		got, _ := s.events(project, 100, "")
		s.wantEvents("events of "+string(project), want, got)
	}
	for _, project := range []grant.ProjectID{"projec_", "%", "project "} {
		got, _ := s.events(project, 100, "")
		s.wantEvents("events of "+string(project), nil, got)
	}
}

func eventCursors(s scene) {
	s.append(grant.Event{Project: here.Project, At: noon})
	list := func(ctx context.Context) lister[grant.Event] {
		return func(r grant.Reader, page grant.Page) ([]grant.Event, string, error) {
			return r.ListEvents(ctx, here.Project, page)
		}
	}
	wantBadCursors(s, list(s.Context()), notOneKey...)
}
