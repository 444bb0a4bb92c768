package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/server"
)

// Users of the world, each with a token that is not the name. Alice owns APIs, bob
// owns apps, carol nothing, and dave reviews. All are members of home and away.
var (
	alice = tokenOf("alice")
	bob   = tokenOf("bob")
	carol = tokenOf("carol")
	dave  = tokenOf("dave")
)

func tokenOf(name string) string { return "secret-token-of-" + name }

// permissions are named by operation; the alias has none of its own.
var permissions = []string{
	"CreateAuthorizingAppsV2", "CancelingAuthorizationV2", "DeleteAppCodeV2", "DeleteApiAppAuth", "AuthorizeActionApiToInstance",
}

// inWorld makes a server of the world's catalog: what the demo doesn't have.
func inWorld(c *server.Config) {
	var text strings.Builder
	text.WriteString("users:\n")
	user := func(name, permissions string) {
		fmt.Fprintf(&text, "- {name: %s, token: %s, member_of: [{project: home, permissions: [%[3]s]}, {project: away, permissions: [%[3]s]}]}\n",
			name, tokenOf(name), permissions)
	}
	for _, name := range []string{"alice", "bob", "carol", "dave"} {
		user(name, strings.Join(permissions, ", "))
	}
	for _, permission := range permissions {
		user("only-"+permission, permission)
	}
	text.WriteString(world)
	c.Catalog, c.CatalogName = []byte(text.String()), "world.yaml"
}

const world = `
projects:
- id: home
  apig:
    instances:
    - &gw
      id: gw
      environments: [dev, prod]
      apis: [{id: alices, owner: alice}, {id: bobs, owner: bob}]
      apps: [{id: shop, owners: [bob]}, {id: depot, owners: [alice]}]
      authorizations: [{environment: dev, api: alices, app: depot}]
    - id: empty
      environments: [dev]
  roma:
    instances:
    - id: gw
      environments: [dev]
      apps:
      - id: shop
        owners: [bob]
        app_codes: [{id: code, value: appcode-of-shop-for-the-tests-of-this-package-and-for-nothing-else-at-all}]
      - id: depot
        owners: [bob]
        app_codes: [{id: other, value: appcode-of-depot-for-the-tests-of-this-package-and-for-nothing-else-at-all}]
  modelarts:
    apps: [{id: a}, {id: b}, {id: c}]
    services:
    - id: cats
      apis: [{id: meow}, {id: purr}]
      authorizations: [{api: meow, app: a}, {api: meow, app: b}, {api: purr, app: a}]
    - id: dogs
      workspace: kennel
      apis: [{id: bark}]
      authorizations: [{api: bark, app: a}]
  dataarts:
    workspaces:
    - &ws
      id: '0'
      clusters: [APIG, own]
      apis: [{id: sales, owner: alice, reviewers: [dave]}]
      apps: [{id: shop, owners: [bob]}, {id: depot, owners: [alice]}, {id: late, owners: [bob, alice]}]
      authorizations:
      - {cluster: APIG, api: sales, app: late, until: 2020-01-01T00:00:00Z}
    - id: lab
      clusters: [APIG]
      apis: [{id: sales, owner: bob}]
      apps: [{id: shop, owners: [bob]}]
- id: away
  apig: {instances: [*gw]}
`

// at moves a call to the world.
func (c call) at(params map[string]string) call {
	c.params = params
	return c
}

func worldAuthorize(env string, apps, apis []string) call {
	c := authorize(apps, apis).at(map[string]string{"project_id": "home", "instance_id": "gw"}).as(alice)
	c.body = encode(map[string]any{"env_id": env, "app_ids": apps, "api_ids": apis})
	return c
}

func worldCancel(id string) call {
	return cancel(id).at(map[string]string{"project_id": "home", "instance_id": "gw", "app_auth_id": id}).as(alice)
}

func worldDeleteCode(app, code string) call {
	return deleteCode(app, code).as(bob).
		at(map[string]string{"project_id": "home", "instance_id": "gw", "app_id": app, "app_code_id": code})
}

func worldUnauthorize(service, api string, apps ...string) call {
	return unauthorize(apps...).as(carol).at(map[string]string{"project_id": "home", "service_id": service, "api_id": api})
}

func worldAct(token, kind, app, until string) call {
	c := act(kind, until).as(token).at(map[string]string{"project_id": "home"})
	body := map[string]any{"api_id": "sales", "instance_id": "APIG", "app_id": app, "apply_type": "APPLY_TYPE_" + kind}
	if until != "" {
		body["time"] = until
	}
	c.body = encode(body)
	return c
}

// A permission is for the operation it is named by, and the alias path shares the
// main path's.
func TestPermissionsAreByOperation(t *testing.T) {
	t.Parallel()
	f := start(t, inWorld)
	alias := worldUnauthorize("cats", "meow", "a")
	alias.op = "DeleteApiAppAuthAlias"
	for _, test := range []struct {
		permission string
		call       call
		family     family
	}{
		{"CreateAuthorizingAppsV2", worldAuthorize("dev", []string{"shop"}, []string{"nothing"}), families.gateway},
		{"CancelingAuthorizationV2", worldCancel("nothing"), families.gateway},
		{"DeleteAppCodeV2", worldDeleteCode("nothing", "code"), families.gateway},
		{"DeleteApiAppAuth", worldUnauthorize("nothing", "meow", "a"), families.modelArts},
		{"DeleteApiAppAuth", alias.withParam("service_id", "nothing"), families.modelArts},
		{"AuthorizeActionApiToInstance", worldAct(alice, "AUTHORIZE", "nothing", future), families.dataArts},
	} {
		for _, other := range permissions {
			t.Run(test.call.op+"/"+other, func(t *testing.T) {
				t.Parallel()
				r := f.do(t, test.call.as(tokenOf("only-"+other)))
				if other != test.permission {
					test.family.noPermission.expect(t, r)
				} else if r.status == test.family.noPermission.status {
					t.Errorf("%s", r.raw)
				}
			})
		}
	}
}
