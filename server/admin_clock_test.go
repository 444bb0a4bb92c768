package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server"
)

func clockAt(time string) object { return object{"time": time, "running": false} }

// between makes sure that a time is a real one of this test.
func between(t *testing.T, from time.Time, text string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if now := time.Now(); err != nil || at.Before(from.Truncate(time.Microsecond)) || at.After(now) {
		t.Errorf("%s (%v) is not between %s and %s", text, err, from, now)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	f, start := startAdmin(t), time.Now()
	runs := func() {
		t.Helper()
		r := f.ok(t, operate("ReadClock", "home"))
		between(t, start, r.text(t, "time"))
		expect(t, r, http.StatusOK, object{"time": r.text(t, "time"), "running": true})
	}
	runs()
	for _, test := range []struct {
		name string
		call call
		want string
	}{
		{"set", setClock("home", "2030-01-01T00:00:00Z"), "2030-01-01T00:00:00.000000Z"},
		{"advance", advance("home", 172800), "2030-01-03T00:00:00.000000Z"},
		{"not at all", advance("home", 0), "2030-01-03T00:00:00.000000Z"},
		{"back", setClock("home", "2029-12-31T23:59:59.123456Z"), "2029-12-31T23:59:59.123456Z"},
		{"finer than can be kept", setClock("home", "2030-01-01T00:00:00.123456789Z"), "2030-01-01T00:00:00.123456Z"},
		{"in another zone", setClock("home", "2030-01-01T00:00:00+02:00"), "2029-12-31T22:00:00.000000Z"},
		{"the first instant", setClock("home", "1970-01-01T00:00:00Z"), "1970-01-01T00:00:00.000000Z"},
		{"a century on", advance("home", 3155760000), "2070-01-01T00:00:00.000000Z"},
		{"the last second", setClock("home", "9999-12-31T23:59:59Z"), "9999-12-31T23:59:59.000000Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			expect(t, f.do(t, test.call), http.StatusOK, clockAt(test.want))
			expect(t, f.do(t, operate("ReadClock", "home")), http.StatusOK, clockAt(test.want)) // and stands still
		})
	}
	expect(t, f.do(t, operate("ResetClock", "home")), http.StatusNoContent, nil)
	runs()
	expect(t, f.do(t, operate("ResetClock", "home")), http.StatusNoContent, nil)

	// Advancing one that runs stops it that much later.
	r := f.ok(t, advance("home", 3600))
	at, err := time.Parse(time.RFC3339, r.text(t, "time"))
	if err != nil || r.member(t, "running") != false {
		t.Fatalf("%s %v", r.raw, err)
	}
	between(t, start, at.Add(-time.Hour).Format(time.RFC3339Nano))
	expect(t, f.do(t, operate("ReadClock", "home")), http.StatusOK, r.body)
}

// A clock doesn't pass the last time that RFC 3339 can tell.
func TestClockStaysTellable(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	f.ok(t, setClock("home", "9999-12-31T23:59:59Z"))
	for _, c := range []call{advance("home", 1), advance("home", 3155760000), setClock("home", "9999-12-31T23:59:59-01:00")} {
		r := f.do(t, c)
		if r.status != http.StatusBadRequest {
			t.Errorf("%d %s", r.status, r.raw)
		}
	}
	expect(t, f.do(t, operate("ReadClock", "home")), http.StatusOK, clockAt("9999-12-31T23:59:59.000000Z"))
}

// Each project has its own clock, which all servers of a store go by.
func TestClocksAreApart(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	g := startAdmin(t, func(c *server.Config) { c.Store = f.store })
	servers := []*fixture{f, g}
	f.ok(t, setClock("home", newYear))
	for _, s := range servers {
		expect(t, s.do(t, operate("ReadClock", "home")), http.StatusOK, clockAt(newYear))
		if running := s.ok(t, operate("ReadClock", "away")).member(t, "running"); running != true {
			t.Error("the clock of away stands still")
		}
	}
	g.ok(t, setClock("away", march))
	expect(t, f.do(t, operate("ReadClock", "away")), http.StatusOK, clockAt(march))
	expect(t, f.do(t, advance("home", 24*3600)), http.StatusOK, clockAt(nextDay))
	expect(t, g.do(t, advance("home", 24*3600)), http.StatusOK, clockAt("2030-01-03T00:00:00.000000Z"))

	// The other server decides by it, at once.
	data := question{"home", "dataarts", "0", "APIG", "sales", "shop", ""}
	f.ok(t, worldAct(alice, "AUTHORIZE", "shop", february))
	for _, test := range []struct{ now, reason string }{
		{"2030-01-31T23:59:59.999999Z", "authorized"}, {february, "expired"}, {newYear, "authorized"},
	} {
		f.ok(t, setClock("home", test.now))
		for _, s := range servers {
			if got := s.ask(t, data).text(t, "reason"); got != test.reason {
				t.Errorf("at %s: %s instead of %s", test.now, got, test.reason)
			}
		}
	}
	// A record has the time of the project that it is in.
	for project, want := range map[string]string{"home": newYear, "away": march} {
		g.ok(t, worldAuthorize("prod", []string{"shop"}, []string{"alices"}).withParam("project_id", project))
		got := column(t, f.ok(t, operate("ListAuthorizations", project).withQuery("app_id=shop&service=apig")), "authorizations", "at")
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", project, diff)
		}
	}
	g.ok(t, operate("ResetClock", "home"))
	if running := f.ok(t, operate("ReadClock", "home")).member(t, "running"); running != true {
		t.Error("the clock of home stands still")
	}
	expect(t, f.do(t, operate("ReadClock", "away")), http.StatusOK, clockAt(march))
}

// Servers of one store agree on everything else, too.
func TestServersAgree(t *testing.T) {
	t.Parallel()
	f := startAdmin(t)
	g := startAdmin(t, func(c *server.Config) { c.Store = f.store })
	f.ok(t, upsert(object{
		"users":    array{object{"name": "eve", "token": tokenOf("eve"), "member_of": array{member("home", "CreateAuthorizingAppsV2")}}},
		"projects": array{object{"id": "home", "apig": object{"instances": array{object{"id": "gw", "apis": array{object{"id": "eves", "owner": "eve"}}}}}}},
	}))
	r := g.do(t, worldAuthorize("dev", []string{"shop"}, []string{"eves"}).as(tokenOf("eve")))
	if diff := cmp.Diff([]row{{"shop", "eves", "SUCCESS", "PROVIDER"}}, rows(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.ok(t, addFault("home", object{"operation": "CreateAuthorizingAppsV2", "status": 404}))
	faultyAnswer(404).expect(t, g.do(t, worldAuthorize("dev", []string{"shop"}, []string{"eves"})))
	if diff := cmp.Diff(f.wholly(t), g.wholly(t)); diff != "" {
		t.Errorf("(-one +other):\n%s", diff)
	}
	f.ok(t, operate("DeleteProject", "home"))
	adminRefusals.notFound("project", "home").expect(t, g.do(t, operate("ReadProject", "home")))
	families.gateway.unknownToken.expect(t, g.do(t, worldAuthorize("dev", []string{"shop"}, []string{"eves"}).as(tokenOf("eve"))))
}

// Tokens expire, and events happen, in real time.
func TestRealTime(t *testing.T) {
	t.Parallel()
	start := time.Now()
	f := startAdmin(t)
	later := start.Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z")
	f.ok(t, upsertUsers(object{"name": "carol", "expires_at": later}))
	for _, now := range []string{"2001-01-01T00:00:00Z", "2100-01-01T00:00:00Z"} {
		f.ok(t, setClock("home", now))
		if got := f.tried(t, "home", carol); got != http.StatusOK {
			t.Errorf("at %s a good token gets %d", now, got)
		}
	}
	f.ok(t, upsertUsers(object{"name": "carol", "expires_at": "2021-01-01T00:00:00Z"}))
	f.ok(t, setClock("home", "2001-01-01T00:00:00Z"))
	families.modelArts.expiredToken.expect(t, f.do(t, worldUnauthorize("cats", "meow", "a")))

	f.ok(t, worldAuthorize("dev", []string{"shop"}, []string{"alices"}))
	for _, at := range column(t, f.ok(t, operate("ListEvents", "home")), "events", "at") {
		between(t, start, at)
	}
	record := f.only(t, operate("ListAuthorizations", "home").withQuery("service=apig&app_id=shop"))
	if got := record["at"]; got != "2001-01-01T00:00:00.000000Z" {
		t.Errorf("the record was made at %v", got)
	}
}
