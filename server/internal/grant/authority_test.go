package grant_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	expiry := started.Add(time.Hour).In(start.Location())
	s.catalog.Users = append(s.catalog.Users, grant.User{Name: "tom", Token: grant.HashOf("tom"), ExpiresAt: expiry})
	s.reopen()
	expired := &grant.Error{Kind: grant.ExpiredToken, Msg: "2026-03-04T09:20:30Z"}
	for _, c := range []struct {
		name, token string
		now         time.Time
		want        *grant.Error
	}{
		{"valid", "ann", start, nil},
		{"never expires", "ann", start.AddDate(1000, 0, 0), nil},
		{"not expired yet", "tom", expiry.Add(-time.Microsecond), nil},
		{"expired at its instant", "tom", expiry, expired},
		{"expired", "tom", expiry.AddDate(1, 0, 0), expired},
		{"unknown", "nobody", start, &grant.Error{Kind: grant.UnknownToken}},
		{"empty", "", start, &grant.Error{Kind: grant.UnknownToken}},
		{"another case", "Ann", start, &grant.Error{Kind: grant.UnknownToken}},
		{"the hash", string(s.catalog.Users[0].Token[:]), start, &grant.Error{Kind: grant.UnknownToken}},
	} {
		s.now = c.now
		user, err := s.Authenticate(c.token)
		s.wantErr(c.want, err)
		if c.want == nil && (user == nil || string(user.Name) != c.token) {
			s.Errorf("%s: got the user %+v", c.name, user)
		}
		if c.want != nil && user != nil {
			s.Errorf("%s: got the user %+v besides the error", c.name, user)
		}
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk full")
	for _, c := range []struct {
		name string
		err  grant.Error
		want string
	}{
		{"zero", grant.Error{}, "internal"},
		{"internal", grant.Error{Err: cause}, "internal: disk full"},
		{"all", grant.Error{Kind: grant.NotFound, Field: "app", Msg: "x", Err: cause}, "not found: app: x: disk full"},
		{"message alone", grant.Error{Kind: grant.Illegal, Msg: "why"}, "illegal: why"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.err.Error(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := errors.Is(&c.err, cause); got != (c.err.Err != nil) {
				t.Errorf("the cause is found: %v", got)
			}
		})
	}
}

// newSeeded is a scene whose catalog starts with records and AppCodes; they are
// not in the store yet.
func newSeeded(t *testing.T) *scene {
	s := newROMA(t)
	contents := &s.catalog.Realms[0]
	contents.APIs = []grant.API{{ID: "api", Owner: "ann"}}
	contents.Authorizations = []grant.Authorization{
		{ID: "not read", Env: "dev", API: "api", App: "shop", Role: grant.Provider, At: started.AddDate(-1, 0, 0)},
		{Env: "dev", API: "api", App: "stock", Role: grant.Provider, Until: started.AddDate(1, 0, 0)},
	}
	s.reopen()
	return s
}

func TestSeed(t *testing.T) {
	t.Parallel()
	s := newSeeded(t)
	s.seed()
	records := s.records(romaRealm)
	want := []grant.Authorization{
		{Env: "dev", API: "api", App: "shop", Role: grant.Provider, At: started},
		{Env: "dev", API: "api", App: "stock", Role: grant.Provider, At: started, Until: started.AddDate(1, 0, 0)},
	}
	for i := range min(len(want), len(records)) {
		want[i].ID = records[i].ID
		if want[i].ID == "" || want[i].ID == "not read" {
			s.Errorf("the id is %q", want[i].ID)
		}
	}
	s.diff("records", want, records)
	s.diff("AppCodes", []grant.AppCodeID{"c1", "c2"}, s.codes(romaRealm, "shop", "c1", "c2", "c3"))

	// Again changes nothing, not even after a restart.
	s.now = start.Add(time.Hour)
	s.seed()
	s.reopen()
	s.seed()
	s.diff("records", want, s.records(romaRealm))

	// What was removed stays gone, and what the catalog gets later is added.
	s.update(func(ctx context.Context, tx grant.Tx) error {
		return errors.Join(
			tx.Remove(ctx, []grant.AuthorizationID{want[0].ID}),
			tx.RemoveAppCode(ctx, romaRealm, "shop", "c1"),
		)
	})
	contents := &s.catalog.Realms[0]
	contents.Envs = []grant.EnvID{"dev", "prod"}
	contents.Authorizations = append(contents.Authorizations, grant.Authorization{Env: "prod", API: "api", App: "shop", Role: grant.Provider})
	contents.Apps[0].AppCodes = append(contents.Apps[0].AppCodes, grant.AppCode{ID: "c4"})
	s.reopen()
	s.seed()
	got := s.records(romaRealm)
	want = []grant.Authorization{want[1], {Env: "prod", API: "api", App: "shop", Role: grant.Provider, At: started.Add(time.Hour)}}
	if len(got) == len(want) {
		want[1].ID = got[1].ID
	}
	s.diff("records", want, got)
	s.diff("AppCodes", []grant.AppCodeID{"c2", "c4"}, s.codes(romaRealm, "shop", "c1", "c2", "c3", "c4"))
}

// A record that exists before the catalog has it is left as it is, and stays gone
// when it is removed.
func TestSeedExisting(t *testing.T) {
	t.Parallel()
	s := newSeeded(t)
	record := []grant.Authorization{{Env: "dev", API: "api", App: "stock", Role: grant.Consumer, At: started.AddDate(-1, 0, 0)}}
	s.update(func(ctx context.Context, tx grant.Tx) error { return tx.Insert(ctx, romaRealm, record) })
	s.seed()
	got := s.records(romaRealm)
	if len(got) != 2 {
		s.Fatalf("got the records %v", got)
	}
	s.diff("record", record[0], got[0])
	s.update(func(ctx context.Context, tx grant.Tx) error {
		return tx.Remove(ctx, []grant.AuthorizationID{got[0].ID})
	})
	s.seed()
	s.diff("records", got[1:], s.records(romaRealm))
}

func TestSeedExistingAppCode(t *testing.T) {
	t.Parallel()
	s := newROMA(t)
	fresh := []grant.AppCode{{ID: "c4"}}
	s.update(func(ctx context.Context, tx grant.Tx) error { return tx.InsertAppCodes(ctx, romaRealm, "shop", fresh) })
	s.catalog.Realms[0].Apps[0].AppCodes = slices.Concat(fresh, []grant.AppCode{{ID: "c5"}})
	s.reopen()
	s.seed()
	s.diff("AppCodes", []grant.AppCodeID{"c4", "c5"}, s.codes(romaRealm, "shop", "c4", "c5"))
}
