package sqlstore

import (
	"github.com/appgrant/appgrant/server/internal/grant"
)

// pending is what a transaction has yet to write: so the updates of a batch share
// the statements, too. It is written in the order of the fields, and each field in
// its own, before whatever is asked that it could matter to.
type pending struct {
	made   []madeRecord
	ended  []endedRecord
	events []grant.Event
}

type madeRecord struct {
	key int64
	place
	auth grant.Authorization
}

type endedRecord struct {
	key int64
	keptRecord
	at    int64 // microseconds
	cause grant.Cause
}

// mark is a place in what is pending.
type mark struct{ made, ended, events int }

func (p *pending) mark() mark  { return mark{len(p.made), len(p.ended), len(p.events)} }
func (p *pending) empty() bool { return p.mark() == mark{} }

// cut forgets what came after a mark.
func (p *pending) cut(at mark) {
	p.made, p.ended, p.events = p.made[:at.made], p.ended[:at.ended], p.events[:at.events]
}

// take takes out what came before a mark.
func (p *pending) take(at mark) pending {
	taken := pending{p.made[:at.made:at.made], p.ended[:at.ended:at.ended], p.events[:at.events:at.events]}
	p.made, p.ended, p.events = p.made[at.made:], p.ended[at.ended:], p.events[at.events:]
	return taken
}

// isEnding reports whether the record at a place is about to be marked as ended.
func (p *pending) isEnding(at place) bool {
	for _, e := range p.ended {
		if e.place == at {
			return true
		}
	}
	return false
}

// isMaking reports whether a record is about to be made.
func (p *pending) isMaking(key int64) bool {
	for _, m := range p.made {
		if m.key == key {
			return true
		}
	}
	return false
}

// write writes what was pending, a kind after the other.
func (t *tx) write(p pending) error {
	made := make([]any, 0, 7*len(p.made))
	for _, m := range p.made {
		made = append(made, m.key, m.env, m.api, m.app, m.auth.Role, m.auth.At.UnixMicro(), nullMicros(m.auth.Until))
	}
	if err := t.writeRows("insert authorizations", insertAuthorizations, made); err != nil {
		return err
	}
	ended := make([]any, 0, 3*len(p.ended))
	for _, e := range p.ended {
		ended = append(ended, e.key, e.at, e.cause)
	}
	err := t.writeRows("end authorizations", endAuthorizations, ended)
	if err != nil {
		return err
	}
	events := make([]any, 0, 8*len(p.events))
	for _, e := range p.events {
		var application any
		if e.Application != "" {
			application = t.applicationKey(e.Application)
		}
		events = append(events, e.Project, e.At.UnixMicro(), e.Actor, e.Operation, e.RequestID,
			asJSON(eventDetails{e.Action, e.Service, e.Realm, e.Env, e.APIs, e.Apps, e.AppCodes}), t.packKeys(e.Authorizations), application)
	}
	return t.writeRows("append events", insertEvents, events)
}

var (
	insertAuthorizations = rowStatement{
		head: `INSERT INTO authorizations (key, env, api, app, role, at, until) own_keys() VALUES `,
		row:  `(?, ?, ?, ?, ?, ?, ?)`,
	}
	endAuthorizations = rowStatement{
		head: `UPDATE authorizations SET ended = column2, cause = column3, past = key FROM (VALUES `,
		row:  `(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT))`,
		tail: `) AS list WHERE key = column1 AND past = 0`,
	}
	insertEvents = rowStatement{
		head: `INSERT INTO events (project, at, actor, operation, request_id, what, authorizations, application) VALUES `,
		row:  `(?, ?, ?, ?, ?, ?, ?, ?)`,
	}
)
