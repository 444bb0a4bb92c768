package grant_test

import (
	"testing"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var romaRealm = grant.Realm{Service: grant.ROMA, Project: project, ID: "roma"}

// newROMA is a scene with two instances of the same contents: bob's app shop has
// the AppCodes c1 and c2, cid's app stock c3. eve owns none.
func newROMA(t *testing.T) *scene {
	code := func(id grant.AppCodeID) grant.AppCode {
		return grant.AppCode{ID: id, Value: grant.HashOf("value of " + string(id))}
	}
	contents := grant.RealmContents{
		Realm: romaRealm,
		Envs:  []grant.EnvID{"dev"},
		Apps: []grant.App{
			{ID: "shop", Owners: []grant.UserName{"bob"}, AppCodes: []grant.AppCode{code("c1"), code("c2")}},
			{ID: "stock", Owners: []grant.UserName{"cid"}, AppCodes: []grant.AppCode{code("c3")}},
		},
	}
	second, apig := contents, contents
	second.ID = "roma2"
	apig.Service, apig.ID = grant.APIG, "gateway"
	return newScene(t, contents, second, apig)
}

func TestDeleteAppCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, user string
		req        grant.DeleteAppCode
		want       *grant.Error
	}{
		{"no member", "otto", grant.DeleteAppCode{Project: project, Instance: "x", App: "x", ID: "x"}, wrongProject},
		{"no permission", "rita", grant.DeleteAppCode{Project: project, Instance: "x", App: "x", ID: "x"}, noPermission(grant.MayDeleteAppCode)},
		{"unknown instance", "eve", grant.DeleteAppCode{Project: project, Instance: "x", App: "x", ID: "x"}, notFound(grant.NounInstance, "x")},
		{"another service's instance", "bob", grant.DeleteAppCode{Project: project, Instance: "gateway", App: "shop", ID: "c1"}, notFound(grant.NounInstance, "gateway")},
		{"another project's instance", "otto", grant.DeleteAppCode{Project: otherProject, Instance: "roma", App: "shop", ID: "c1"}, notFound(grant.NounInstance, "roma")},
		{"unknown app", "eve", grant.DeleteAppCode{Project: project, Instance: "roma", App: "x", ID: "x"}, notFound(grant.NounApp, "x")},
		{"unknown AppCode", "eve", grant.DeleteAppCode{Project: project, Instance: "roma", App: "shop", ID: "x"}, notFound(grant.NounAppCode, "x")},
		{"another app's AppCode", "bob", grant.DeleteAppCode{Project: project, Instance: "roma", App: "shop", ID: "c3"}, notFound(grant.NounAppCode, "c3")},
		{"another case", "bob", grant.DeleteAppCode{Project: project, Instance: "roma", App: "shop", ID: "C1"}, notFound(grant.NounAppCode, "C1")},
		{"owner of nothing", "eve", grant.DeleteAppCode{Project: project, Instance: "roma", App: "shop", ID: "c1"}, notOwner(grant.NounApp)},
		{"owner of another app", "cid", grant.DeleteAppCode{Project: project, Instance: "roma", App: "shop", ID: "c1"}, notOwner(grant.NounApp)},
		{"owner", "bob", grant.DeleteAppCode{Project: project, Instance: "roma", App: "shop", ID: "c1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newROMA(t)
			left := []grant.AppCodeID{"c1", "c2"}
			s.wantErr(c.want, s.DeleteAppCode(s.Context(), s.as(c.user), c.req))
			if c.want == nil {
				left = left[1:]
				s.wantErr(notFound(grant.NounAppCode, "c1"), s.DeleteAppCode(s.Context(), s.as(c.user), c.req))
			}
			s.diff("AppCodes", left, s.codes(romaRealm, "shop", "c1", "c2", "c3"))
			s.diff("the other app's", []grant.AppCodeID{"c3"}, s.codes(romaRealm, "stock", "c1", "c2", "c3"))
			s.diff("the other instance's", []grant.AppCodeID{"c1", "c2"},
				s.codes(grant.Realm{Service: grant.ROMA, Project: project, ID: "roma2"}, "shop", "c1", "c2", "c3"))
		})
	}
}
