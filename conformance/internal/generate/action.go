package generate

import "math/rand/v2"

// Verb is what an action does.
type Verb string

// The verbs: those of the gateways and of ModelArts, those of DataArts Studio, the
// answers that the admin contract has for its applications and notices, and waiting.
const (
	Authorize   Verb = "authorize"
	Cancel      Verb = "cancel"
	Delete      Verb = "delete"
	Unauthorize Verb = "unauthorize"

	Grant       Verb = "APPLY_TYPE_AUTHORIZE"
	Apply       Verb = "APPLY_TYPE_APPLY"
	Renew       Verb = "APPLY_TYPE_RENEW"
	CancelByApp Verb = "APPLY_TYPE_APP_CANCEL_AUTHORIZE"
	CancelByAPI Verb = "APPLY_TYPE_API_CANCEL_AUTHORIZE"

	Approve Verb = "approve"
	Reject  Verb = "reject"
	Execute Verb = "execute"
	Wait    Verb = "wait"
)

// Action is one thing that is done in a sequence. Beside the verb it has nothing but
// indices, of what each service's model lists; 0 is always the simplest there is. It
// means something by itself, whatever was done before.
type Action struct {
	Do Verb
	// As is who does it.
	As int
	// Realm is an instance, service or workspace, Env an environment or cluster; App and
	// API are what it is about, Code an AppCode.
	Realm, Env, App, API, Code int
	// MoreApps and MoreAPIs are how many more there are, those that follow in the list.
	MoreApps, MoreAPIs int
	// Back says that the record meant is not the last one of the pair, but one that many
	// before it.
	Back int
	// Time is the end time, in the list of them, or how long to wait. Form is how it is
	// written, or how a workspace is named.
	Time, Form int
	// Way is the path, of those that the operation has.
	Way int
	// Together is how many send the same at once; 0 is one.
	Together int
}

// knobs are what of an action can be made simpler.
func (a *Action) knobs() []*int {
	return []*int{
		&a.Together, &a.MoreApps, &a.MoreAPIs, &a.Back, &a.Form, &a.Way, &a.As, &a.Realm, &a.Env, &a.App, &a.API, &a.Code, &a.Time,
	}
}

// users are who may act. The first three own things, the next has every permission and
// owns nothing; the rest may do nothing.
var users = []string{"owner", "consumer", "provider", "stranger", "reader", "outsider", "expired", "nobody", "intruder"}

// someUser is mostly one who may act.
func someUser(rng *rand.Rand) int {
	if rng.IntN(8) == 0 {
		return rng.IntN(len(users))
	}
	return rng.IntN(3)
}

// skewed is an index below n, and the more likely the lower it is.
func skewed(rng *rand.Rand, n int) int { return min(rng.IntN(n), rng.IntN(n), rng.IntN(n)) }

// rarely is an index below n, mostly 0.
func rarely(rng *rand.Rand, n int) int {
	if rng.IntN(8) > 0 {
		return 0
	}
	return rng.IntN(n)
}

// following are count+1 indices below n, from the first on and round about.
func following(first, count, n int) []int {
	all := make([]int, count+1)
	for i := range all {
		all[i] = (first + i) % n
	}
	return all
}

// refusals of users who may do nothing, by service and user.
var refusals = map[string]map[string]answer{
	"apig":      gatewayRefusals,
	"roma":      gatewayRefusals,
	"modelarts": {"nobody": {401, "ModelArts.0201"}, "intruder": {401, "ModelArts.0203"}, "expired": {401, "ModelArts.0202"}, "outsider": {403, "ModelArts.0210"}, "reader": {403, "ModelArts.0108"}},
	"dataarts":  {"nobody": {401, "APIGW.0301"}, "intruder": {401, "APIGW.0301"}, "expired": {401, "APIGW.0301"}, "outsider": {403, "APIGW.0302"}, "reader": {403, "APIGW.0302"}},
}

var gatewayRefusals = map[string]answer{
	"nobody": {401, "APIG.1000"}, "intruder": {401, "APIG.1002"}, "expired": {401, "APIG.1001"}, "outsider": {403, "APIG.1005"}, "reader": {403, "APIG.1005"},
}
