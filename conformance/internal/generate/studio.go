package generate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
)

// studio is the model of DataArts Studio. Its second workspace has the first cluster
// and nothing else. Time is in minutes since the hour in which the clock was stopped.
type studio struct {
	now     int
	links   map[studioPair]*link
	touched []studioPair
	told    int // applications and notices so far
}

type studioPair struct{ cluster, app, api int }

// start is when the clock of a sequence is stopped, sinceHour in its minutes.
const (
	start     = "2031-03-05T08:20:00Z"
	sinceHour = 20
)

var (
	dataWorkspaces = []string{"", "$dataarts.workspace", "$dataarts.workspace2", "$unknown"} // the empty one is not sent
	clusters       = []string{"$dataarts.cluster", "$dataarts.cluster2", "$unknown"}
	dataApps       = []string{"$dataarts.app", "$dataarts.app2", "$unknown"}
	dataAPIs       = []string{"$dataarts.api", "$dataarts.api2", "$unknown2"}

	dataReviewers = [][]string{{"provider", "owner"}, {"consumer"}}
	dataAppOwners = [][]string{{"owner", "consumer"}, {"consumer"}}
	studioVerbs   = []Verb{Grant, Grant, Grant, Apply, Apply, Apply, Renew, Renew, CancelByAPI, CancelByAPI, CancelByApp, Wait, Wait, Wait, Approve, Reject, Execute}

	// endTimes are hours since the one in which the clock was stopped, waits minutes.
	endTimes = []int{72, 96, 48, 49, 24, 50, 120, 3, 2, 1, 0, 200, -1}
	waits    = []int{60, 40, 24 * 60, 20, 48 * 60, 47*60 + 59, 3 * 60, 1}
)

// The forms in which a request gives its end time.
const (
	onTheHour = iota
	oddly     // 37 minutes later, which are cut off
	notAtAll
	timeForms
)

func newStudio() model { return &studio{now: sinceHour, links: map[studioPair]*link{}} }

func (*studio) some(rng *rand.Rand) Action {
	a := Action{
		Do: pick(rng, studioVerbs), As: someUser(rng), Realm: rarely(rng, len(dataWorkspaces)), Env: rarely(rng, len(clusters)),
		App: rarely(rng, len(dataApps)), API: rarely(rng, len(dataAPIs)), Time: skewed(rng, len(endTimes)), Form: rarely(rng, timeForms),
	}
	if rng.IntN(3) == 0 {
		a.App, a.API = 0, 1
	}
	switch a.Do {
	case Wait:
		return Action{Do: Wait, Time: skewed(rng, len(waits))}
	case Approve, Reject, Execute:
		return Action{Do: a.Do, Env: a.Env % 2, App: a.App % 2, API: a.API % 2}
	default:
		if rng.IntN(8) == 0 {
			a.Together = 2 + rng.IntN(7)
		}
		return a
	}
}

func (m *studio) do(s *script, a Action) {
	switch a.Do {
	case Wait:
		m.wait(s, waits[a.Time])
	case Approve, Reject, Execute:
		m.answer(s, a)
	default:
		m.act(s, a)
	}
}

func (m *studio) wait(s *script, minutes int) {
	m.now += minutes
	s.steps = append(s.steps, cases.Step{Advance: (time.Duration(minutes) * time.Minute).String()})
}

// act sends one of the five actions.
func (m *studio) act(s *script, a Action) {
	step := cases.Step{Call: "AuthorizeActionApiToInstance"}
	step.Path = object{"project_id": "$project"}
	if workspace := dataWorkspaces[a.Realm]; workspace != "" {
		step.Header = object{"workspace": workspace}
	}
	body := object{"api_id": dataAPIs[a.API], "instance_id": clusters[a.Env], "app_id": dataApps[a.App], "apply_type": string(a.Do)}
	if a.Form != notAtAll {
		body["time"] = written(endTimes[a.Time], a.Form)
	}
	step.Body = body
	s.send(step, a, func() outcome {
		if o := m.refuse(s, a); o.answers != nil {
			return o
		}
		if m.link(studioPair{a.Env, a.App, a.API}).act(a, m) {
			return outcome{answers: []answer{{status: 204}}}
		}
		return refuse(answer{400, "DLM.4182"})
	})
}

// written is the variable of an hour.
func written(hour, form int) string {
	switch {
	case hour < 0:
		return fmt.Sprintf("$past.%d", -hour)
	case form == oddly:
		return fmt.Sprintf("$minute.%d", hour*60+37-sinceHour)
	default:
		return fmt.Sprintf("$hour.%d", hour)
	}
}

// refuse is why an action is refused, whatever the state; it has no answers if it is
// not. Where in the order of checks a missing time comes is left open.
func (m *studio) refuse(s *script, a Action) (o outcome) {
	timeless := a.Form == notAtAll && a.Do != CancelByApp
	if refused, is := s.refusal(a); is {
		if timeless && refused.answers[0].status == 403 {
			refused.answers = append(refused.answers, answer{400, "DLS.1000"})
		}
		return refused
	}
	if timeless {
		o.answers = append(o.answers, answer{400, "DLS.1000"})
	}
	if a.Realm == 3 {
		o.answers = append(o.answers, answer{400, "DLM.4001"})
		return o
	}
	elsewhere := a.Realm == 2
	if a.Env == 2 || a.Env == 1 && elsewhere {
		o.answers = append(o.answers, answer{400, "DLM.4215"})
	}
	if a.API == 2 || elsewhere {
		o.answers = append(o.answers, answer{400, "DLM.4018"})
	}
	if a.App == 2 || elsewhere {
		o.answers = append(o.answers, answer{400, "DLM.4063"})
	}
	if len(o.answers) > 1 || len(o.answers) == 1 && !timeless {
		return o
	}
	who := dataAppOwners[a.App]
	if a.Do == Grant || a.Do == CancelByAPI {
		who = dataReviewers[a.API]
	}
	switch {
	case !slices.Contains(who, users[a.As]):
		o.answers = append(o.answers, answer{400, "DLM.4182"})
	case a.Do != CancelByApp && a.Form != notAtAll && endTimes[a.Time]*60 <= m.now:
		o.answers = append(o.answers, answer{400, "DLS.1000"})
	}
	return o
}

// link is how a pair stands now.
func (m *studio) link(p studioPair) *link {
	l := m.links[p]
	if l == nil {
		l = &link{past: "not_authorized"}
		m.links[p] = l
		m.touched = append(m.touched, p)
	}
	l.settle(m.now)
	return l
}

// answer answers what waits between an app and an API, or what has waited, or what
// never was.
func (m *studio) answer(s *script, a Action) {
	p := studioPair{a.Env, a.App, a.API}
	l, to := m.link(p), replies[a.Do]
	waiting, id := l.waits(to.notice), &l.application
	if to.notice {
		id = &l.message
	}
	if waiting {
		m.list(s, p, to, id)
	}
	step := cases.Step{Call: to.call}
	step.Path, step.Body = object{"project_id": "$project", to.parameter: "$unknown"}, object{}
	step.Expect = cases.Expect{Status: 404, Error: "ADMIN.0404"}
	if *id != "" {
		step.Path[to.parameter], step.Expect = "$"+*id, cases.Expect{Status: 409, Error: "ADMIN.0409"}
	}
	if waiting {
		step.Expect = cases.Expect{Status: 200, Has: object{"status": to.status, "env_id": clusters[p.cluster]}}
		l.answered(a.Do)
	}
	s.steps = append(s.steps, step)
}

// reply is what answers something that waits.
type reply struct {
	notice                                        bool
	list, members, waits, call, parameter, status string
}

var replies = map[Verb]reply{
	Approve: {false, "ListApplications", "applications", "STATUS_TYPE_PENDING_APPROVAL", "ApproveApplication", "application_id", "STATUS_TYPE_PASSED"},
	Reject:  {false, "ListApplications", "applications", "STATUS_TYPE_PENDING_APPROVAL", "RejectApplication", "application_id", "STATUS_TYPE_REJECTED"},
	Execute: {true, "ListMessages", "messages", "STATUS_TYPE_PENDING_CHECK", "ExecuteMessage", "message_id", "STATUS_TYPE_SYNCHRONOUS_EXECUTE"},
}

// list lists what waits between an app and an API, in all clusters, and captures the
// id of that in one of them.
func (m *studio) list(s *script, p studioPair, to reply, id *string) {
	var waiting []studioPair
	for cluster := range 2 {
		other := studioPair{cluster, p.app, p.api}
		if l := m.links[other]; l != nil {
			if l.settle(m.now); l.waits(to.notice) {
				waiting = append(waiting, other)
			}
		}
	}
	slices.SortFunc(waiting, func(a, b studioPair) int { return m.links[a].told - m.links[b].told })
	var items list
	for _, other := range waiting {
		items = append(items, object{"env_id": clusters[other.cluster], "app_id": dataApps[p.app], "api_id": dataAPIs[p.api], "status": to.waits, "id": "<id>"})
	}
	step := cases.Step{Call: to.list}
	step.Path = object{"project_id": "$project"}
	step.Query = object{"realm_id": "$dataarts.workspace", "app_id": dataApps[p.app], "api_id": dataAPIs[p.api], "status": to.waits}
	step.Expect = cases.Expect{Status: 200, Has: object{to.members: items}}
	s.steps = append(s.steps, step)
	*id = s.fresh("told")
	s.capture(map[string]string{*id: fmt.Sprintf("/%s/%d/id", to.members, slices.Index(waiting, p))})
}

// end asks how each pair stands, and then lets what is due come, the first few times:
// a minute before each of them nothing has happened yet.
func (m *studio) end(s *script) {
	m.decide(s, m.touched)
	const few = 3
	for range few {
		next := 0
		for _, p := range m.touched {
			if due := m.link(p).due(); due > 0 && (next == 0 || due < next) {
				next = due
			}
		}
		if next == 0 {
			return
		}
		concerned := slices.DeleteFunc(slices.Clone(m.touched), func(p studioPair) bool { return m.links[p].due() != next })
		if before := next*60 - 1 - m.now; before > 0 {
			m.wait(s, before)
			m.decide(s, concerned)
		}
		m.wait(s, next*60-m.now)
		m.decide(s, concerned)
	}
}

func (m *studio) decide(s *script, pairs []studioPair) {
	for _, p := range pairs {
		s.decide(cases.Decision{
			Realm: "$dataarts.workspace", Env: clusters[p.cluster], App: dataApps[p.app], API: dataAPIs[p.api], Reason: m.link(p).reason(),
		})
	}
}
