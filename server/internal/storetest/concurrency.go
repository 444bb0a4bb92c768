package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var concurrencyCases = []testCase{
	{"concurrency/insert if absent", insertIfAbsent},
	{"concurrency/one each", oneEach},
	{"concurrency/no lost update", noLostUpdate},
	{"concurrency/projects side by side", sideBySide},
}

// InsertIfAbsent looks a pair up and inserts it if there is no record yet, in one
// transaction. It reports whether it did.
func InsertIfAbsent(ctx context.Context, store grant.Store, api grant.APIID, app grant.AppID) (inserted bool, err error) {
	err = store.Update(ctx, here.Project, func(tx grant.Tx) error {
		inserted = false
		found, err := tx.Authorizations(ctx, here, dev, []grant.APIID{api}, []grant.AppID{app})
		if err != nil || len(found) > 0 {
			return err
		}
		inserted = true
		return tx.Insert(ctx, here, []grant.Authorization{pair(api, app)})
	})
	return inserted, err
}

func insertIfAbsent(s scene) {
	inserted := make([]bool, 50)
	s.concurrently(len(inserted), func(i int) (err error) {
		inserted[i], err = InsertIfAbsent(s.Context(), s.store, "api", "app")
		return err
	})
	winners := 0
	for _, in := range inserted {
		if in {
			winners++
		}
	}
	s.diff("how many inserted", 1, winners)
	s.diff("how many records", 1, len(s.findOne(here, "api")))
}

func oneEach(s scene) {
	apps := make([]grant.AppID, 50)
	for i := range apps {
		apps[i] = grant.AppID(fmt.Sprintf("app-%d", i))
	}
	s.concurrently(len(apps), func(i int) error {
		_, err := InsertIfAbsent(s.Context(), s.store, "api", apps[i])
		return err
	})
	ids := map[grant.AuthorizationID]bool{}
	for _, auth := range s.find(here, []grant.APIID{"api"}, apps) {
		ids[auth.ID] = true
	}
	s.diff("how many ids", len(apps), len(ids))
}

// Transactions on one project come one after the other, and those on all projects
// between them.
func noLostUpdate(s scene) {
	made := s.insert(here, pair("api", "app"))
	const workers, rounds = 8, 10
	s.concurrently(workers, func(i int) error {
		project := here.Project
		if i%4 == 0 {
			project = ""
		}
		for range rounds {
			err := s.store.Update(s.Context(), project, func(tx grant.Tx) error { return addSecond(s.Context(), tx, made) })
			if err != nil {
				return err
			}
		}
		return nil
	})
	made[0].Until = noon.Add(workers * rounds * time.Second)
	s.diff("after all updates", made, s.findOne(here, "api"))
}

// Those of different projects may overlap, and don't get into each other's way.
func sideBySide(s scene) {
	realms := make([]grant.Realm, 16)
	made := make([][]grant.Authorization, len(realms))
	for i := range realms {
		realms[i] = grant.Realm{Service: grant.APIG, Project: grant.ProjectID(fmt.Sprint("project", i/2)), ID: grant.RealmID(strconv.Itoa(i % 2))}
	}
	s.concurrently(len(realms), func(i int) error {
		return s.store.Update(s.Context(), realms[i].Project, func(tx grant.Tx) error {
			made[i] = []grant.Authorization{pair("api", "app"), pair("api", "app2")}
			_, err := tx.Seed(s.Context(), realms[i].Project, []string{"seed"})
			return errors.Join(
				err,
				tx.PutProject(s.Context(), full(realms[i].Project)),
				tx.Insert(s.Context(), realms[i], made[i]),
				tx.InsertAppCodes(s.Context(), realms[i], "app", codes("code")),
				tx.AppendEvent(s.Context(), grant.Event{Project: realms[i].Project, At: noon}),
			)
		})
	})
	for i, r := range realms {
		s.diff("records of "+string(r.Project), made[i], s.find(r, []grant.APIID{"api"}, []grant.AppID{"app", "app2"}))
		s.wantApp(r, "code", "app")
		s.wantContents(full(r.Project))
	}
}

// concurrently runs fn n times at once.
func (s scene) concurrently(n int, fn func(i int) error) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := fn(i); err != nil {
				s.Error(err)
			}
		})
	}
	group.Wait()
}
