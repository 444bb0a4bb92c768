package server_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server"
)

// remembered starts a server on the store of another, which it closes, and waits
// until it has looked for what it may forget.
func (f *fixture) remembered(t *testing.T, edit func(*server.Config)) *fixture {
	t.Helper()
	if err := f.server.Close(); err != nil {
		t.Fatal(err)
	}
	next := startAdmin(t, func(c *server.Config) {
		c.Store = f.store
		edit(c)
	})
	next.settled(t, 1) // its catalog is not new
	return next
}

// past are records that ended, in a project, next to records that did not.
func past(t *testing.T, f *fixture, project string) {
	t.Helper()
	of := func(c call) call { return c.withParam("project_id", project) }
	ended := f.ok(t, of(worldAuthorize("dev", []string{"shop"}, []string{"alices"}))).text(t, "auths", 0, "id")
	f.ok(t, of(worldCancel(ended)))
	if project != "home" { // the rest is there alone
		return
	}
	f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"})) // and this one stays
	f.ok(t, worldUnauthorize("cats", "meow", "a"))

	// Of DataArts Studio: an application that was rejected, an authorization that was
	// cancelled with its notice, one that is to be, and an application that waits.
	f.ok(t, worldAct(bob, "APPLY", "shop", in(100)))
	f.ok(t, review("RejectApplication", "home", f.application(t, pending)["id"].(string), object{}))
	f.ok(t, worldAct(alice, "AUTHORIZE", "depot", in(200)))
	f.ok(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "depot", in(80)))
	f.ok(t, review("ExecuteMessage", "home", f.message(t, toCheck)["id"].(string), object{}))
	f.ok(t, worldAct(alice, "AUTHORIZE", "shop", in(200)))
	f.ok(t, worldAct(dave, "API_CANCEL_AUTHORIZE", "shop", in(80)))
	f.ok(t, worldAct(bob, "APPLY", "late", in(100)))
}

// kept are the items of a list that have one of some values in a member.
func (f *fixture) kept(t *testing.T, op, project, member string, values ...string) array {
	t.Helper()
	list := array{}
	for _, item := range f.ok(t, operate(op, project)).member(t, lists[op]).(array) {
		if slices.Contains(values, item.(object)[member].(string)) {
			list = append(list, item)
		}
	}
	return list
}

// records are all lists of a project but the events.
func (f *fixture) records(t *testing.T, project string) []any {
	t.Helper()
	all := f.all(t, project)
	return all[:len(all)-1]
}

// What ended long enough ago is forgotten, and nothing else.
func TestKeepEnded(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	past(t, f, "home")
	past(t, f, "away")
	f.ok(t, advance("away", 1)) // its clock stands still from here on
	before, away := f.all(t, "home"), f.all(t, "away")
	want := map[string]array{
		"ListAuthorizations": f.kept(t, "ListAuthorizations", "home", "state", "live"),
		"ListApplications":   f.kept(t, "ListApplications", "home", "status", pending),
		"ListMessages":       f.kept(t, "ListMessages", "home", "status", toCheck),
	}
	for op, list := range want {
		if all := f.ok(t, operate(op, "home")).member(t, lists[op]).(array); len(list) == 0 || len(list) == len(all) {
			t.Fatalf("%d of %d items of %s are to stay: the test proves nothing", len(list), len(all), op)
		}
	}

	time.Sleep(20 * time.Millisecond)
	f = f.remembered(t, func(c *server.Config) { c.KeepEnded, c.KeepEvents = time.Millisecond, -1 })
	for op, list := range want {
		expect(t, f.do(t, operate(op, "home")), http.StatusOK, object{lists[op]: list})
	}
	after := f.all(t, "home")
	for i, op := range []string{"ReadProject", "ListAuthorizations", "ListAppCodes", "ListApplications", "ListMessages", "ListEvents"} {
		if _, forgets := want[op]; forgets {
			continue
		}
		if diff := cmp.Diff(before[i], after[i]); diff != "" {
			t.Errorf("%s (-before +after):\n%s", op, diff)
		}
	}
	if diff := cmp.Diff(away, f.all(t, "away")); diff != "" {
		t.Errorf("where the clock stands still (-before +after):\n%s", diff)
	}
	// What was forgotten may be made again.
	f.ok(t, worldAct(alice, "AUTHORIZE", "depot", in(200)))

	// When its clock runs again, the other project forgets too.
	f.ok(t, operate("ResetClock", "away"))
	f = f.remembered(t, func(c *server.Config) { c.KeepEnded, c.KeepEvents = time.Millisecond, -1 })
	if got := f.kept(t, "ListAuthorizations", "away", "state", "cancelled"); len(got) > 0 {
		t.Errorf("away still has %v", got)
	}
}

// Old events are forgotten, of all projects and whatever their clocks say, and no
// newer ones, nor anything else.
func TestKeepEvents(t *testing.T) {
	t.Parallel()
	for gap := 3 * time.Second; !keepsEventsAfter(t, gap); gap *= 3 {
		if gap > time.Minute {
			t.Fatalf("no server starts within %s", gap)
		}
	}
}

// keepsEventsAfter checks that a server forgets the events before a moment and keeps
// those after it, and tells false if that proves nothing, since the server took
// longer to start than what it was to keep is apart from what it was to forget.
func keepsEventsAfter(t *testing.T, gap time.Duration) bool {
	t.Helper()
	f := startAdmin(t)
	past(t, f, "home")
	past(t, f, "away")
	f.ok(t, setClock("away", newYear))
	cut := time.Now()
	time.Sleep(gap)
	f.ok(t, upsertProject("home", object{}))
	newest := f.ok(t, setClock("away", march)).header.Get("X-Request-Id")
	home, away := f.records(t, "home"), f.records(t, "away")
	want := map[string]array{"home": {}, "away": {}}
	for project := range want {
		events := f.ok(t, operate("ListEvents", project)).member(t, "events").(array)
		want[project] = events[len(events)-1:]
	}
	if got := want["away"][0].(object)["request_id"]; got != newest {
		t.Fatalf("the newest event is of %v, want %s", got, newest)
	}

	var start time.Time
	f = f.remembered(t, func(c *server.Config) {
		start = time.Now()
		c.KeepEnded, c.KeepEvents = -1, start.Sub(cut)
	})
	if time.Since(start) >= gap {
		return false
	}
	for project, events := range want {
		if diff := cmp.Diff(events, f.ok(t, operate("ListEvents", project)).member(t, "events")); diff != "" {
			t.Errorf("events of %s (-want +got):\n%s", project, diff)
		}
	}
	if diff := cmp.Diff([]any{home, away}, []any{f.records(t, "home"), f.records(t, "away")}); diff != "" {
		t.Errorf("records (-before +after):\n%s", diff)
	}
	// A cursor from before goes on with what is left.
	expect(t, f.do(t, operate("ListEvents", "home").withQuery("limit=1")), http.StatusOK,
		object{"events": want["home"], "next_cursor": f.ok(t, operate("ListEvents", "home")).text(t, "next_cursor")})
	return true
}

// For ever is for ever, also for what ended in 1970.
func TestKeepForEver(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.ok(t, setClock("home", "1970-01-01T00:00:00Z"))
	past(t, f, "home")
	f.ok(t, operate("ResetClock", "home"))
	before := f.all(t, "home")
	for _, keep := range []time.Duration{-1, -time.Hour} {
		f = f.remembered(t, func(c *server.Config) { c.KeepEnded, c.KeepEvents = keep, keep })
		if diff := cmp.Diff(before, f.all(t, "home")); diff != "" {
			t.Errorf("%s (-before +after):\n%s", keep, diff)
		}
	}
	// The defaults do forget.
	f = f.remembered(t, func(c *server.Config) { c.KeepEnded, c.KeepEvents = 0, 0 })
	if got := f.kept(t, "ListAuthorizations", "home", "state", "cancelled"); len(got) > 0 {
		t.Errorf("what ended in 1970 is there still: %v", got)
	}
	if diff := cmp.Diff(before[len(before)-1], f.all(t, "home")[len(before)-1]); diff != "" {
		t.Errorf("today's events (-before +after):\n%s", diff)
	}
}
