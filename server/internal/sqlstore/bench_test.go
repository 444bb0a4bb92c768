package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

// sides is how many apps and APIs the benchmarks have.
const sides = 2000

func appID(i int) grant.AppID { return grant.AppID(fmt.Sprintf("a%031x", i)) }
func apiID(i int) grant.APIID { return grant.APIID(fmt.Sprintf("b%031x", i)) }

// authority is one over a new database in which a gateway has sides apps and APIs.
func authority(b testing.TB) *grant.Authority {
	b.Helper()
	store, err := sqlstore.OpenSQLite(b.Context(), filepath.Join(b.TempDir(), "x.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	gateway := grant.RealmContents{Realm: grant.Realm{Service: grant.APIG, Project: "p", ID: "i"}, Envs: []grant.EnvID{"e"}}
	for i := range sides {
		gateway.APIs = append(gateway.APIs, grant.API{ID: apiID(i), Owner: "u", Published: []grant.EnvID{"e"}})
		gateway.Apps = append(gateway.Apps, grant.App{ID: appID(i)})
	}
	a := grant.New(store, time.Now)
	user := grant.User{Name: "u", Token: grant.HashOf("t"), Permissions: map[grant.ProjectID][]grant.Permission{"p": grant.Permissions}}
	err = a.Apply(b.Context(), grant.Catalog{Users: []grant.User{user}, Projects: []grant.Project{{ID: "p", Realms: []grant.RealmContents{gateway}}}}, grant.HashOf("catalog"))
	if err != nil {
		b.Fatal(err)
	}
	return a
}

var caller = grant.Caller{Name: "u", RequestID: "0123456789abcdef0123456789abcdef"}

// onePair asks for the n-th pair, APIs first.
func onePair(n int) grant.AuthorizeApps {
	return grant.AuthorizeApps{
		Project: "p", Instance: "i", Env: "e", Apps: []grant.AppID{appID(n / sides)}, APIs: []grant.APIID{apiID(n % sides)},
	}
}

// One pair a call, each with the authentication before it; 256 callers at once.
func BenchmarkAuthorize(b *testing.B) {
	a := authority(b)
	b.SetParallelism(128)
	b.ReportAllocs()
	var next atomic.Uint64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := next.Add(1) * 2_654_435_761 // far from the one before
			if _, err := a.Authenticate(b.Context(), "t"); err != nil {
				b.Error(err)
			}
			if _, err := a.AuthorizeApps(b.Context(), caller, onePair(int(i%(sides*sides)))); err != nil {
				b.Error(err)
			}
		}
	})
}

// Whether an app may call an API, of 10 000 that may.
func BenchmarkDecide(b *testing.B) {
	a := authority(b)
	const known = 10_000
	for n := 0; n < known; n += sides {
		ask := onePair(n)
		for i := 1; i < sides; i++ {
			ask.APIs = append(ask.APIs, apiID(i))
		}
		if _, err := a.AuthorizeApps(b.Context(), caller, ask); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		pair := onePair(n * 7919 % known)
		d, err := a.Decide(b.Context(), grant.Question{
			Project: "p", Service: grant.APIG, Realm: "i", Env: "e", API: pair.APIs[0], App: pair.Apps[0],
		})
		if err != nil || !d.Allowed {
			b.Fatal(d, err)
		}
	}
}

// 30 apps and 100 APIs a call.
func BenchmarkAuthorizeMany(b *testing.B) {
	a := authority(b)
	b.ReportAllocs()
	apps, apis := make([]grant.AppID, 30), make([]grant.APIID, 100)
	for n := 0; b.Loop(); n++ {
		for i := range apps {
			apps[i] = appID((n/20*30 + i) % sides)
		}
		for i := range apis {
			apis[i] = apiID(n%20*100 + i)
		}
		_, err := a.AuthorizeApps(b.Context(), caller, grant.AuthorizeApps{Project: "p", Instance: "i", Env: "e", Apps: apps, APIs: apis})
		if err != nil {
			b.Fatal(err)
		}
	}
}
