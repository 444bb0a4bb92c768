package generate

import (
	"math/rand/v2"
	"slices"

	"github.com/appgrant/appgrant/conformance/cases"
)

// gateway is the model of APIG. Its second instance has the first environment and
// nothing else.
type gateway struct {
	records map[gatewayPair][]*record // the last one is the pair's present or last one
	touched []gatewayPair
}

type gatewayPair struct{ env, app, api int }

// record is an authorization.
type record struct {
	id, at string // variables, empty until captured
	role   string
	live   bool
}

// What there is in a gateway, and after it what is not.
var (
	gateways     = []string{"$apig.instance", "$apig.instance2", "$unknown"}
	environments = []string{"$apig.env", "$apig.env2", "$unknown"}
	gatewayApps  = []string{"$apig.app", "$apig.app2", "$apig.app3", "$unknown"}
	gatewayAPIs  = []string{"$apig.api", "$apig.api2", "$apig.api3", "$unknown2"}

	gatewayAPIOwner  = []string{"owner", "owner", "provider"}
	gatewayAppOwners = [][]string{{"owner", "consumer"}, {"owner", "consumer"}, {"owner"}}
	published        = [][]int{{0, 1}, {}, {0}} // environments, by API
)

func newGateway() model { return &gateway{records: map[gatewayPair][]*record{}} }

func (*gateway) some(rng *rand.Rand) Action {
	a := Action{
		Do: Authorize, As: someUser(rng), Realm: rarely(rng, len(gateways)), Env: rarely(rng, len(environments)),
		App: skewed(rng, len(gatewayApps)), API: skewed(rng, len(gatewayAPIs)),
	}
	if rng.IntN(8) == 0 {
		a.Together = 2 + rng.IntN(7)
	}
	if rng.IntN(2) == 0 {
		a.Do, a.Back = Cancel, rarely(rng, 3)
		return a
	}
	if rng.IntN(3) == 0 {
		a.MoreApps, a.MoreAPIs = skewed(rng, 5), skewed(rng, 5)
	}
	return a
}

func (g *gateway) do(s *script, a Action) {
	if a.Do == Cancel {
		g.cancel(s, a)
	} else {
		g.authorize(s, a)
	}
}

func (g *gateway) authorize(s *script, a Action) {
	apps, apis := following(a.App, a.MoreApps, len(gatewayApps)), following(a.API, a.MoreAPIs, len(gatewayAPIs))
	step := cases.Step{Call: "CreateAuthorizingAppsV2"}
	step.Path = object{"project_id": "$project", "instance_id": gateways[a.Realm]}
	step.Body = object{"env_id": environments[a.Env], "app_ids": named(gatewayApps, apps), "api_ids": named(gatewayAPIs, apis)}
	var items list
	s.send(step, a, func() outcome {
		o := g.refuse(s, a, apps, apis)
		if o.answers == nil {
			items = g.make(a, apps, apis)
			o = outcome{answers: []answer{{status: 201}}}
			if len(items) == 1 {
				o.has = object{"auths": items}
			}
		}
		return o
	})
	if items == nil {
		return
	}
	last := &s.steps[len(s.steps)-1]
	if last.Together == 0 && len(items) > 1 { // in what order is nobody's business
		last.Expect.Contains = map[string][]any{"/auths": items}
	}
	for _, app := range slices.Compact(slices.Sorted(slices.Values(apps))) {
		for _, api := range slices.Compact(slices.Sorted(slices.Values(apis))) {
			g.identify(s, gatewayPair{a.Env, app, api}, last.Together == 0 && len(items) == 1)
		}
	}
}

// refuse is why a request for pairs is refused; it has no answers if it is not.
func (g *gateway) refuse(s *script, a Action, apps, apis []int) (o outcome) {
	if refused, is := s.refusal(a); is {
		return refused
	}
	if gateways[a.Realm] == "$unknown" {
		return refuse(answer{404, "APIG.3030"})
	}
	lacks := func(i int, of []string) bool { return i == len(of)-1 || a.Realm > 0 }
	if a.Env > 0 && lacks(a.Env, environments) {
		o.answers = append(o.answers, answer{404, "APIG.3003"})
	}
	if slices.ContainsFunc(apps, func(i int) bool { return lacks(i, gatewayApps) }) {
		o.answers = append(o.answers, answer{404, "APIG.3004"})
	}
	if slices.ContainsFunc(apis, func(i int) bool { return lacks(i, gatewayAPIs) }) {
		o.answers = append(o.answers, answer{404, "APIG.3002"})
	}
	if o.answers != nil {
		return o
	}
	for _, app := range apps {
		for _, api := range apis {
			if g.role(a, app, api) == "" {
				return refuse(answer{403, "APIG.1005"})
			}
		}
	}
	return o
}

// role is in which role a user may authorize an app for an API, empty if in none.
func (g *gateway) role(a Action, app, api int) string {
	switch user := users[a.As]; {
	case gatewayAPIOwner[api] == user:
		return "PROVIDER"
	case slices.Contains(gatewayAppOwners[app], user):
		return "CONSUMER"
	default:
		return ""
	}
}

// make authorizes pairs, and returns what is answered for each.
func (g *gateway) make(a Action, apps, apis []int) (items list) {
	seen := map[gatewayPair]bool{}
	for _, app := range apps {
		for _, api := range apis {
			p := gatewayPair{a.Env, app, api}
			if seen[p] {
				continue
			}
			seen[p] = true
			status := "SKIPPED"
			if g.live(p) == nil {
				status = "SUCCESS"
				g.touch(p)
				g.records[p] = append(g.records[p], &record{role: g.role(a, app, api), live: true})
			}
			items = append(items, g.item(p, status))
		}
	}
	return items
}

// item is what is answered for a pair.
func (g *gateway) item(p gatewayPair, status string) object {
	r, id, at := g.live(p), "<id>", "<instant>"
	if r.id != "" {
		id, at = "$"+r.id, "$"+r.at
	}
	return object{
		"app_id": gatewayApps[p.app], "api_id": gatewayAPIs[p.api], "id": id, "auth_time": at, "auth_role": r.role,
		"auth_result": object{"status": status, "error_code": absent, "error_msg": absent},
	}
}

// identify makes sure that the id of a pair's record is known, if the last answer does
// not tell it by authorizing once more, which changes nothing.
func (g *gateway) identify(s *script, p gatewayPair, told bool) {
	r := g.live(p)
	if r.id != "" {
		return
	}
	if !told {
		step := cases.Step{Call: "CreateAuthorizingAppsV2"}
		step.Path = object{"project_id": "$project", "instance_id": gateways[0]}
		step.Body = object{"env_id": environments[p.env], "app_ids": list{gatewayApps[p.app]}, "api_ids": list{gatewayAPIs[p.api]}}
		s.send(step, Action{}, func() outcome {
			return outcome{answers: []answer{{status: 201}}, has: object{"auths": list{g.item(p, "SKIPPED")}}}
		})
	}
	r.id, r.at = s.fresh("auth"), s.fresh("time")
	s.capture(map[string]string{r.id: "/auths/0/id", r.at: "/auths/0/auth_time"})
}

// cancel ends the record of a pair, one that it had before, or one that never was.
func (g *gateway) cancel(s *script, a Action) {
	p := gatewayPair{a.Env, a.App, a.API}
	var r *record
	if had := g.records[p]; len(had) > a.Back {
		r = had[len(had)-1-a.Back]
	}
	step := cases.Step{Call: "CancelingAuthorizationV2"}
	step.Path = object{"project_id": "$project", "instance_id": gateways[a.Realm], "app_auth_id": "$unknown"}
	if r != nil {
		step.Path["app_auth_id"] = "$" + r.id
	}
	s.send(step, a, func() outcome {
		refused, is := s.refusal(a)
		switch {
		case is:
			return refused
		case gateways[a.Realm] == "$unknown":
			return refuse(answer{404, "APIG.3030"})
		case r == nil, !r.live, a.Realm > 0:
			return refuse(answer{404, "APIG.3009"})
		case g.role(a, a.App, a.API) == "":
			return refuse(answer{403, "APIG.1109"})
		}
		r.live = false
		return outcome{answers: []answer{{status: 204}}}
	})
}

// live is the record of a pair that has not ended, or nil.
func (g *gateway) live(p gatewayPair) *record {
	had := g.records[p]
	if len(had) == 0 || !had[len(had)-1].live {
		return nil
	}
	return had[len(had)-1]
}

func (g *gateway) touch(p gatewayPair) {
	if !slices.Contains(g.touched, p) {
		g.touched = append(g.touched, p)
	}
}

func (g *gateway) end(s *script) {
	for _, p := range g.touched {
		reason := "cancelled"
		switch {
		case g.live(p) != nil && slices.Contains(published[p.api], p.env):
			reason = "authorized"
		case g.live(p) != nil:
			reason = "unpublished"
		}
		s.decide(cases.Decision{Realm: gateways[0], Env: environments[p.env], App: gatewayApps[p.app], API: gatewayAPIs[p.api], Reason: reason})
	}
}

// named are the names of indices.
func named(names []string, indices []int) list {
	all := make(list, len(indices))
	for i, at := range indices {
		all[i] = names[at]
	}
	return all
}
