package generate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"

	"github.com/appgrant/appgrant/conformance/cases"
)

// Sequence is a random sequence of actions on one service: apig, roma, modelarts or
// dataarts.
type Sequence struct {
	Service cases.Feature
	Seed    uint64
	Number  int
	Actions []Action
}

// model foretells what a service answers. It is what the rules come to, told without
// a store and without the server's code.
type model interface {
	// some makes a random action.
	some(rng *rand.Rand) Action
	// do writes the steps of an action.
	do(s *script, a Action)
	// end writes the steps that look at what all of it came to.
	end(s *script)
}

// kind is what is particular to the sequences of a service.
type kind struct {
	service             cases.Feature
	operation, document string
	clock               string
	model               func() model
}

var kinds = []kind{
	{"dataarts", "AuthorizeActionApiToInstance", "dataarts-api-authorization-operations", start, newStudio},
	{"apig", "CreateAuthorizingAppsV2", "apig-authorize-apps", "", newGateway},
	{"modelarts", "DeleteApiAppAuth", "modelarts-cancel-api-app-authorization", "", newModelService},
	{"roma", "DeleteAppCodeV2", "roma-delete-appcode", "", newIntegration},
}

// turns are whose turn it is, over and over: those with more states come more often.
var turns = []int{0, 1, 0, 2, 0, 1, 3, 0, 1, 0}

// Sequences makes sequences of so many actions. The one of a number is the same however
// many there are.
func Sequences(seed uint64, count, length int) []Sequence {
	all := make([]Sequence, count)
	for number := range all {
		k := kinds[turns[number%len(turns)]]
		rng := rand.New(rand.NewPCG(seed, uint64(number)))
		s := Sequence{Service: k.service, Seed: seed, Number: number, Actions: make([]Action, length)}
		m := k.model()
		for i := range s.Actions {
			s.Actions[i] = m.some(rng)
		}
		all[number] = s
	}
	return all
}

// Case makes a case of a sequence: for each action its request and the whole answer
// that the model expects, and in the end a look at every pair that was touched.
func (s Sequence) Case() cases.Case {
	k := kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.service == s.Service })]
	m, script := k.model(), &script{service: string(s.Service)}
	for _, a := range s.Actions {
		m.do(script, a)
	}
	m.end(script)
	name := fmt.Sprintf("%s-%04d", s.Service, s.Number)
	c := cases.Case{
		ID: "generated/sequences/" + name, Name: name, Kind: cases.Sequence,
		About:     fmt.Sprintf("%d random actions are answered as the rules have it, and have the effects they should (sequence %d of seed %d).", len(s.Actions), s.Number, s.Seed),
		Operation: k.operation, Document: k.document, Generated: true,
		Needs: []cases.Feature{s.Service, cases.Admin, cases.Rulings}, Clock: k.clock, Steps: script.steps,
	}
	if k.clock != "" {
		c.Needs = append(c.Needs, cases.Clock)
	}
	return c
}

// script is what becomes the steps of a case.
type script struct {
	service  string
	steps    []cases.Step
	captured int
}

// fresh is the name of a variable that nobody has yet.
func (s *script) fresh(name string) string {
	s.captured++
	return fmt.Sprintf("%s%d", name, s.captured)
}

// outcome is what a model foretells of one request.
type outcome struct {
	answers []answer // any of them; what comes of several mistakes at once is left open
	has     any      // a part of the body
}

func refuse(answers ...answer) outcome { return outcome{answers: answers} }

// refusal is what a user gets who may do nothing, whatever is asked for.
func (s *script) refusal(a Action) (outcome, bool) {
	refused, is := refusals[s.service][users[a.As]]
	return refuse(refused), is
}

// send writes the step that sends a request, or several of the same at once, and has
// the model play each. What may have several statuses is sent once.
func (s *script) send(step cases.Step, a Action, play func() outcome) {
	step.As = users[a.As]
	first := play()
	step.Expect = expectAny(first.answers)
	if a.Together > 1 && step.Expect.Status > 0 {
		step.Together = a.Together
		step.Expect = cases.Expect{Among: []cases.Share{first.share()}}
		for range a.Together - 1 {
			step.Expect.Among = join(step.Expect.Among, play().share())
		}
	} else {
		step.Expect.Has = first.has
	}
	s.steps = append(s.steps, step)
}

// share is an outcome as one of several at once.
func (o outcome) share() cases.Share {
	e := expectAny(o.answers)
	return cases.Share{Count: 1, Status: e.Status, Error: e.Error, Has: o.has}
}

// join counts one more share among others.
func join(all []cases.Share, one cases.Share) []cases.Share {
	for i, other := range all {
		if other.Count = one.Count; reflect.DeepEqual(other, one) {
			all[i].Count++
			return all
		}
	}
	return append(all, one)
}

// capture has the last step give variables values from its answer.
func (s *script) capture(names map[string]string) { s.steps[len(s.steps)-1].Capture = names }

// decide writes the step that asks whether an app may call an API.
func (s *script) decide(d cases.Decision) {
	d.Service = s.service
	s.steps = append(s.steps, cases.Step{Decision: &d})
}

// absent stands for a member that must not be there.
const absent = "<absent>"
