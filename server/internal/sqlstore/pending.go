package sqlstore

import (
	"encoding/hex"

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

// write writes what was pending, in a statement for each kind.
func (t *tx) write(p pending) error {
	if len(p.made) > 0 {
		_, err := t.execPending(t.unhurried(), "insert authorizations", `
			INSERT INTO authorizations (key, env, api, app, role, at, until) own_keys()
			SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), CAST(value ->> 2 AS BIGINT), CAST(value ->> 3 AS BIGINT),
				value ->> 4, CAST(value ->> 5 AS BIGINT), CAST(value ->> 6 AS BIGINT)
			FROM rows($1) WHERE true ORDER BY key`, madeRows(p.made))
		if err != nil {
			return err
		}
	}
	if len(p.ended) > 0 {
		_, err := t.execPending(t.unhurried(), "end authorizations", `
			UPDATE authorizations SET ended = CAST(value ->> 1 AS BIGINT), cause = value ->> 2, past = authorizations.key
			FROM rows($1) WHERE authorizations.key = CAST(value ->> 0 AS BIGINT) AND past = 0`, endedRows(p.ended))
		if err != nil {
			return err
		}
	}
	if len(p.events) > 0 {
		_, err := t.execPending(t.unhurried(), "append events", `
			INSERT INTO events (project, at, actor, operation, request_id, what, authorizations, application)
			SELECT value ->> 0, CAST(value ->> 1 AS BIGINT), value ->> 2, value ->> 3, value ->> 4, CAST(value -> 5 AS TEXT),
				unhexed(value ->> 6), CAST(value ->> 7 AS BIGINT)
			FROM rows($1) WHERE true ORDER BY key`, t.eventRows(p.events))
		if err != nil {
			return err
		}
	}
	return nil
}

func madeRows(made []madeRecord) string {
	var list rowList
	for _, m := range made {
		list.begin()
		list.integer(m.key)
		list.integer(m.env)
		list.integer(m.api)
		list.integer(m.app)
		list.text(string(m.auth.Role))
		list.integer(m.auth.At.UnixMicro())
		if m.auth.Until.IsZero() {
			list.null()
		} else {
			list.integer(m.auth.Until.UnixMicro())
		}
	}
	return list.end()
}

func endedRows(ended []endedRecord) string {
	var list rowList
	for _, e := range ended {
		list.begin()
		list.integer(e.key)
		list.integer(e.at)
		list.text(string(e.cause))
	}
	return list.end()
}

func (t *tx) eventRows(events []grant.Event) string {
	var list rowList
	for _, e := range events {
		list.begin()
		list.text(string(e.Project))
		list.integer(e.At.UnixMicro())
		list.text(e.Actor)
		list.text(e.Operation)
		list.text(e.RequestID)
		list.json(eventDetails{e.Action, e.Service, e.Realm, e.Env, e.APIs, e.Apps, e.AppCodes})
		if packed := t.packKeys(e.Authorizations); packed != nil {
			list.text(hex.EncodeToString(packed))
		} else {
			list.null()
		}
		if e.Application != "" {
			list.integer(t.applicationKey(e.Application))
		} else {
			list.null()
		}
	}
	return list.end()
}
