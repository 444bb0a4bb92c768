package storetest

import (
	"slices"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var endingCases = []testCase{
	{"ending/some of several", endSome},
	{"ending/time and cause", endTimes},
	{"ending/passed over", endPassedOver},
	{"ending/many at once", endMany},
	{"ending/frees the place", endFreesThePlace},
	{"ending/keeps all else", endKeepsAllElse},
}

func endSome(s scene) {
	made := s.insert(here, pair("api", "app1"), pair("api", "app2"), pair("api", "app3"), pair("api", "app4"))
	s.end(made[1].ID, made[3].ID)
	left := []grant.Authorization{made[0], made[2]}
	find := func() []grant.Authorization {
		s.Helper()
		return s.find(here, []grant.APIID{"api"}, []grant.AppID{"app1", "app2", "app3", "app4"})
	}
	s.diff("what is left", left, find())
	for _, auth := range []grant.Authorization{made[1], made[3]} {
		_, err := s.get(here, auth.ID)
		s.wantNotFound("look up an ended record", grant.NounAuthorization, string(auth.ID), err)
		auth.Ended, auth.Cause = noon, grant.Cancelled
		s.diff("the last one", auth, s.last("api", auth.App))
	}
	for _, auth := range left {
		s.diff("the last one", auth, s.last("api", auth.App))
	}
	s.end(made[1].ID, made[0].ID, made[0].ID)
	s.diff("what is left after ending one among others", left[1:], find())
}

func endTimes(s scene) {
	made := s.insert(here, pair("api", "app"))[0]
	for i, c := range []struct {
		at, want time.Time
		why      grant.Cause
	}{
		{noon.Add(time.Microsecond), noon.Add(time.Microsecond), grant.Cancelled},
		{noon.In(time.FixedZone("east", 5*3600+1800)), noon, grant.Expired},
		{time.Unix(0, 0), time.Unix(0, 0).UTC(), grant.Forced},
		{time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), grant.Cancelled},
	} {
		if i > 0 {
			made = s.insert(here, pair("api", "app"))[0]
		}
		s.update(func(tx grant.Tx) error {
			return tx.End(s.Context(), []grant.AuthorizationID{made.ID}, c.at, c.why)
		})
		made.Ended, made.Cause = c.want, c.why
		s.diff("ended at "+c.at.String(), made, s.last("api", "app"))
	}
}

// What has ended stays as it ended, and what doesn't exist keeps the others from
// nothing.
func endPassedOver(s scene) {
	made := s.insert(here, pair("api", "app"), pair("api", "app2"))
	application := s.apply(here, "api", "app")
	s.end()
	s.end("", "x", "ffffffffffffffffffffffffffffffff", grant.AuthorizationID(application.ID), made[0].ID+"0")
	s.diff("what is left after ending nothing", made[:1], s.findOne(here, "api"))

	s.end(made[0].ID)
	ended := s.last("api", "app")
	later := func(tx grant.Tx) error {
		ids := []grant.AuthorizationID{"x", made[0].ID, grant.AuthorizationID(application.ID), made[1].ID, ""}
		return tx.End(s.Context(), ids, noon.Add(time.Hour), grant.Forced)
	}
	s.update(later)
	s.update(later)
	s.diff("the one that had ended", ended, s.last("api", "app"))
	made[1].Ended, made[1].Cause = noon.Add(time.Hour), grant.Forced
	s.diff("the other one", made[1], s.last("api", "app2"))
	s.diff("the application", application, s.application(application.ID))
}

func endMany(s scene) {
	var records []grant.Authorization
	apis := make([]grant.APIID, 1500)
	for i := range apis {
		apis[i] = grant.APIID(time.Duration(i).String())
		records = append(records, pair(apis[i], "app"))
	}
	made := s.insert(here, records...)
	s.end(idsOf(made[1:])...)
	s.diff("what is left", made[:1], s.find(here, apis, []grant.AppID{"app"}))
	for _, auth := range []grant.Authorization{made[1], made[750], made[1499]} {
		auth.Ended, auth.Cause = noon, grant.Cancelled
		s.diff("an ended one", auth, s.last(auth.API, "app"))
	}
}

// One pair may come and go any number of times, even within one instant and one
// transaction.
func endFreesThePlace(s scene) {
	var made []grant.Authorization
	for range 3 {
		made = append(made, s.insert(here, pair("api", "app"))...)
		s.end(made[len(made)-1].ID)
	}
	s.update(func(tx grant.Tx) error {
		made = made[:3]
		for range 3 {
			records := []grant.Authorization{pair("api", "app")}
			if err := tx.Insert(s.Context(), here, records); err != nil {
				return err
			}
			if err := tx.End(s.Context(), idsOf(records), noon, grant.Cancelled); err != nil {
				return err
			}
			made = append(made, records[0])
		}
		return nil
	})
	want := made[len(made)-1]
	want.Ended, want.Cause = noon, grant.Cancelled
	s.diff("the last one", want, s.last("api", "app"))
	ids := idsOf(made)
	slices.Sort(ids)
	s.diff("how many ids", 6, len(slices.Compact(ids)))
	again := s.insert(here, pair("api", "app"))
	s.diff("the one that goes on", again, s.findOne(here, "api"))
	if err := s.try(func(tx grant.Tx) error {
		return tx.Insert(s.Context(), here, []grant.Authorization{pair("api", "app")})
	}); err == nil {
		s.Error("a second record that goes on is accepted")
	}
}

func endKeepsAllElse(s scene) {
	given := pair("api", "app")
	given.Role, given.Until = grant.Consumer, noon.AddDate(1, 0, 0)
	want := s.insert(here, given)[0]
	s.update(func(tx grant.Tx) error { return tx.SetNotice(s.Context(), want.ID, noon.AddDate(0, 1, 0)) })
	s.update(func(tx grant.Tx) error {
		return tx.End(s.Context(), []grant.AuthorizationID{want.ID}, noon.AddDate(0, 1, 0), grant.Forced)
	})
	want.Notice, want.Ended, want.Cause = noon.AddDate(0, 1, 0), noon.AddDate(0, 1, 0), grant.Forced
	s.diff("the last one", want, s.last("api", "app"))
}
