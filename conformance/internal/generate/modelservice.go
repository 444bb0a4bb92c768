package generate

import (
	"math/rand/v2"
	"slices"

	"github.com/appgrant/appgrant/conformance/cases"
)

// modelService is the model of ModelArts. Each service has one API, with its index.
type modelService struct {
	live, ended []modelPair
}

type modelPair struct{ service, app int }

var (
	modelServices = []string{"$modelarts.service", "$modelarts.service2", "$modelarts.service3", "$unknown"}
	modelAPIs     = []string{"$modelarts.api", "$modelarts.api2", "$modelarts.api3", "$unknown2"}
	modelApps     = []string{"$modelarts.app", "$modelarts.app2", "$modelarts.app3", "$unknown"}

	workspaces       = []string{"$modelarts.workspace", "$modelarts.workspace3", "$unknown2"}
	serviceWorkspace = []int{0, 0, 1}
	unauthorizePaths = []string{"DeleteApiAppAuth", "DeleteApiAppAuthAlias"}
)

// The forms in which a request names its workspace.
const (
	unnamed = iota // not at all, which is the default one
	inQuery
	inBody
	inBoth
	atOdds // the default one in the query, and another in the body
	forms
)

func newModelService() model { return &modelService{live: []modelPair{{0, 0}, {0, 1}, {2, 0}}} }

func (*modelService) some(rng *rand.Rand) Action {
	a := Action{Do: Unauthorize, As: someUser(rng), Realm: rarely(rng, len(modelServices)), App: rng.IntN(len(modelApps)), Way: rng.IntN(2)}
	if rng.IntN(4) == 0 {
		a.Realm = 2
	}
	a.API = a.Realm
	if rng.IntN(6) == 0 {
		a.API = rng.IntN(len(modelAPIs))
	}
	if a.Env = 0; a.Realm == 2 {
		a.Env = 1
	}
	if rng.IntN(6) == 0 {
		a.Env = rng.IntN(len(workspaces))
	}
	if a.Form = rng.IntN(forms); a.Env > 0 && a.Form == unnamed {
		a.Form = inQuery
	}
	if rng.IntN(3) == 0 {
		a.MoreApps = 1 + rng.IntN(5)
	}
	if rng.IntN(5) == 0 {
		a.Together = 2 + rng.IntN(7)
	}
	return a
}

func (m *modelService) do(s *script, a Action) {
	apps := following(a.App, a.MoreApps, len(modelApps))
	var asked list
	for _, id := range named(modelApps, apps) {
		asked = append(asked, object{"app_id": id})
	}
	step := cases.Step{Call: unauthorizePaths[a.Way]}
	step.Path = object{"project_id": "$project", "service_id": modelServices[a.Realm], "api_id": modelAPIs[a.API]}
	body := object{"apps": asked}
	if a.Form == inQuery || a.Form == inBoth {
		step.Query = object{"workspace_id": workspaces[a.Env]}
	}
	if a.Form == inBody || a.Form == inBoth {
		body["workspace_id"] = workspaces[a.Env]
	}
	if a.Form == atOdds {
		step.Query, body["workspace_id"] = object{"workspace_id": workspaces[0]}, workspaces[1]
	}
	step.Body = body
	s.send(step, a, func() outcome {
		if o := m.refuse(s, a); o.answers != nil {
			return o
		}
		return outcome{answers: []answer{{status: 200}}, has: object{"unauth_result": m.cancel(a, apps)}}
	})
}

// refuse is why a request is refused; it has no answers if it is not.
func (m *modelService) refuse(s *script, a Action) (o outcome) {
	refused, is := s.refusal(a)
	if is && refused.answers[0].status == 401 {
		return refused
	}
	if a.Form == atOdds {
		return refuse(answer{400, "ModelArts.0101"})
	}
	workspace, known := a.Env, len(modelServices)-1
	if a.Form == unnamed {
		workspace = 0
	}
	switch {
	case is:
		return refused
	case workspaces[workspace] == "$unknown2" && a.Realm < known:
		return refuse(answer{400, "ModelArts.0102"})
	case workspaces[workspace] == "$unknown2":
		return refuse(answer{400, "ModelArts.0102"}, answer{404, "ModelArts.3502"})
	case a.Realm == known && a.API == known:
		return refuse(answer{404, "ModelArts.3502"}, answer{404, "ModelArts.3935"})
	case a.Realm == known || serviceWorkspace[a.Realm] != workspace:
		return refuse(answer{404, "ModelArts.3502"})
	case a.API == known:
		return refuse(answer{404, "ModelArts.3935"})
	case a.API != a.Realm:
		return refuse(answer{403, "ModelArts.3936"})
	}
	return o
}

// cancel takes an API away from apps, and returns what is answered for each.
func (m *modelService) cancel(a Action, apps []int) (results list) {
	for i, app := range apps {
		if slices.Contains(apps[:i], app) {
			continue
		}
		p, result := modelPair{a.Realm, app}, object{"api_id": modelAPIs[a.API], "app_id": modelApps[app]}
		if i := slices.Index(m.live, p); i >= 0 {
			m.live, m.ended = slices.Delete(m.live, i, i+1), append(m.ended, p)
			result["success"], result["auth_id"], result["reason"] = true, "<id>", absent
		} else {
			result["success"], result["auth_id"], result["reason"] = false, absent, "<text>"
		}
		results = append(results, result)
	}
	return results
}

func (m *modelService) end(s *script) {
	for service := range serviceWorkspace {
		for app := range modelApps[:3] {
			reason := "not_authorized"
			switch p := (modelPair{service, app}); {
			case slices.Contains(m.live, p):
				reason = "authorized"
			case slices.Contains(m.ended, p):
				reason = "cancelled"
			}
			s.decide(cases.Decision{Realm: modelServices[service], API: modelAPIs[service], App: modelApps[app], Reason: reason})
		}
	}
}
