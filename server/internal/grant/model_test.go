package grant_test

import (
	"slices"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// model is what the rules come to, told once more: in maps, without transactions,
// and with what time does written out on each look. It is of one project with a
// realm of each service, which all have the same APIs and apps.
type model struct {
	now       time.Time
	published map[grant.APIID]bool
	exists    map[grant.AppID]bool
	pairs     map[pair]*link
	codes     map[code]bool
	told      map[grant.ApplicationID]told
}

type pair struct {
	service grant.Service
	api     grant.APIID
	app     grant.AppID
}

// link is how an app stands with an API.
type link struct {
	id     grant.AuthorizationID // empty: not authorized
	until  time.Time             // zero: without end
	notice time.Time             // when it will be cancelled, if it will
	asked  time.Time             // the end that somebody asks for, if anybody does
	past   grant.Reason          // why it isn't authorized, if it isn't
}

type code struct {
	app grant.AppID
	id  grant.AppCodeID
}

// told is an application or a notice, settled or not.
type told struct {
	pair
	notice, settled bool
}

var (
	modelAPIOwners = map[grant.APIID]grant.UserName{"x": "ann", "y": "bob"}
	modelReviewers = map[grant.APIID][]grant.UserName{"x": {"ann", "cid"}, "y": {"bob"}}
	modelAppOwners = map[grant.AppID]grant.UserName{"a": "bob", "b": "cid"}
	modelActions   = []grant.ActionType{grant.Authorize, grant.Apply, grant.Renew, grant.CancelByApp, grant.CancelByAPI}
)

const fine grant.Kind = "no error"

// link returns how a pair stands now, after all that time has done.
func (m *model) link(p pair) *link {
	l := m.pairs[p]
	if l == nil {
		l = &link{past: grant.NotAuthorized}
		m.pairs[p] = l
	}
	come := func(t time.Time) bool { return !t.IsZero() && !t.After(m.now) }
	switch {
	case come(l.notice):
		m.end(p, l, grant.WasCancelled)
	case come(l.until):
		l.id, l.until, l.past = "", never, grant.HasExpired
	}
	if come(l.asked) {
		m.settle(p, l)
	}
	return l
}

// end takes the authorization away and settles whatever waits.
func (m *model) end(p pair, l *link, why grant.Reason) {
	m.settle(p, l)
	l.id, l.until, l.past = "", never, why
}

func (m *model) settle(p pair, l *link) {
	l.asked, l.notice = never, never
	for id, t := range m.told {
		if t.pair == p {
			t.settled = true
			m.told[id] = t
		}
	}
}

func (m *model) reason(p pair) grant.Reason {
	switch l := m.link(p); {
	case !m.exists[p.app]:
		return grant.UnknownApp
	case l.id != "" && !m.published[p.api] && (p.service == grant.APIG || p.service == grant.ROMA):
		return grant.Unpublished
	case l.id != "":
		return grant.Authorized
	case !l.asked.IsZero():
		return grant.AwaitsApproval
	default:
		return l.past
	}
}

func (m *model) mayAuthorize(user grant.UserName, apis []grant.APIID, apps []grant.AppID) grant.Kind {
	for _, app := range apps {
		if !m.exists[app] {
			return grant.NotFound
		}
	}
	for _, app := range apps {
		for _, api := range apis {
			if modelAPIOwners[api] != user && modelAppOwners[app] != user {
				return grant.NotOwner
			}
		}
	}
	return fine
}

func (m *model) cancel(user grant.UserName, p pair, id grant.AuthorizationID) grant.Kind {
	l := m.link(p)
	switch {
	case id == "" || l.id != id:
		return grant.NotFound
	case modelAPIOwners[p.api] != user && (!m.exists[p.app] || modelAppOwners[p.app] != user):
		return grant.NotOwner
	}
	m.end(p, l, grant.WasCancelled)
	return fine
}

func (m *model) deleteCode(user grant.UserName, c code) grant.Kind {
	switch {
	case !m.exists[c.app] || !m.codes[c]:
		return grant.NotFound
	case modelAppOwners[c.app] != user:
		return grant.NotOwner
	}
	delete(m.codes, c)
	return fine
}

// perform tells what becomes of an action. A new authorization has the id new, and
// whether something waits from now on is told too.
func (m *model) perform(user grant.UserName, p pair, kind grant.ActionType, until time.Time) (_ grant.Kind, asks bool) {
	if !m.exists[p.app] {
		return grant.NotFound, false
	}
	reviews, owns := slices.Contains(modelReviewers[p.api], user), modelAppOwners[p.app] == user
	ofReviewers := kind == grant.Authorize || kind == grant.CancelByAPI
	until = until.Truncate(time.Hour)
	l := m.link(p)
	switch {
	case ofReviewers && !reviews, !ofReviewers && !owns:
		return grant.Illegal, false
	case kind == grant.CancelByApp:
		if l.id == "" {
			return grant.Illegal, false
		}
		m.end(p, l, grant.WasCancelled)
		return fine, false
	case !until.After(m.now):
		return grant.Invalid, false
	case !l.notice.IsZero():
		return grant.Illegal, false
	case l.id == "" && (kind == grant.Renew || kind == grant.CancelByAPI):
		return grant.Illegal, false
	case kind == grant.CancelByAPI:
		if until.Sub(m.now) < 48*time.Hour {
			return grant.Illegal, false
		}
		m.settle(p, l)
		l.notice = until
		if until.After(l.until) {
			l.notice = l.until
		}
		return fine, true
	case !reviews && !l.asked.IsZero():
		return grant.Illegal, false
	case l.id != "" && until.Before(l.until):
		return grant.Illegal, false
	case l.id != "" && until.Equal(l.until):
		return fine, false
	case !reviews:
		l.asked = until
		return fine, true
	}
	m.authorize(p, l, until)
	return fine, false
}

func (m *model) authorize(p pair, l *link, until time.Time) {
	m.settle(p, l)
	l.until = until
	if l.id == "" {
		l.id = "new"
	}
}

func (m *model) answer(user grant.UserName, id grant.ApplicationID, status grant.Status) grant.Kind {
	t, ok := m.told[id]
	if !ok || !m.exists[t.app] && (user != "" || status == grant.Passed) {
		return grant.NotFound
	}
	l := m.link(t.pair)
	reviews, owns := slices.Contains(modelReviewers[t.api], user), modelAppOwners[t.app] == user
	switch operator := user == ""; {
	case m.told[id].settled, t.notice != (status == grant.Executed), !operator && !t.notice && !reviews, !operator && t.notice && !owns:
		return grant.Illegal
	case status == grant.Executed:
		m.end(t.pair, l, grant.WasCancelled)
	case status == grant.Passed:
		m.authorize(t.pair, l, l.asked)
	default:
		m.settle(t.pair, l)
	}
	return fine
}
