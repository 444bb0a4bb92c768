package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// Authorizations implements [grant.Tx].
func (t *reader) Authorizations(ctx context.Context, r grant.Realm, env grant.EnvID, apiIDs []grant.APIID, appIDs []grant.AppID) ([]grant.Authorization, error) {
	realm, err := t.realmKey(ctx, r)
	if realm == 0 || err != nil {
		return nil, err
	}
	envNames, err := lookUp(ctx, t, envs, realm, []grant.EnvID{env})
	if err != nil {
		return nil, err
	}
	apiNames, err := lookUp(ctx, t, apis, realm, apiIDs)
	if err != nil {
		return nil, err
	}
	appNames, err := lookUp(ctx, t, apps, realm, appIDs)
	if err != nil {
		return nil, err
	}
	var found []grant.Authorization
	scan := func(rows *sql.Rows) error {
		var api, app int64
		auth := grant.Authorization{Env: env}
		if err := t.scanAuthorization(rows, &auth, &api, &app); err != nil {
			return err
		}
		auth.API, auth.App = apiNames.ids[api], appNames.ids[app]
		found = append(found, auth)
		return nil
	}
	err = t.query(ctx, "look up authorizations", scan, `
		SELECT `+authorizationColumns+`, a.api, a.app FROM authorizations a
		WHERE a.env = $1 AND a.past = 0
			AND a.api in_keys($2) AND a.app in_keys($3)
		ORDER BY a.key`, envNames.keys[env], apiNames.keyList(), appNames.keyList())
	return found, err
}

// authorizationColumns are what scanAuthorization reads first.
const authorizationColumns = `a.key, a.role, a.at, a.until, a.notice, a.ended, a.cause`

// scanAuthorization reads a row of authorizationColumns and more.
func (t *reader) scanAuthorization(rows *sql.Rows, auth *grant.Authorization, more ...any) error {
	var key, at int64
	var until, notice, ended sql.NullInt64
	var cause sql.NullString
	if err := rows.Scan(append([]any{&key, &auth.Role, &at, &until, &notice, &ended, &cause}, more...)...); err != nil {
		return err
	}
	auth.ID, auth.At, auth.Until = t.ids.id(key), fromMicros(at), fromNullMicros(until)
	auth.Notice, auth.Ended, auth.Cause = fromNullMicros(notice), fromNullMicros(ended), grant.Cause(cause.String)
	return nil
}

// authorizationPlaces joins the dictionaries to authorizations.
const authorizationPlaces = `
	JOIN envs ON envs.key = a.env
	JOIN apis ON apis.key = a.api
	JOIN apps ON apps.key = a.app
	JOIN realms ON realms.key = apis.realm`

// Authorization implements [grant.Reader].
func (t *reader) Authorization(ctx context.Context, r grant.Realm, id grant.AuthorizationID) (auth grant.Authorization, err error) {
	key, ok := t.ids.key(id)
	if !ok {
		return auth, notFound(grant.NounAuthorization, string(id))
	}
	scan := func(rows *sql.Rows) error {
		return t.scanAuthorization(rows, &auth, &auth.Env, &auth.API, &auth.App)
	}
	err = t.one(ctx, "look up an authorization", grant.NounAuthorization, string(id), scan, `
		SELECT `+authorizationColumns+`, envs.id, apis.id, apps.id FROM authorizations a `+authorizationPlaces+`
		WHERE a.key = $1 AND a.past = 0 AND realms.project = $2 AND realms.service = $3 AND realms.id = $4`,
		key, r.Project, r.Service, r.ID)
	return auth, err
}

// LastAuthorization implements [grant.Reader].
func (t *reader) LastAuthorization(ctx context.Context, r grant.Realm, env grant.EnvID, api grant.APIID, app grant.AppID) (grant.Authorization, error) {
	auth := grant.Authorization{Env: env, API: api, App: app}
	scan := func(rows *sql.Rows) error { return t.scanAuthorization(rows, &auth) }
	// Each takes one step in the index, however long the pair's history.
	for _, narrowed := range []string{`a.past = 0`, `a.past > 0 ORDER BY a.past DESC LIMIT 1`} {
		err := t.one(ctx, "look up the last authorization", grant.NounAuthorization, "", scan, `
			SELECT `+authorizationColumns+` FROM authorizations a
			WHERE a.api = (SELECT apis.key FROM apis JOIN realms ON realms.key = apis.realm
					WHERE apis.id = $1 AND realms.project = $4 AND realms.service = $5 AND realms.id = $6)
				AND a.app = (SELECT apps.key FROM apps JOIN realms ON realms.key = apps.realm
					WHERE apps.id = $2 AND realms.project = $4 AND realms.service = $5 AND realms.id = $6)
				AND a.env = (SELECT envs.key FROM envs JOIN realms ON realms.key = envs.realm
					WHERE envs.id = $3 AND realms.project = $4 AND realms.service = $5 AND realms.id = $6)
				AND `+narrowed, api, app, env, r.Project, r.Service, r.ID)
		if err == nil || t.failed != nil || ctx.Err() != nil {
			return auth, err
		}
	}
	return auth, notFound(grant.NounAuthorization, "")
}

// ListAuthorizations implements [grant.Reader]. It walks the apps in the order of
// their keys and each one's records in the order of theirs, which is that of two
// indexes, so a page takes as long as it is, and not as the list: CROSS JOIN has
// SQLite keep to that, and the sign + keeps it from another index.
func (t *reader) ListAuthorizations(ctx context.Context, project grant.ProjectID, f grant.Filter, page grant.Page) (list []grant.AuthorizationRecord, next string, err error) {
	var q conditions
	if err := t.addRealms(ctx, &q, `+apps.realm`, project, f); err != nil {
		return nil, "", err
	}
	from, app := `apps CROSS JOIN authorizations a`, `apps.key`
	if f.API != "" {
		from, app = `authorizations a CROSS JOIN apps`, `a.app` // the index of APIs goes by app, too
		keys, err := t.keysOf(ctx, `SELECT key FROM apis WHERE realm in_keys($1) AND id = $2`, q.args[0], f.API)
		if err != nil {
			return nil, "", err
		}
		if len(keys) == 1 { // for which there is an index; realms seldom share an API's id
			q.add(`a.api = ?`, keys[0])
		} else {
			q.add(`a.api in_keys(?)`, listOf(keys))
		}
	}
	addState(&q, f)
	if err := q.after(app, `a.key`, page.Cursor); err != nil {
		return nil, "", err
	}
	var places [][2]int64
	scan := func(rows *sql.Rows) error {
		var place [2]int64
		record := grant.AuthorizationRecord{Realm: grant.Realm{Project: project}}
		err := t.scanAuthorization(rows, &record.Authorization, &record.Env, &record.API, &record.App,
			&record.Service, &record.Realm.ID, &place[0], &place[1])
		list, places = append(list, record), append(places, place)
		return err
	}
	err = t.query(ctx, "list authorizations", scan, `
		SELECT `+authorizationColumns+`, envs.id, apis.id, apps.id, realms.service, realms.id, a.app, a.key
		FROM `+from+`
		CROSS JOIN envs
		CROSS JOIN apis
		CROSS JOIN realms
		WHERE a.app = apps.key AND envs.key = a.env AND apis.key = a.api AND realms.key = apps.realm
			AND `+q.text()+` ORDER BY `+app+`, a.key LIMIT `+q.value(page.Limit+1), q.args...)
	return cut(list, page.Limit, func(last int) string { return cursorOf(places[last][:]...) }, err)
}

// addState narrows a list to authorizations that stand so at f.Now. A notice comes
// before an end.
func addState(q *conditions, f grant.Filter) {
	now := f.Now.UnixMicro()
	switch f.State {
	case "": // any will do
	case grant.Live:
		q.add(`a.past = 0 AND (a.notice IS NULL OR a.notice > ?) AND (a.until IS NULL OR a.until > ?)`, now, now)
	case grant.Forced:
		q.add(`(a.cause = ? OR a.past = 0 AND a.notice <= ?)`, f.State, now)
	case grant.Expired:
		q.add(`(a.cause = ? OR a.past = 0 AND a.until <= ? AND (a.notice IS NULL OR a.notice > ?))`, f.State, now, now)
	default:
		q.add(`a.cause = ?`, f.State)
	}
}

// Insert implements [grant.Tx]. However many the records, it takes a handful of
// statements.
func (t *tx) Insert(ctx context.Context, r grant.Realm, records []grant.Authorization) error {
	if len(records) == 0 {
		return nil
	}
	realm, err := t.makeRealm(ctx, r)
	if err != nil {
		return err
	}
	envNames, err := intern(ctx, t, envs, realm, each(records, func(a grant.Authorization) grant.EnvID { return a.Env }))
	if err != nil {
		return err
	}
	apiNames, err := intern(ctx, t, apis, realm, each(records, func(a grant.Authorization) grant.APIID { return a.API }))
	if err != nil {
		return err
	}
	appNames, err := intern(ctx, t, apps, realm, each(records, func(a grant.Authorization) grant.AppID { return a.App }))
	if err != nil {
		return err
	}

	type place struct{ env, api, app int64 }
	rowOf := make(map[place]int, len(records))
	rows := make([][6]any, len(records))
	for i, a := range records {
		p := place{envNames.keys[a.Env], apiNames.keys[a.API], appNames.keys[a.App]}
		rowOf[p] = i
		rows[i] = [6]any{p.env, p.api, p.app, a.Role, a.At.UnixMicro(), nullMicros(a.Until)}
	}
	scan := func(rows *sql.Rows) error {
		var key int64
		var p place
		if err := rows.Scan(&key, &p.env, &p.api, &p.app); err != nil {
			return err
		}
		records[rowOf[p]].ID = t.ids.id(key)
		return nil
	}
	return t.query(ctx, "insert authorizations", scan, `
		INSERT INTO authorizations (env, api, app, role, at, until)
		SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), CAST(value ->> 2 AS BIGINT), value ->> 3,
			CAST(value ->> 4 AS BIGINT), CAST(value ->> 5 AS BIGINT)
		FROM rows($1) ORDER BY key
		RETURNING key, env, api, app`, listOf(rows))
}

// SetUntil implements [grant.Tx].
func (t *tx) SetUntil(ctx context.Context, id grant.AuthorizationID, until time.Time) error {
	return t.setTime(ctx, id, `UPDATE authorizations SET until = $1 WHERE key = $2 AND past = 0`, until)
}

// SetNotice implements [grant.Tx].
func (t *tx) SetNotice(ctx context.Context, id grant.AuthorizationID, at time.Time) error {
	return t.setTime(ctx, id, `UPDATE authorizations SET notice = $1 WHERE key = $2 AND past = 0`, at)
}

func (t *tx) setTime(ctx context.Context, id grant.AuthorizationID, query string, at time.Time) error {
	key, _ := t.ids.key(id)
	return t.change(ctx, "set a time of an authorization", grant.NounAuthorization, string(id), query, nullMicros(at), key)
}

// End implements [grant.Tx].
func (t *tx) End(ctx context.Context, ids []grant.AuthorizationID, at time.Time, why grant.Cause) error {
	keys := make([]int64, 0, len(ids))
	for _, id := range ids {
		if key, ok := t.ids.key(id); ok {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	_, err := t.exec(ctx, "end authorizations", `
		UPDATE authorizations SET ended = $1, cause = $2, past = key
		WHERE past = 0 AND key in_keys($3)`, at.UnixMicro(), why, listOf(keys))
	return err
}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

func fromNullMicros(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return fromMicros(us.Int64)
}

// nullMicros is a time as a column value: nil for the zero time.
func nullMicros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}
