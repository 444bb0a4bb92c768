package catalog_test

import (
	"fmt"
	"strings"
	"testing"
)

// lengths has one refusal for each place where an id has a greatest length, one
// character over it; TestLongestIDs shows that the length itself is accepted.
func lengths() []refusal {
	list := make([]refusal, 0, len(longIDs))
	for _, l := range longIDs {
		id := strings.Repeat("x", l.length+1)
		list = append(list, refusal{l.kind, fmt.Sprintf(l.text, id), fmt.Sprintf("file.yaml:%d: %s %q is not 1 to %d letters, digits, - and _", l.line, l.noun, id, l.length)})
	}
	return list
}

var longIDs = []struct {
	kind, noun, text string
	line, length     int
}{
	{"user", "user", "users:\n- name: %s\n  token: s3cret", 2, 64},
	{"project", "project", "projects:\n- id: %s", 2, 64},
	{"instance", "instance", users + project + "  roma:\n    instances:\n    - id: %s", 8, 64},
	{"environment", "environment", users + project + "  apig:\n    instances:\n    - id: gw\n      environments: [%s]", 9, 64},
	{"gateway API", "API", users + project + "  apig:\n    instances:\n    - id: gw\n      apis: [{id: %s, owner: ann}]", 9, 64},
	{"gateway app", "app", users + project + "  apig:\n    instances:\n    - id: gw\n      apps: [{id: %s}]", 9, 64},
	{"AppCode", "AppCode", users + project + "  apig:\n    instances:\n    - id: gw\n      apps: [{id: app, app_codes: [{id: %s, value: " + value + "}]}]", 9, 64},
	{"ModelArts app", "app", users + project + "  modelarts:\n    apps: [{id: %s}]", 7, 128},
	{"service", "service", users + project + "  modelarts:\n    services: [{id: %s}]", 7, 128},
	{"ModelArts workspace", "workspace", users + project + "  modelarts:\n    services:\n    - id: s\n      workspace: %s", 9, 128},
	{"ModelArts API", "API", users + project + "  modelarts:\n    services:\n    - id: s\n      apis: [{id: %s}]", 9, 255},
	{"workspace", "workspace", users + project + "  dataarts:\n    workspaces: [{id: %s}]", 7, 64},
	{"cluster", "cluster", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      clusters: [%s]", 9, 64},
	{"DataArts API", "API", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      apis: [{id: %s, owner: ann}]", 9, 64},
	{"DataArts app", "app", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      apps: [{id: %s}]", 9, 64},
}

func TestLongestIDs(t *testing.T) {
	t.Parallel()
	for _, l := range longIDs {
		t.Run(l.kind, func(t *testing.T) {
			t.Parallel()
			parse(t, fmt.Sprintf(l.text, strings.Repeat("x", l.length)))
		})
	}
}

var references = []refusal{
	{"project of a membership", "users:\n- name: ann\n  token: s3cret\n  member_of:\n  - project: q", `file.yaml:5: there is no project "q"`},
	{"project missing", "users:\n- name: ann\n  token: s3cret\n  member_of:\n  - permissions: []", `file.yaml:5: project is missing`},
	{"permission", "users:\n- name: ann\n  token: s3cret\n  member_of:\n  - project: p\n    permissions:\n    - DeleteEverything\nprojects: [{id: p}]", `file.yaml:7: there is no permission "DeleteEverything"`},
	{"owner of a gateway API", users + project + "  apig:\n    instances:\n    - id: gw\n      apis:\n      - id: api\n        owner: eve", `file.yaml:11: there is no user "eve"`},
	{"owner of a gateway API missing", users + project + "  apig:\n    instances:\n    - id: gw\n      apis:\n      - id: api", `file.yaml:10: user is missing`},
	{"owner that differs in case", users + project + "  apig:\n    instances:\n    - id: gw\n      apis:\n      - id: api\n        owner: Ann", `file.yaml:11: there is no user "Ann"`},
	{"published", users + project + "  apig:\n    instances:\n    - id: gw\n      apis:\n      - {id: api, owner: ann, published: [dev]}", `file.yaml:10: there is no environment "dev"`},
	{"published twice", users + project + "  apig:\n    instances:\n    - id: gw\n      environments: [dev]\n      apis:\n      - {id: api, owner: ann, published: [dev, dev]}", `file.yaml:11: duplicate environment "dev"`},
	{"owner of a gateway app", users + project + "  apig:\n    instances:\n    - id: gw\n      apps:\n      - id: app\n        owners: [ann, eve]", `file.yaml:11: there is no user "eve"`},
	{"owner of a gateway app twice", users + project + "  apig:\n    instances:\n    - id: gw\n      apps:\n      - id: app\n        owners: [ann, ann]", `file.yaml:11: duplicate user "ann"`},
	{"environment of an authorization", users + project + gateway + "      authorizations:\n      - {environment: prod, api: api, app: app}", `file.yaml:13: there is no environment "prod"`},
	{"environment of an authorization missing", users + project + gateway + "      authorizations:\n      - {api: api, app: app}", `file.yaml:13: environment is missing`},
	{"API of an authorization", users + project + gateway + "      authorizations:\n      - {environment: dev, api: x, app: app}", `file.yaml:13: there is no API "x"`},
	{"API of an authorization missing", users + project + gateway + "      authorizations:\n      - {environment: dev, app: app}", `file.yaml:13: API is missing`},
	{"app of an authorization", users + project + gateway + "      authorizations:\n      - {environment: dev, api: api, app: x}", `file.yaml:13: there is no app "x"`},
	{"app of an authorization missing", users + project + gateway + "      authorizations:\n      - {environment: dev, api: api}", `file.yaml:13: app is missing`},
	{"app of another instance", users + project + gateway + "    - {id: gw2, environments: [dev], apis: [{id: api, owner: ann}], authorizations: [{environment: dev, api: api, app: app}]}", `file.yaml:12: there is no app "app"`},
	{"API of a ModelArts authorization", users + project + service + "      authorizations:\n      - {api: x, app: app}", `file.yaml:12: there is no API "x"`},
	{"app of a ModelArts authorization", users + project + service + "      authorizations:\n      - {api: api, app: x}", `file.yaml:12: there is no app "x"`},
	{"owner of a DataArts API", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      apis:\n      - id: api\n        owner: eve", `file.yaml:11: there is no user "eve"`},
	{"reviewer", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      apis:\n      - {id: api, owner: ann, reviewers: [eve]}", `file.yaml:10: there is no user "eve"`},
	{"owner of a DataArts app", users + project + "  dataarts:\n    workspaces:\n    - id: w\n      apps:\n      - {id: app, owners: [eve]}", `file.yaml:10: there is no user "eve"`},
	{"cluster of an authorization", users + project + workspace + "      authorizations:\n      - {cluster: x, api: api, app: app, until: 2030-01-01T00:00:00Z}", `file.yaml:13: there is no cluster "x"`},
	{"API of a DataArts authorization", users + project + workspace + "      authorizations:\n      - {cluster: c, api: x, app: app, until: 2030-01-01T00:00:00Z}", `file.yaml:13: there is no API "x"`},
	{"app of a DataArts authorization", users + project + workspace + "      authorizations:\n      - {cluster: c, api: api, app: x, until: 2030-01-01T00:00:00Z}", `file.yaml:13: there is no app "x"`},
}

const (
	badToken   = "the token is not 1 to 65536 printable ASCII characters without spaces"
	badDigest  = "token_sha256 is not 64 hexadecimal digits"
	badAppCode = `the value of AppCode "c" is not 64 to 180 letters, digits and -_!@#$%+/=, or starts with a sign other than + and /`
)

// The secrets here all have s3cret in them, which no message may repeat.
var secrets = []refusal{
	{"no token", "users:\n- name: ann", `file.yaml:2: user "ann" needs a token or a token_sha256, one of them`},
	{"two tokens", "users:\n- name: ann\n  token: s3cret\n  token_sha256: s3cret", `file.yaml:2: user "ann" needs a token or a token_sha256, one of them`},
	{"token with a space", "users:\n- name: ann\n  token: s3cret ann", "file.yaml:3: " + badToken},
	{"token with a line break", "users:\n- name: ann\n  token: \"s3cret\\n\"", "file.yaml:3: " + badToken},
	{"token in unicode", "users:\n- name: ann\n  token: s3crett-ü", "file.yaml:3: " + badToken},
	{"long token", "users:\n- name: ann\n  token: s3cret" + strings.Repeat("x", 65531), "file.yaml:3: " + badToken},
	{"digest with a letter", "users:\n- name: ann\n  token_sha256: s3cret", "file.yaml:3: " + badDigest},
	{"short digest", "users:\n- name: ann\n  token_sha256: " + strings.Repeat("0", 63), "file.yaml:3: " + badDigest},
	{"short digest of whole bytes", "users:\n- name: ann\n  token_sha256: " + strings.Repeat("0", 62), "file.yaml:3: " + badDigest},
	{"long digest", "users:\n- name: ann\n  token_sha256: " + strings.Repeat("0", 66), "file.yaml:3: " + badDigest},
	{"token of another", users + "- {name: eve, token: s3cret-ann}", `file.yaml:4: user "eve" has the token of user "ann"`},
	{"token of another, hashed", "users:\n- {name: ann, token: '0'}\n- {name: eve, token_sha256: 5FECEB66FFC86F38D952786C6D696C79C2DBC239DD4E91B46729D73A27FB57E9}", `file.yaml:3: user "eve" has the token of user "ann"`},
	{"six AppCodes", app(codes(6)...), `file.yaml:10: app "app" has more than 5 AppCodes`},
	{"no value", app("id: c"), "file.yaml:12: " + badAppCode},
	{"short value", app(code("c", value[:63])), "file.yaml:12: " + badAppCode},
	{"long value", app(code("c", value+strings.Repeat("x", 117))), "file.yaml:12: " + badAppCode},
	{"value with a space", app(code("c", value+" x")), "file.yaml:12: " + badAppCode},
	{"value begins with a sign", app(code("c", "-"+value)), "file.yaml:12: " + badAppCode},
	{"value of another AppCode", app(code("c", value), code("d", value)), `file.yaml:13: AppCode "d" has the value of another one`},
	{"value of another app's AppCode", app(code("c", value)) + "      - {id: app2, app_codes: [" + code("d", value) + "]}", `file.yaml:13: AppCode "d" has the value of another one`},
}

// Slips of the pen by which a secret gets where YAML expects something else. What
// the error says is the library's choice, but it must not say the secret.
var misplaced = []refusal{
	{name: "a number, says the tag", text: "users:\n- name: ann\n  token: !!int s3cret"},
	{name: "a fraction, says the tag", text: "users:\n- name: ann\n  token: !!float s3cret"},
	{name: "a truth value, says the tag", text: "users:\n- name: ann\n  token: !!bool s3cret"},
	{name: "nothing, says the tag", text: "users:\n- name: ann\n  token: !!null s3cret"},
	{name: "a time, says the tag", text: "users:\n- name: ann\n  token: !!timestamp s3cret"},
	{name: "bytes, says the tag", text: "users:\n- name: ann\n  token: !!binary s3cret"},
	{name: "a tag itself", text: "users:\n- name: ann\n  token: !s3cret"},
	{name: "an anchor", text: "users:\n- name: ann\n  token: &s3cret"},
	{name: "a reference", text: "users:\n- name: ann\n  token: *s3cret"},
	{name: "a directive", text: "%s3cret\n---\nusers: []"},
	{name: "no space after the colon", text: "users:\n- {name: ann, token:s3cret}"},
	{name: "a list", text: "users:\n- name: ann\n  token: [s3cret]"},
	{name: "a mapping", text: "users:\n- name: ann\n  token: {s3cret: s3cret}"},
	{name: "a merge", text: "users:\n- name: ann\n  <<: s3cret"},
	{name: "a character that begins nothing", text: "users:\n- name: ann\n  token: @s3cret"},
	{name: "an unknown escape", text: "users:\n- name: ann\n  token: \"\\qs3cret\""},
	{name: "after the end of a quotation", text: "users:\n- name: ann\n  token: 'x's3cret"},
	{name: "a mapping in a value", text: "users:\n- name: ann\n  token: s3cret: s3cret"},
	{name: "an AppCode as a number", text: app("id: c\n          value: !!int s3cret")},
	{name: "an AppCode as a list", text: app("id: c\n          value: [s3cret]")},
}

var times = []refusal{
	{"only a date", "users:\n- name: ann\n  token: s3cret\n  expires_at: 2030-01-31", `file.yaml:4: "2030-01-31" is not a time like 2030-01-31T08:00:00Z`},
	{"no such day", "users:\n- name: ann\n  token: s3cret\n  expires_at: 2030-02-30T08:00:00Z", `file.yaml:4: "2030-02-30T08:00:00Z" is not a time like 2030-01-31T08:00:00Z`},
	{"until missing", users + project + workspace + "      authorizations:\n      - {cluster: c, api: api, app: app}", "file.yaml:13: until is missing"},
	{"until no time", users + project + workspace + "      authorizations:\n      - {cluster: c, api: api, app: app, until: soon}", `file.yaml:13: "soon" is not a time like 2030-01-31T08:00:00Z`},
	// The zero time would mean that it never ends.
	{"until the zero time", users + project + workspace + "      authorizations:\n      - {cluster: c, api: api, app: app, until: 0001-01-01T00:30:00Z}", `file.yaml:13: "0001-01-01T00:30:00Z" is not a time like 2030-01-31T08:00:00Z`},
	{"token's end the zero time", "users:\n- name: ann\n  token: s3cret\n  expires_at: 0001-01-01T00:00:00Z", `file.yaml:4: "0001-01-01T00:00:00Z" is not a time like 2030-01-31T08:00:00Z`},
}

// What just fits is accepted.
func TestLongestSecrets(t *testing.T) {
	t.Parallel()
	parse(t, "users: [{name: ann, token: "+strings.Repeat("x", 65536)+"}]")
	parse(t, app(append(codes(4), code("c", value+strings.Repeat("x", 116)))...))
}
