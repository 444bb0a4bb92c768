package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
)

const (
	demoProject  = grant.ProjectID("0a1b2c3d4e5f60718293a4b5c6d7e8f9")
	otherProject = grant.ProjectID("ffffffffffffffffffffffffffffffff")
	releaseEnv   = grant.EnvID("DEFAULT_ENVIRONMENT_RELEASE_ID")
)

func parse(t *testing.T, text string) grant.Catalog {
	t.Helper()
	c, err := catalog.Parse("file.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestDemoUsers(t *testing.T) {
	t.Parallel()
	all := func(p grant.ProjectID) map[grant.ProjectID][]grant.Permission {
		return map[grant.ProjectID][]grant.Permission{p: grant.Permissions}
	}
	want := []grant.User{
		{Name: "owner", Token: grant.HashOf("demo-token"), Permissions: all(demoProject)},
		{Name: "app-owner", Token: grant.HashOf("demo-app-owner"), Permissions: all(demoProject)},
		{Name: "reader", Token: grant.HashOf("demo-reader"), Permissions: map[grant.ProjectID][]grant.Permission{demoProject: {}}},
		{
			Name: "expired", Token: grant.HashOf("demo-expired"), Permissions: all(demoProject),
			ExpiresAt: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		},
		{Name: "other", Token: grant.HashOf("demo-other"), Permissions: all(otherProject)},
	}
	diff(t, "users", want, parse(t, string(catalog.Demo)).Users)
}

func TestDemoRealms(t *testing.T) {
	t.Parallel()
	owners := []grant.UserName{"owner", "app-owner"}
	realm := func(s grant.Service, id grant.RealmID) grant.Realm {
		return grant.Realm{Service: s, Project: demoProject, ID: id}
	}
	var codes []grant.AppCode
	for i := 1; i <= 5; i++ {
		codes = append(codes, grant.AppCode{
			ID:    grant.AppCodeID(fmt.Sprintf("c0de%028d", i)),
			Value: grant.HashOf(fmt.Sprintf("demo-appcode-%d-for-trying-things-out-on-this-machine-and-nowhere-else", i)),
		})
	}
	const (
		telemetry = "b7e0c9d8a6f54e3c8b1a2d3c4e5f6071"
		sensors   = "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d"
		predict   = "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2"
		modelApp1 = "fb1a9eadd87b48abbd74b8ba1755dffd"
		modelApp2 = "logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867"
	)
	want := []grant.RealmContents{
		{
			Realm: realm(grant.APIG, "f0fa1789-3b76-433b-a787-9892951c620e"),
			Envs:  []grant.EnvID{releaseEnv},
			APIs: []grant.API{
				{ID: "5f918d104dc84480a75166ba99efff21", Name: "orders", Owner: "owner", Published: []grant.EnvID{releaseEnv}},
				{ID: "7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e", Name: "invoices", Owner: "owner", Published: []grant.EnvID{}},
			},
			Apps: []grant.App{
				{ID: "356de8eb7a8742168586e5daf5339965", Name: "shop", Owners: owners},
				{ID: "9ed8b7fe84224de681e7d7a5587e76dd", Name: "warehouse", Owners: owners},
			},
		},
		{
			Realm:          realm(grant.ROMA, "a1b2c3d4-0000-4000-8000-00000000000a"),
			Envs:           []grant.EnvID{releaseEnv},
			APIs:           []grant.API{{ID: telemetry, Name: "telemetry", Owner: "owner", Published: []grant.EnvID{releaseEnv}}},
			Apps:           []grant.App{{ID: sensors, Name: "sensors", Owners: owners, AppCodes: codes}},
			Authorizations: []grant.Authorization{{Env: releaseEnv, API: telemetry, App: sensors, Role: grant.Provider}},
		},
		{
			Realm:          realm(grant.ModelArts, "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44"),
			Workspace:      grant.DefaultWorkspace,
			Envs:           []grant.EnvID{grant.NoEnv},
			APIs:           []grant.API{{ID: predict, Name: "predict"}},
			Authorizations: []grant.Authorization{{API: predict, App: modelApp1}, {API: predict, App: modelApp2}},
		},
		{
			Realm: realm(grant.DataArts, "0"),
			Envs:  []grant.EnvID{"APIG"},
			APIs: []grant.API{{
				ID: "47046fe7830c1be77cb0dc23bd86afa5", Name: "customers", Owner: "owner",
				Reviewers: []grant.UserName{"owner"},
			}},
			Apps: []grant.App{{ID: "908489209a320df61607355c57c82882", Name: "campaign", Owners: owners}},
		},
	}
	modelApps := []grant.App{{ID: modelApp1, Name: "classifier"}, {ID: modelApp2, Name: "dashboard"}}
	diff(t, "projects", []grant.Project{{ID: demoProject, Apps: modelApps, Realms: want}, {ID: otherProject}}, parse(t, string(catalog.Demo)).Projects)
}

// Tokens and ids that YAML would take for numbers, truth values or dates are the
// text that stands in the file.
func TestScalarsAreText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0", "00", "0123", "123", "1e3", "0x1F", "1_000", "-1", "true", "no", "2030-01-31"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			c := parse(t, fmt.Sprintf(`
users: [{name: %[1]s, token: %[1]s, member_of: [{project: %[1]s}]}]
projects: [{id: %[1]s, dataarts: {workspaces: [{id: %[1]s, clusters: [%[1]s], apis: [{id: %[1]s, owner: %[1]s}]}]}}]
`, text))
			diff(t, "catalog", grant.Catalog{
				Users: []grant.User{{
					Name: grant.UserName(text), Token: grant.HashOf(text),
					Permissions: map[grant.ProjectID][]grant.Permission{grant.ProjectID(text): {}},
				}},
				Projects: []grant.Project{{ID: grant.ProjectID(text), Realms: []grant.RealmContents{{
					Realm: grant.Realm{Service: grant.DataArts, Project: grant.ProjectID(text), ID: grant.RealmID(text)},
					Envs:  []grant.EnvID{grant.EnvID(text)},
					APIs: []grant.API{{
						ID: grant.APIID(text), Name: text, Owner: grant.UserName(text),
						Reviewers: []grant.UserName{},
					}},
				}}}},
			}, c)
		})
	}
}

func TestTokenBySHA256(t *testing.T) {
	t.Parallel()
	c := parse(t, fmt.Sprintf("users: [{name: ann, token_sha256: %x}]", grant.HashOf("ann-token")))
	diff(t, "token", grant.HashOf("ann-token"), c.Users[0].Token)
}

// The end of a DataArts authorization is cut to the hour, in UTC; a token's isn't.
func TestTimes(t *testing.T) {
	t.Parallel()
	c := parse(t, `
users: [{name: ann, token: ann-token, expires_at: "2030-01-31T10:30:15+02:00"}]
projects:
- id: p
  dataarts:
    workspaces:
    - id: w
      clusters: [c]
      apis: [{id: api, owner: ann}]
      apps: [{id: app, owners: [ann]}]
      authorizations: [{cluster: c, api: api, app: app, until: "2030-01-31T10:30:15+02:00"}]
`)
	diff(t, "expires_at", time.Date(2030, 1, 31, 8, 30, 15, 0, time.UTC), c.Users[0].ExpiresAt)
	diff(t, "authorizations", []grant.Authorization{{
		Env: "c", API: "api", App: "app", Role: grant.Provider, Until: time.Date(2030, 1, 31, 8, 0, 0, 0, time.UTC),
	}}, c.Projects[0].Realms[0].Authorizations)
}

// An app may be authorized for an API once in each environment.
func TestAuthorizationsInTwoEnvironments(t *testing.T) {
	t.Parallel()
	c := parse(t, users+project+gateway+`    - id: gw2
      environments: [dev, prod]
      apis: [{id: api, owner: ann}]
      apps: [{id: app}]
      authorizations: [{environment: dev, api: api, app: app}, {environment: prod, api: api, app: app}]
`)
	diff(t, "authorizations", []grant.Authorization{
		{Env: "dev", API: "api", App: "app", Role: grant.Provider}, {Env: "prod", API: "api", App: "app", Role: grant.Provider},
	}, c.Projects[0].Realms[1].Authorizations)
}

// Ids of two places have nothing to do with each other, even when spelt alike,
// and those of one place differ if only in case.
func TestIDsAreLocal(t *testing.T) {
	t.Parallel()
	const gateways = `{instances: [{id: x, apis: [{id: x, owner: ann}, {id: X, owner: ann}]}, {id: X, apis: [{id: x, owner: ann}]}]}`
	const project = `apig: ` + gateways + `, roma: ` + gateways + `, modelarts: {services: [{id: x, apis: [{id: x}]}, {id: X, apis: [{id: x}]}]}, dataarts: {workspaces: [{id: x}, {id: X}]}}`
	c := parse(t, "users: [{name: ann, token: ann-token}]\nprojects:\n- {id: p, "+project+"\n- {id: P, "+project+"\n")
	if err := resolved(c); err != nil {
		t.Error(err)
	}
	for _, p := range c.Projects {
		diff(t, "number of realms", 8, len(p.Realms))
	}
	diff(t, "number of projects", 2, len(c.Projects))
}

// An AppCode's id is its app's own, like its path in the contract.
func TestAppCodeIDsOfTwoApps(t *testing.T) {
	t.Parallel()
	value := strings.Repeat("v", 64)
	text := "projects: [{id: p, roma: {instances: [{id: i, apps: [" +
		"{id: a, app_codes: [{id: c, value: " + value + "1}]}, {id: b, app_codes: [{id: c, value: " + value + "2}]}]}]}}]"
	want := []grant.App{
		{ID: "a", Name: "a", Owners: []grant.UserName{}, AppCodes: []grant.AppCode{{ID: "c", Value: grant.HashOf(value + "1")}}},
		{ID: "b", Name: "b", Owners: []grant.UserName{}, AppCodes: []grant.AppCode{{ID: "c", Value: grant.HashOf(value + "2")}}},
	}
	diff(t, "apps", want, parse(t, text).Projects[0].Realms[0].Apps)
}
