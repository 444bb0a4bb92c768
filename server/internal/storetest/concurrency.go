package storetest

import (
	"context"
	"fmt"
	"sync"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var concurrencyCases = []testCase{
	{"concurrency/insert if absent", insertIfAbsent},
	{"concurrency/one each", oneEach},
}

// InsertIfAbsent looks a pair up and inserts it if there is no record yet, in one
// transaction. It reports whether it did.
func InsertIfAbsent(ctx context.Context, store grant.Store, api grant.APIID, app grant.AppID) (inserted bool, err error) {
	err = store.Update(ctx, func(tx grant.Tx) error {
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
