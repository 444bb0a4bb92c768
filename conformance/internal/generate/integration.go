package generate

import (
	"math/rand/v2"
	"slices"

	"github.com/appgrant/appgrant/conformance/cases"
)

// integration is the model of ROMA Connect. Its second instance has nothing.
type integration struct {
	deleted []int
}

var (
	instances       = []string{"$roma.instance", "$roma.instance2", "$unknown"}
	integrationApps = []string{"$roma.app", "$roma.app2", "$unknown"}
	appCodes        = []string{"$roma.app_code", "$roma.app_code2", "$roma.app_code3", "$unknown"}
	appCodeApp      = []int{0, 0, 1}

	integrationAppOwners = [][]string{{"owner", "consumer"}, {"provider"}}
)

func newIntegration() model { return &integration{} }

func (*integration) some(rng *rand.Rand) Action {
	a := Action{Do: Delete, As: someUser(rng), Realm: rarely(rng, len(instances)), Code: rng.IntN(len(appCodes))}
	a.App = appCodeApp[min(a.Code, 2)]
	if rng.IntN(5) == 0 {
		a.App = rng.IntN(len(integrationApps))
	}
	if rng.IntN(6) == 0 {
		a.Together = 2 + rng.IntN(7)
	}
	return a
}

func (m *integration) do(s *script, a Action) {
	step := cases.Step{Call: "DeleteAppCodeV2"}
	step.Path = object{"project_id": "$project", "instance_id": instances[a.Realm], "app_id": integrationApps[a.App], "app_code_id": appCodes[a.Code]}
	s.send(step, a, func() outcome {
		refused, is := s.refusal(a)
		switch {
		case is:
			return refused
		case instances[a.Realm] == "$unknown":
			return refuse(answer{404, "APIG.3030"})
		case a.Realm > 0 || integrationApps[a.App] == "$unknown":
			return refuse(answer{404, "APIG.3004"})
		case a.Code >= len(appCodeApp) || appCodeApp[a.Code] != a.App || slices.Contains(m.deleted, a.Code):
			return refuse(answer{404, "APIG.3082"})
		case !slices.Contains(integrationAppOwners[a.App], users[a.As]):
			return refuse(answer{403, "APIG.1005"})
		}
		m.deleted = append(m.deleted, a.Code)
		return outcome{answers: []answer{{status: 204}}}
	})
}

// end has each AppCode call.
func (m *integration) end(s *script) {
	for code := range appCodeApp {
		reason := "authorized"
		if slices.Contains(m.deleted, code) {
			reason = "unknown_app_code"
		}
		s.decide(cases.Decision{Realm: instances[0], Env: "$roma.env", API: "$roma.api", AppCode: appCodes[code] + "_value", Reason: reason})
	}
}
