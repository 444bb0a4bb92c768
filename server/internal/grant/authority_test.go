package grant_test

import (
	"errors"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	expiry := started.Add(time.Hour).In(start.Location())
	s.catalog.Users = append(s.catalog.Users, grant.User{Name: "tom", Token: grant.HashOf("tom"), ExpiresAt: expiry})
	s.apply()
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
		user, err := s.Authenticate(s.Context(), c.token)
		s.wantErr(c.want, err)
		want := grant.UserName(c.token)
		if c.want != nil {
			want = ""
		}
		s.diff(c.name, want, user)
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
