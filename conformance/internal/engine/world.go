package engine

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/exchange"
)

// world is what a case finds: the values of variables and the users' tokens. In a
// project of its own the ids are those of the documents' examples, so that the
// documented requests can be sent as they stand.
type world struct {
	values map[string]any
	tokens map[string]string
	now    time.Time // what the project's clock showed at first
	own    bool      // its projects are thrown away afterwards
}

// lookup gives a variable's value. Besides those of the world there are times:
// hour.N and past.N lie N whole hours after and before the present hour, minute.N so
// many minutes after the present minute; and token.NAME is a user's token.
func (w *world) lookup(name string) (any, bool) {
	if value, known := w.values[name]; known {
		return value, true
	}
	unit, count, _ := strings.Cut(name, ".")
	if unit == "token" {
		token, known := w.tokens[count]
		return token, known
	}
	n, err := strconv.Atoi(count)
	if err != nil {
		return nil, false
	}
	switch unit {
	case "hour":
		return w.now.Truncate(time.Hour).Add(time.Duration(n) * time.Hour).Format(timeLayout), true
	case "past":
		return w.now.Truncate(time.Hour).Add(-time.Duration(n) * time.Hour).Format(timeLayout), true
	case "minute":
		return w.now.Truncate(time.Minute).Add(time.Duration(n) * time.Minute).Format(timeLayout), true
	default:
		return nil, false
	}
}

const timeLayout = "2006-01-02T15:04:05.000Z"

// secrets are what no report must show.
func (w *world) secrets() exchange.Secrets {
	all := exchange.Secrets(slices.Collect(maps.Values(w.tokens)))
	for name, value := range w.values {
		if strings.HasSuffix(name, "_value") {
			all = append(all, fmt.Sprint(value))
		}
	}
	return all
}

// newWorld is the world of a case that gets projects of its own.
func newWorld(now time.Time) *world {
	w := &world{now: now.UTC(), own: true, tokens: map[string]string{}, values: map[string]any{
		"project": newID(), "other_project": newID(), "unknown": newID(), "unknown2": newID(),

		"apig.instance": "f0fa1789-3b76-433b-a787-9892951c620e", "apig.instance2": "a0fa1789-3b76-433b-a787-9892951c620e",
		"apig.env": "DEFAULT_ENVIRONMENT_RELEASE_ID", "apig.env2": "e2f9186e8a1c4d0f9b3c2d1e0f9a8b7c",
		"apig.api": "5f918d104dc84480a75166ba99efff21", "apig.api2": "7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e",
		"apig.api3": "8d3e0b7cf2a15d4c0e1f907b8c6d5e4f",
		"apig.app":  "356de8eb7a8742168586e5daf5339965", "apig.app2": "9ed8b7fe84224de681e7d7a5587e76dd",
		"apig.app3": "0fe9c80f95335ef792f8e8b6698f87ee",

		"roma.instance": "a1b2c3d4-0000-4000-8000-00000000000a", "roma.instance2": "a1b2c3d4-0000-4000-8000-00000000000b",
		"roma.env": "DEFAULT_ENVIRONMENT_RELEASE_ID", "roma.api": "b7e0c9d8a6f54e3c8b1a2d3c4e5f6071",
		"roma.app": "9ed8b7fe84224de681e7d7a5587e76dc", "roma.app2": "cd08f77b5b4a4d0c8f0a2d8c1f2b3e4d",
		"roma.app_code": "c0de0000000000000000000000000001", "roma.app_code2": "c0de0000000000000000000000000002",
		"roma.app_code3":       "c0de0000000000000000000000000003",
		"roma.app_code_value":  newID() + newID() + "-first",
		"roma.app_code2_value": newID() + newID() + "-second",
		"roma.app_code3_value": newID() + newID() + "-third",

		"modelarts.service": "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44", "modelarts.service2": "6fad4c1b-7b62-4c9f-ae68-4d2a1f3b8c55",
		"modelarts.service3": "7abe5d2c-8c73-4dae-bf79-5e3b2a4c9d66", "modelarts.workspace": "0", "modelarts.workspace3": "ws3",
		"modelarts.api": "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2", "modelarts.api2": "logic-api-0e84e858-49ec-41c6-80d7-a34fc22435c3",
		"modelarts.api3": "logic-api-1e84e858-49ec-41c6-80d7-a34fc22435c4",
		"modelarts.app":  "fb1a9eadd87b48abbd74b8ba1755dffd", "modelarts.app2": "logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867",
		"modelarts.app3": "logic-app-0b9acb40-6df6-4623-9f87-e0dae781d868",

		"dataarts.workspace": "0", "dataarts.workspace2": "b2c3d4e5f60718290a1b2c3d4e5f6071",
		"dataarts.cluster": "APIG", "dataarts.cluster2": "c3d4e5f60718290a1b2c3d4e5f6071b2",
		"dataarts.api": "47046fe7830c1be77cb0dc23bd86afa5", "dataarts.api2": "58157af8941d2cf88dc1ed34ce97bab6",
		"dataarts.app": "908489209a320df61607355c57c82882", "dataarts.app2": "a1959a310b431ea72718466d68d93993",
	}}
	for _, user := range users {
		w.tokens[user] = "conformance-" + newID()
	}
	w.tokens[intruder] = strings.ToUpper(w.tokens[owner]) // known only where case does not count
	return w
}

// The users of a world that the engine knows, and those who are none.
const (
	owner    = "owner" // who calls unless a step says otherwise
	nobody   = "nobody"
	intruder = "intruder"
	outsider = "outsider"
)

var users = []string{owner, "provider", "consumer", "stranger", "reader", "expired", outsider}

type (
	object = map[string]any
	list   = []any
)

// parts are those of a world that a case may meet: services and the other project.
type parts map[string]bool

const otherProject = "other_project"

// allServices is what harmless cases share.
var allServices = parts{"apig": true, "roma": true, "modelarts": true, "dataarts": true}

// partsFor leaves out what a case does not name, since making worlds takes most of the
// time of a run.
func partsFor(c cases.Case) parts {
	p := parts{}
	for _, name := range cases.Unfilled(c) {
		part, _, _ := strings.Cut(name, ".")
		p[part] = true
	}
	for _, feature := range c.Needs {
		p[string(feature)] = true
	}
	p[otherProject] = p[otherProject] || slices.Contains(cases.Unfilled(c), "token."+outsider) ||
		slices.ContainsFunc(c.Steps, func(s cases.Step) bool { return s.As == outsider })
	return p
}

// catalog is what is to exist, in the form of the admin contract.
//
// The owner owns all but what another is named for; the provider apig.api3 and
// dataarts.api, which the owner reviews, too; the consumer no API but dataarts.api2,
// and all apps together with the owner, except roma.app2, which is the provider's,
// apig.app3, which is the owner's, and dataarts.app2, the consumer's. The stranger owns
// nothing, the reader may do nothing, the outsider is at home in the other project.
func (w *world) catalog(p parts) object {
	v := w.values
	permissions := list{"CreateAuthorizingAppsV2", "CancelingAuthorizationV2", "DeleteAppCodeV2", "DeleteApiAppAuth", "AuthorizeActionApiToInstance"}
	people := list{}
	for _, name := range users {
		user := object{"name": w.name(name), "token": w.tokens[name]}
		switch {
		case name == outsider && p[otherProject]:
			user["member_of"] = list{object{"project": v["other_project"], "permissions": permissions}}
		case name == outsider:
			continue // nothing would take away who is a member of nothing
		case name == "reader":
			user["member_of"] = list{object{"project": v["project"]}}
		default:
			user["member_of"] = list{object{"project": v["project"], "permissions": permissions}}
		}
		if name == "expired" {
			user["expires_at"] = "2020-01-01T00:00:00Z"
		}
		people = append(people, user)
	}
	project := object{"id": v["project"]}
	for service, exists := range map[string]func() object{"apig": w.apig, "roma": w.roma, "modelarts": w.modelarts, "dataarts": w.dataarts} {
		if p[service] {
			project[service] = exists()
		}
	}
	projects := list{project}
	if p[otherProject] {
		projects = append(projects, object{"id": v["other_project"], "apig": object{"instances": list{object{
			"id": v["apig.instance"], "environments": list{v["apig.env"]},
			"apis": list{object{"id": v["apig.api"], "owner": w.name(outsider), "published": list{v["apig.env"]}}},
			"apps": list{object{"id": v["apig.app"], "owners": list{w.name(outsider)}}},
		}}}})
	}
	return object{"users": people, "projects": projects}
}

// name is a user's name on the target, where others have users, too.
func (w *world) name(user string) string { return user + "-" + w.values["project"].(string)[:16] }

func (w *world) owned(id string, owners ...string) object {
	names := list{}
	for _, owner := range owners {
		names = append(names, w.name(owner))
	}
	return object{"id": w.values[id], "owners": names}
}

func (w *world) apig() object {
	v := w.values
	return object{"instances": list{
		object{
			"id": v["apig.instance"], "environments": list{v["apig.env"], v["apig.env2"]},
			"apis": list{
				object{"id": v["apig.api"], "name": "orders", "owner": w.name("owner"), "published": list{v["apig.env"], v["apig.env2"]}},
				object{"id": v["apig.api2"], "name": "invoices", "owner": w.name("owner")},
				object{"id": v["apig.api3"], "name": "prices", "owner": w.name("provider"), "published": list{v["apig.env"]}},
			},
			"apps": list{
				w.owned("apig.app", "owner", "consumer"), w.owned("apig.app2", "owner", "consumer"), w.owned("apig.app3", "owner"),
			},
		},
		object{"id": v["apig.instance2"], "environments": list{v["apig.env"]}},
	}}
}

func (w *world) roma() object {
	v := w.values
	app := w.owned("roma.app", "owner", "consumer")
	app["app_codes"] = list{
		object{"id": v["roma.app_code"], "value": v["roma.app_code_value"]},
		object{"id": v["roma.app_code2"], "value": v["roma.app_code2_value"]},
	}
	app2 := w.owned("roma.app2", "provider")
	app2["app_codes"] = list{object{"id": v["roma.app_code3"], "value": v["roma.app_code3_value"]}}
	return object{"instances": list{
		object{
			"id": v["roma.instance"], "environments": list{v["roma.env"]},
			"apis": list{object{"id": v["roma.api"], "owner": w.name("owner"), "published": list{v["roma.env"]}}},
			"apps": list{app, app2},
			"authorizations": list{
				object{"environment": v["roma.env"], "api": v["roma.api"], "app": v["roma.app"]},
				object{"environment": v["roma.env"], "api": v["roma.api"], "app": v["roma.app2"]},
			},
		},
		object{"id": v["roma.instance2"]},
	}}
}

func (w *world) modelarts() object {
	v := w.values
	return object{
		"apps": list{object{"id": v["modelarts.app"]}, object{"id": v["modelarts.app2"]}, object{"id": v["modelarts.app3"]}},
		"services": list{
			object{
				"id": v["modelarts.service"], "workspace": v["modelarts.workspace"],
				"apis": list{object{"id": v["modelarts.api"]}},
				"authorizations": list{
					object{"api": v["modelarts.api"], "app": v["modelarts.app"]},
					object{"api": v["modelarts.api"], "app": v["modelarts.app2"]},
				},
			},
			object{"id": v["modelarts.service2"], "apis": list{object{"id": v["modelarts.api2"]}}},
			object{
				"id": v["modelarts.service3"], "workspace": v["modelarts.workspace3"],
				"apis":           list{object{"id": v["modelarts.api3"]}},
				"authorizations": list{object{"api": v["modelarts.api3"], "app": v["modelarts.app"]}},
			},
		},
	}
}

func (w *world) dataarts() object {
	v := w.values
	return object{"workspaces": list{
		object{
			"id": v["dataarts.workspace"], "clusters": list{v["dataarts.cluster"], v["dataarts.cluster2"]},
			"apis": list{
				object{"id": v["dataarts.api"], "owner": w.name("provider"), "reviewers": list{w.name("owner")}},
				object{"id": v["dataarts.api2"], "owner": w.name("consumer")},
			},
			"apps": list{w.owned("dataarts.app", "owner", "consumer"), w.owned("dataarts.app2", "consumer")},
		},
		object{"id": v["dataarts.workspace2"], "clusters": list{v["dataarts.cluster"]}},
	}}
}
