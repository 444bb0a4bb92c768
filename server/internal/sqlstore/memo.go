package sqlstore

import (
	"sync"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// memo is what is known of a database without asking it. All of it is of one state,
// that of a stamp: commits of this process carry it on to the next state, those of
// others end it. So what is recalled is what the database would say now.
//
// It is safe for concurrent use. A nil memo knows nothing.
type memo struct {
	state func() stamp // the state there is now; the zero stamp if that can't be told
	// writing is held by the transaction that changes the database: until it has said
	// what it did, a new stamp does not mean that others changed something.
	writing sync.Mutex

	mu       sync.RWMutex
	at       stamp
	new, old facts // old ones are forgotten when there are many new ones
}

// facts are answers of the database by what was asked: a token, a member, a place and
// so on, each of a type of its own. That there is no such token, member or AppCode is
// none: strangers could ask for any number.
type facts map[any]any

// maxFacts is how many facts are new. With as many old ones they take about 10 MB.
const maxFacts = 16_000

// What facts are about, and of which type they are.
type (
	tokenOf    grant.Hash      // grant.User
	revisionOf grant.ProjectID // grant.Revision
	memberOf   struct {        // []grant.Permission
		name    grant.UserName
		project grant.ProjectID
	}
	realmOf struct{ grant.Realm } // int64, its key
	nameOf  struct {              // int64, its key; 0 if there is none
		dictionary dictionary
		realm      int64
		id         string
	}
	codeOf struct { // grant.AppID
		realm grant.Realm
		value grant.Hash
	}
	where struct { // lastRecord
		realm grant.Realm
		env   grant.EnvID
		api   grant.APIID
		app   grant.AppID
	}
	recordOf     int64    // keptRecord
	newestRecord struct{} // int64, the greatest key that an authorization ever had
)

// keptRecord is an authorization as it is found by its key.
type keptRecord struct {
	place
	realm grant.Realm
	auth  grant.Authorization
}

// place is where an authorization stands, in the keys of what it refers to.
type place struct{ env, api, app int64 }

// lastRecord is the newest authorization somewhere.
type lastRecord struct {
	auth  grant.Authorization
	none  bool // there is none that is not marked as ended
	whole bool // and if so, auth is the newest that is, or zero if there is none either
}

// now is the state there is, if what is known is of it, and otherwise the zero stamp.
func (m *memo) now() stamp {
	if m == nil {
		return stamp{}
	}
	state := m.state()
	m.mu.RLock()
	known := m.at == state
	m.mu.RUnlock()
	if known {
		return state
	}
	if !m.writing.TryLock() {
		return stamp{}
	}
	defer m.writing.Unlock()
	return m.begin()
}

// begin is the state there is, to which the memo is brought. The caller holds
// m.writing.
func (m *memo) begin() stamp {
	state := m.state()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at != state {
		m.reset(state)
	}
	return state
}

func (m *memo) reset(state stamp) { m.at, m.new, m.old = state, facts{}, nil }

// recall is a fact of a state, if it is known.
func (m *memo) recall(at stamp, about any) (fact any, ok bool) {
	if m == nil || at == (stamp{}) {
		return nil, false
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.at != at {
		return nil, false
	}
	if fact, ok = m.new[about]; !ok {
		fact, ok = m.old[about]
	}
	return fact, ok
}

// learn adds facts of a state, unless that is past.
func (m *memo) learn(at stamp, learnt facts) {
	if m == nil || at == (stamp{}) || len(learnt) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at == at {
		m.add(learnt)
	}
}

func (m *memo) add(learnt facts) {
	for about, fact := range learnt {
		m.new[about] = fact
		if len(m.new) >= maxFacts {
			m.old, m.new = m.new, facts{}
		}
	}
}

// committed carries the memo on from the state that a transaction began with to the
// one that it made, with the facts that it learnt and changed; nil if it does not
// know what it changed. wrote says whether it changed anything at all. The caller
// holds m.writing.
func (m *memo) committed(before stamp, wrote bool, changed facts) {
	if m == nil {
		return
	}
	after := m.state()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at != before || changed == nil || !after.follows(before, wrote) {
		m.reset(after)
		return
	}
	m.at = after
	for about := range changed {
		switch about.(type) {
		case where, recordOf: // who asks for them is told again: there may be very many
			delete(m.new, about)
			delete(m.old, about)
			delete(changed, about)
		}
	}
	m.add(changed)
}
