package sqlstore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"slices"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// eventDetails is the part of an event that nobody looks for.
type eventDetails struct {
	Action   grant.ActionType  `json:"action,omitempty"`
	Service  grant.Service     `json:"service,omitempty"`
	Realm    grant.RealmID     `json:"realm,omitempty"`
	Env      grant.EnvID       `json:"env,omitempty"`
	APIs     []grant.APIID     `json:"apis,omitempty"`
	Apps     []grant.AppID     `json:"apps,omitempty"`
	AppCodes []grant.AppCodeID `json:"app_codes,omitempty"`
}

// AppendEvent implements [grant.Tx].
func (t *tx) AppendEvent(ctx context.Context, e grant.Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.pending.events = append(t.pending.events, e)
	return nil
}

// packKeys is a set of records as a column keeps it: their keys in order, each as
// what it adds to the one before. A record that was made with its neighbours takes
// one byte.
func (t *reader) packKeys(ids []grant.AuthorizationID) []byte {
	keys := make([]int64, 0, len(ids))
	for _, id := range ids {
		if key, ok := t.store.ids.key(id); ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	var packed []byte
	last := int64(0)
	for _, key := range keys {
		packed = binary.AppendUvarint(packed, uint64(key-last))
		last = key
	}
	return packed
}

// unpackKeys is the inverse of packKeys.
func (t *reader) unpackKeys(packed []byte) (ids []grant.AuthorizationID) {
	key := int64(0)
	for len(packed) > 0 {
		more, n := binary.Uvarint(packed)
		if n <= 0 {
			break
		}
		key += int64(more)
		ids, packed = append(ids, t.store.ids.id(key)), packed[n:]
	}
	return ids
}

// maxEventIDs is how many ids of things are enough for a page of events.
const maxEventIDs = 20_000

// ListEvents implements [grant.Reader].
func (t *reader) ListEvents(ctx context.Context, project grant.ProjectID, page grant.Page) (list []grant.Event, next string, err error) {
	after, err := keyCursor(page.Cursor, 1)
	if err != nil {
		return nil, "", err
	}
	last, ids := after[0], 0
	scan := func(rows *sql.Rows) error {
		if ids > maxEventIDs { // the next page begins with what is left out
			return nil
		}
		e := grant.Event{Project: project}
		var at int64
		var what, packed []byte
		var application sql.NullInt64
		if err := rows.Scan(&last, &at, &e.Actor, &e.Operation, &e.RequestID, &what, &packed, &application); err != nil {
			return err
		}
		var d eventDetails
		if err := json.Unmarshal(what, &d); err != nil {
			return err
		}
		e.ID, e.At, e.Action = grant.EventID(last), fromMicros(at), d.Action
		e.Service, e.Realm, e.Env, e.APIs, e.Apps, e.AppCodes = d.Service, d.Realm, d.Env, d.APIs, d.Apps, d.AppCodes
		e.Authorizations = t.unpackKeys(packed)
		if application.Valid {
			e.Application = t.applicationID(application.Int64)
		}
		list = append(list, e)
		ids += len(e.Authorizations) + len(e.APIs) + len(e.Apps)
		return nil
	}
	err = t.query(ctx, "list events", scan, `
		SELECT key, at, actor, operation, request_id, what, authorizations, application
		FROM events WHERE project = $1 AND key > $2 ORDER BY key LIMIT $3`, project, last, page.Limit)
	return list, cursorOf(last), err
}
