package catalog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// The beginnings of the broken catalogs. Each ends inside the last entry begun,
// so that a case goes on with line 6 or 11.
const (
	users = `users:
- {name: ann, token: s3cret-ann}
- {name: bob, token: s3cret-bob}
`
	project = `projects:
- id: p
`
	gateway = `  apig:
    instances:
    - id: gw
      environments: [dev]
      apis: [{id: api, owner: ann}]
      apps: [{id: app, owners: [ann]}]
`
	service = `  modelarts:
    apps: [{id: app}]
    services:
    - id: s
      apis: [{id: api}]
`
	workspace = `  dataarts:
    workspaces:
    - id: w
      clusters: [c]
      apis: [{id: api, owner: ann}]
      apps: [{id: app, owners: [ann]}]
`
)

// value is the value of an AppCode.
var value = "s3cret" + strings.Repeat("x", 58)

// refusal is a broken catalog and the whole error text; an empty one may be any.
type refusal struct {
	name, text, want string
}

func code(id, value string) string { return fmt.Sprintf("{id: %s, value: %s}", id, value) }

// app is a gateway with one app that has these AppCodes.
func app(codes ...string) string {
	return users + project + "  apig:\n    instances:\n    - id: gw\n      apps:\n      - id: app\n        app_codes:\n        - " +
		strings.Join(codes, "\n        - ") + "\n"
}

func codes(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = code(fmt.Sprintf("c%d", i), fmt.Sprintf("%s%d", value, i))
	}
	return list
}

var files = []refusal{
	{"empty", "", "file.yaml: no documents in stream"},
	{"two documents", users + "---\nprojects: []\n", "file.yaml: expected single document, found multiple"},
	{"syntax", users + "projects: [\n", "file.yaml:5: did not find expected node content"},
	{"syntax in a token", "users:\n- name: ann\n  token: \"s3cret\n", "file.yaml:4: found unexpected end of stream"},
	{"no UTF-8", "users: \xff", "file.yaml: invalid leading UTF-8 octet (value: 255)"},
	{"too large", strings.Repeat("#", catalog.MaxSize+1), "file.yaml: larger than 67108864 bytes"},
	{"just not too large", "\x00" + strings.Repeat("#", catalog.MaxSize-1), "file.yaml: control characters are not allowed (value: 0)"},
	{"a user that is nothing", "users:\n- null", "file.yaml:2: a list item that is nothing"},
	{"an owner that is nothing", "projects:\n- id: p\n  apig: {instances: [{id: i, apps: [{id: a, owners: [~]}]}]}", "file.yaml:3: a list item that is nothing"},
	{"a tag", "users: !mine []", "file.yaml:1: a tag"},
	{"a tag on a text", "users:\n- name: !!str ann", "file.yaml:2: a tag"},
	{"not a mapping", "[]", "file.yaml:1: a value of the wrong kind"},
	{"not a list", "users: ann", "file.yaml:1: a value of the wrong kind"},
	{"not an entry", "users:\n- ann", "file.yaml:2: a value of the wrong kind"},
	{"not a text", "users:\n- name: [ann]", "file.yaml:2: a value of the wrong kind"},
	{"token not a text", "users:\n- name: ann\n  token: [s3cret]", "file.yaml:3: a value of the wrong kind"},
	{"duplicate key", "users:\n- name: ann\n  token: s3cret\n  token: s3cret", `file.yaml:4: mapping key "token" already defined at line 3`},
	{"duplicate key that is no name", "{s3cret!: 1,\n s3cret!: 2}", "file.yaml:2: key already defined at line 1"},
	{"several problems", "users:\n- name: ann\n- name: bob", `file.yaml:2: user "ann" needs a token or a token_sha256, one of them (and 1 more)`},
	{"several unknown keys", "a: 1\nb: 2\nusers:\n- c: 3", `file.yaml:1: unknown key "a" (and 2 more)`},
}

var unknownKeys = []refusal{
	{"file", users + "colour: red", `file.yaml:4: unknown key "colour"`},
	{"only the case differs", "Users: []", `file.yaml:1: unknown key "Users"`},
	{"no name", "users:\n- name: ann\n  token:s3cret:", "file.yaml:3: unknown key"},
	{"user", "users:\n- name: ann\n  tokn: s3cret", `file.yaml:3: unknown key "tokn"`},
	{"membership", "users:\n- name: ann\n  member_of:\n  - colour: red", `file.yaml:4: unknown key "colour"`},
	{"project", users + project + "  colour: red", `file.yaml:6: unknown key "colour"`},
	{"gateways", users + project + "  apig:\n    colour: red", `file.yaml:7: unknown key "colour"`},
	{"gateway", users + project + gateway + "      colour: red", `file.yaml:12: unknown key "colour"`},
	{"gateway API", users + project + "  roma:\n    instances:\n    - apis:\n      - reviewers: []", `file.yaml:9: unknown key "reviewers"`},
	{"gateway app", users + project + "  roma:\n    instances:\n    - apps:\n      - owner: ann", `file.yaml:9: unknown key "owner"`},
	{"AppCode", app("valu: " + value), `file.yaml:12: unknown key "valu"`},
	{"gateway authorization", users + project + gateway + "      authorizations:\n      - until: x", `file.yaml:13: unknown key "until"`},
	{"ModelArts", users + project + "  modelarts:\n    apis: []", `file.yaml:7: unknown key "apis"`},
	{"ModelArts app", users + project + "  modelarts:\n    apps:\n    - owners: []", `file.yaml:8: unknown key "owners"`},
	{"service", users + project + service + "      apps: []", `file.yaml:11: unknown key "apps"`},
	{"ModelArts API", users + project + "  modelarts:\n    services:\n    - apis:\n      - owner: ann", `file.yaml:9: unknown key "owner"`},
	{"ModelArts authorization", users + project + service + "      authorizations:\n      - until: x", `file.yaml:12: unknown key "until"`},
	{"DataArts", users + project + "  dataarts:\n    instances: []", `file.yaml:7: unknown key "instances"`},
	{"workspace", users + project + workspace + "      environments: []", `file.yaml:12: unknown key "environments"`},
	{"DataArts API", users + project + "  dataarts:\n    workspaces:\n    - apis:\n      - published: []", `file.yaml:9: unknown key "published"`},
	{"DataArts app", users + project + "  dataarts:\n    workspaces:\n    - apps:\n      - app_codes: []", `file.yaml:9: unknown key "app_codes"`},
	{"DataArts authorization", users + project + workspace + "      authorizations:\n      - environment: c", `file.yaml:13: unknown key "environment"`},
}

var names = []refusal{
	{"user without", "users:\n- token: s3cret", "file.yaml:2: user without an id or name"},
	{"user null", "users:\n- name:\n  token: s3cret", "file.yaml:2: user without an id or name"},
	{"user syntax", "users:\n- name: ann b\n  token: s3cret", `file.yaml:2: user "ann b" is not 1 to 64 letters, digits, - and _`},
	{"line break at the end", "users:\n- name: \"ann\\n\"\n  token: s3cret", `file.yaml:2: user "ann\n" is not 1 to 64 letters, digits, - and _`},
	{"unicode", users + "projects:\n- id: größe", `file.yaml:5: project "größe" is not 1 to 64 letters, digits, - and _`},
	{"user twice", users + "- {name: ann, token: s3cret-3}", `file.yaml:4: duplicate user "ann"`},
	{"project without", users + "projects:\n- {}", "file.yaml:5: project without an id or name"},
	{"project twice", users + project + "- id: p", `file.yaml:6: duplicate project "p"`},
	{"instance without", users + project + "  apig:\n    instances:\n    - apis: []", "file.yaml:8: instance without an id or name"},
	{"instance twice", users + project + gateway + "    - id: gw", `file.yaml:12: duplicate instance "gw"`},
	{"ROMA instance twice", users + project + "  roma:\n    instances:\n    - id: gw\n    - id: gw", `file.yaml:9: duplicate instance "gw"`},
	{"environment without", users + project + "  apig:\n    instances:\n    - id: gw\n      environments:\n      - ''", "file.yaml:10: environment without an id or name"},
	{"environment twice", users + project + "  apig:\n    instances:\n    - id: gw\n      environments:\n      - dev\n      - dev", `file.yaml:11: duplicate environment "dev"`},
	{"gateway API twice", users + project + "  apig:\n    instances:\n    - id: gw\n      apis:\n      - {id: a, owner: ann}\n      - {id: a, owner: ann}", `file.yaml:11: duplicate API "a"`},
	{"gateway app twice", users + project + "  apig:\n    instances:\n    - id: gw\n      apps:\n      - id: a\n      - id: a", `file.yaml:11: duplicate app "a"`},
	{"AppCode twice", app(code("c", value), code("c", value+"2")), `file.yaml:13: duplicate AppCode "c"`},
	{"AppCode without", app("value: " + value), "file.yaml:12: AppCode without an id or name"},
	{"ModelArts app twice", users + project + "  modelarts:\n    apps:\n    - id: a\n    - id: a", `file.yaml:9: duplicate app "a"`},
	{"service twice", users + project + service + "    - id: s", `file.yaml:11: duplicate service "s"`},
	{"ModelArts API twice", users + project + "  modelarts:\n    services:\n    - id: s\n      apis:\n      - id: a\n      - id: a", `file.yaml:11: duplicate API "a"`},
	{"ModelArts workspace syntax", users + project + service + "      workspace: a/b", `file.yaml:11: workspace "a/b" is not 1 to 128 letters, digits, - and _`},
	{"workspace twice", users + project + workspace + "    - id: w", `file.yaml:12: duplicate workspace "w"`},
	{"cluster twice", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      clusters:\n      - c\n      - c", `file.yaml:11: duplicate cluster "c"`},
	{"DataArts API twice", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      apis:\n      - {id: a, owner: ann}\n      - {id: a, owner: ann}", `file.yaml:11: duplicate API "a"`},
	{"DataArts app twice", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      apps:\n      - id: a\n      - id: a", `file.yaml:11: duplicate app "a"`},
	{"membership twice", "users:\n- name: ann\n  token: s3cret\n  member_of:\n  - project: p\n  - project: p\nprojects: [{id: p}]", `file.yaml:6: duplicate membership of project "p"`},
	{"permission twice", "users:\n- name: ann\n  token: s3cret\n  member_of:\n  - project: p\n    permissions:\n    - DeleteAppCodeV2\n    - DeleteAppCodeV2\nprojects: [{id: p}]", `file.yaml:8: duplicate permission "DeleteAppCodeV2"`},
	{"gateway authorization twice", users + project + gateway + "      authorizations:\n      - &a {environment: dev, api: api, app: app}\n      - {environment: dev, api: api, app: app}", `file.yaml:14: duplicate authorization of app "app" for API "api"`},
	{"ModelArts authorization twice", users + project + service + "      authorizations:\n      - {api: api, app: app}\n      - {api: api, app: app}", `file.yaml:13: duplicate authorization of app "app" for API "api"`},
	{"DataArts authorization twice", users + project + workspace + "      authorizations:\n      - {cluster: c, api: api, app: app, until: 2030-01-01T00:00:00Z}\n      - {cluster: c, api: api, app: app, until: 2031-01-01T00:00:00Z}", `file.yaml:14: duplicate authorization of app "app" for API "api"`},
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for group, cases := range map[string][]refusal{
		"files": files, "unknown keys": unknownKeys, "names": names, "lengths": lengths(), "references": references,
		"secrets": secrets, "misplaced secrets": misplaced, "times": times,
	} {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.check(t)
				})
			}
		})
	}
}

func (c refusal) check(t *testing.T) {
	got, err := catalog.Parse("file.yaml", []byte(c.text))
	problems, ok := errors.AsType[*catalog.Problems](err)
	if !ok {
		t.Fatalf("got the error %v and %v, want *catalog.Problems", err, got)
	}
	diff(t, "what comes with an error", grant.Catalog{}, got)
	if c.want != "" {
		diff(t, "error", c.want, err.Error())
	}
	for _, p := range problems.List {
		if strings.Contains(p.Msg, "s3cret") {
			t.Errorf("line %d tells a secret: %s", p.Line, p.Msg)
		}
	}
}
