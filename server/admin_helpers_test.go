package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/appgrant/appgrant/server"
)

const (
	adminToken  = "token-of-the-operator"
	accessToken = "token-of-the-gateways"
)

type (
	object = map[string]any
	array  = []any
)

// withAdmin opens the admin contract, test controls included. Nothing is forgotten
// because it ended long ago.
func withAdmin(c *server.Config) {
	c.AdminToken, c.AccessToken, c.TestControls = adminToken, accessToken, true
	c.KeepEnded = -1
}

// onNothing makes a server on which nothing exists.
func onNothing(c *server.Config) { c.Catalog, c.CatalogName = []byte("users: []\n"), "nothing.yaml" }

// startAdmin runs a server of the world with the admin contract open.
func startAdmin(t *testing.T, edit ...func(*server.Config)) *fixture {
	t.Helper()
	return start(t, append([]func(*server.Config){inWorld, withAdmin}, edit...)...)
}

// operate is a call of the operator about a project.
func operate(op, project string) call {
	return call{op: op, params: map[string]string{"project_id": project}, token: adminToken}
}

func (c call) withJSON(body any) call {
	c.contentType, c.body = "application/json", encode(body)
	return c
}

// outside lets a call be answered in ways that its contract doesn't have.
func (c call) outside(t *testing.T) call {
	t.Helper()
	op := contract(t).operations[c.op]
	c.method, c.path = op.method, op.path
	for name, value := range c.params {
		c.path = strings.ReplaceAll(c.path, "{"+name+"}", value)
	}
	return c
}

func upsert(catalog object) call {
	return call{op: "UpsertCatalog", token: adminToken}.withJSON(catalog)
}

// upsertProject is an upsert of one project with what it has.
func upsertProject(id string, contents object) call {
	project := maps.Clone(contents)
	project["id"] = id
	return upsert(object{"projects": array{project}})
}

// upsertUsers is an upsert of users alone.
func upsertUsers(users ...any) call { return upsert(object{"users": users}) }

func setClock(project, time string) call {
	return operate("SetClock", project).withJSON(object{"time": time})
}

func advance(project string, seconds int) call {
	return operate("AdvanceClock", project).withJSON(object{"seconds": seconds})
}

func addFault(project string, fault object) call {
	return operate("AddFault", project).withJSON(fault)
}

// review is an answer to an application or, for ExecuteMessage, a message.
func review(op, project, id string, answer object) call {
	name := "application_id"
	if op == "ExecuteMessage" {
		name = "message_id"
	}
	return operate(op, project).withParam(name, id).withJSON(answer)
}

// ok is do for a call that has to succeed.
func (f *fixture) ok(t *testing.T, c call) reply {
	t.Helper()
	r := f.do(t, c)
	if r.status >= http.StatusMultipleChoices {
		t.Fatalf("%s: %d %s", c.op, r.status, r.raw)
	}
	return r
}

// column is what the items of a list have in some of their members; those that
// an item lacks are passed over.
func column(t *testing.T, r reply, list string, members ...string) []string {
	t.Helper()
	items, ok := r.member(t, list).([]any)
	if !ok {
		t.Fatalf("no %s in %d %s", list, r.status, r.raw)
	}
	out := make([]string, len(items))
	for i, item := range items {
		var texts []string
		for _, name := range members {
			if v, ok := item.(object)[name]; ok {
				texts = append(texts, fmt.Sprint(v))
			}
		}
		out[i] = strings.Join(texts, " ")
	}
	return out
}

// pages follows the cursors of a list and returns what its pages have.
func (f *fixture) pages(t *testing.T, c call, limit int, list string, members ...string) (all [][]string) {
	t.Helper()
	query, cursor := c.query, ""
	for range 100 {
		c.query = fmt.Sprintf("%s&limit=%d%s", query, limit, cursor)
		r := f.ok(t, c)
		all = append(all, column(t, r, list, members...))
		next, more := r.member(t, "next_cursor").(string)
		if !more {
			return all
		}
		cursor = "&cursor=" + next
	}
	t.Fatalf("%s does not end", c.op)
	return nil
}

// flat are the items of all pages, each of which but the last has to be full.
func flat(t *testing.T, pages [][]string, limit int) []string {
	t.Helper()
	for i, page := range pages {
		if full := len(page) == limit; len(page) > limit || !full && i < len(pages)-1 || len(page) == 0 && i > 0 {
			t.Errorf("page %d of %d has %d items of %d", i+1, len(pages), len(page), limit)
		}
	}
	return slices.Concat(pages...)
}

// adminRefusals are those of the admin contract.
var adminRefusals = struct {
	badToken, narrowToken, controlsOff, tooLarge failure
	malformed                                    func(why, member string) failure
	missing, badValue, badPath                   func(name string) failure
	notFound                                     func(what, id string) failure
	refused                                      func(field, why string) failure
	conflict                                     func(why string) failure
}{
	badToken:    failure{401, "ADMIN.0401", "missing or wrong admin token"},
	narrowToken: failure{403, "ADMIN.0403", "this token may call ForwardAuth alone"},
	controlsOff: failure{403, "ADMIN.0403", "the server was started without --test-controls"},
	tooLarge:    failure{413, "ADMIN.0413", "body over the limit"},
	malformed: func(why, member string) failure {
		return failure{400, "ADMIN.0400", after("malformed body: "+why, ": ", member)}
	},
	missing:  naming("ADMIN.0400", "missing", ": "),
	badValue: naming("ADMIN.0400", "bad value", ": "),
	badPath:  naming("ADMIN.0400", "bad value", ": "),
	notFound: func(what, id string) failure {
		return failure{404, "ADMIN.0404", what + " " + id + " does not exist"}
	},
	refused: func(field, why string) failure {
		return failure{400, "ADMIN.0400", "bad value: " + field + ": " + why}
	},
	conflict: func(why string) failure { return failure{409, "ADMIN.0409", why} },
}

// adminCalls has a call of each operation of the admin contract that its gates let
// pass, by the operation's id.
func adminCalls() map[string]call {
	calls := map[string]call{
		"UpsertCatalog": upsert(object{}),
		"ListProjects":  {op: "ListProjects", token: adminToken},
		"DecideAccess":  operate("DecideAccess", "home").withQuery("service=apig&api_id=alices"),
		"ForwardAuth":   forwardAuth("home", "apig", "alices"),
		"SetClock":      setClock("home", "2027-01-01T00:00:00Z"),
		"AdvanceClock":  advance("home", 1),
		"AddFault":      addFault("home", object{"operation": "DeleteAppCodeV2", "status": 500}),
	}
	for _, op := range []string{
		"ReadProject", "DeleteProject", "ListAuthorizations", "ListAppCodes", "ListEvents", "ListApplications", "ListMessages",
		"ReadClock", "ResetClock", "ListFaults", "ClearFaults",
	} {
		calls[op] = operate(op, "home")
	}
	for _, op := range []string{"ApproveApplication", "RejectApplication", "ExecuteMessage"} {
		calls[op] = review(op, "home", nothing, object{})
	}
	return calls
}

// forwardAuth is a gateway's question.
func forwardAuth(project, service, api string) call {
	return call{op: "ForwardAuth", token: accessToken, header: http.Header{
		"X-Appgrant-Project": {project}, "X-Appgrant-Service": {service}, "X-Appgrant-Api": {api},
	}}
}
