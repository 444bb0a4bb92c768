package sqlstore_test

import (
	"testing"

	"github.com/appgrant/appgrant/internal/alloctest"
	"github.com/appgrant/appgrant/server/internal/grant"
)

func TestAllocations(t *testing.T) { // alone, since it counts what the process allocates
	a := authority(t)
	next := 0
	authorize := func() grant.AuthorizationID {
		next++
		pairs, err := a.AuthorizeApps(t.Context(), caller, onePair(next))
		if err != nil {
			t.Fatal(err)
		}
		return pairs[0].ID
	}
	for next < sides { // so that all APIs have been seen
		authorize()
	}
	const runs = 200
	got := map[string]float64{}
	got["Authenticate"] = testing.AllocsPerRun(runs, func() {
		if _, err := a.Authenticate(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
	})
	got["Authorize"] = testing.AllocsPerRun(runs, func() { authorize() })
	ids := make([]grant.AuthorizationID, 0, runs+1) // one is for warming up
	for range cap(ids) {
		ids = append(ids, authorize())
	}
	got["Cancel"] = testing.AllocsPerRun(runs, func() {
		err := a.CancelAuthorization(t.Context(), caller, grant.CancelAuthorization{Project: "p", Instance: "i", ID: ids[0]})
		if err != nil {
			t.Fatal(err)
		}
		ids = ids[1:]
	})
	question := grant.Question{Project: "p", Service: grant.APIG, Realm: "i", Env: "e", API: apiID(5), App: appID(0)}
	got["Decide"] = testing.AllocsPerRun(runs, func() {
		if d, err := a.Decide(t.Context(), question); err != nil || !d.Allowed {
			t.Fatal(d, err)
		}
	})
	alloctest.Compare(t, got)
}
