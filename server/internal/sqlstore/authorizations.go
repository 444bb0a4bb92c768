package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// Authorizations implements [grant.Tx].
func (t *tx) Authorizations(ctx context.Context, r grant.Realm, env grant.EnvID, apiIDs []grant.APIID, appIDs []grant.AppID) ([]grant.Authorization, error) {
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
		var key, api, app, at int64
		var until sql.NullInt64
		auth := grant.Authorization{Env: env}
		if err := rows.Scan(&key, &api, &app, &auth.Role, &at, &until); err != nil {
			return err
		}
		auth.ID, auth.API, auth.App = t.ids.id(key), apiNames.ids[api], appNames.ids[app]
		auth.At, auth.Until = fromMicros(at), fromNullMicros(until)
		found = append(found, auth)
		return nil
	}
	err = t.query(ctx, "look up authorizations", scan, `
		SELECT key, api, app, role, at, until FROM authorizations
		WHERE env = $1 AND api IN (SELECT value FROM json_each($2)) AND app IN (SELECT value FROM json_each($3))
		ORDER BY key`, envNames.keys[env], apiNames.keyList(), appNames.keyList())
	return found, err
}

// Authorization implements [grant.Tx].
func (t *tx) Authorization(ctx context.Context, r grant.Realm, id grant.AuthorizationID) (grant.Authorization, error) {
	auth := grant.Authorization{ID: id}
	key, ok := t.ids.key(id)
	if !ok {
		return auth, unknownAuthorization(id)
	}
	known := false
	scan := func(rows *sql.Rows) error {
		var at int64
		var until sql.NullInt64
		if err := rows.Scan(&auth.Env, &auth.API, &auth.App, &auth.Role, &at, &until); err != nil {
			return err
		}
		auth.At, auth.Until = fromMicros(at), fromNullMicros(until)
		known = true
		return nil
	}
	err := t.query(ctx, "look up an authorization", scan, `
		SELECT envs.id, apis.id, apps.id, a.role, a.at, a.until
		FROM authorizations a
		JOIN envs ON envs.key = a.env
		JOIN apis ON apis.key = a.api
		JOIN apps ON apps.key = a.app
		JOIN realms ON realms.key = apis.realm
		WHERE a.key = $1 AND realms.service = $2 AND realms.project = $3 AND realms.id = $4`,
		key, r.Service, r.Project, r.ID)
	if err == nil && !known {
		return auth, unknownAuthorization(id)
	}
	return auth, err
}

func unknownAuthorization(id grant.AuthorizationID) error {
	return &grant.Error{Kind: grant.NotFound, Field: grant.NounAuthorization, Msg: string(id)}
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
		SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each($1) ORDER BY key
		RETURNING key, env, api, app`, list(rows))
}

// SetUntil implements [grant.Tx].
func (t *tx) SetUntil(ctx context.Context, id grant.AuthorizationID, until time.Time) error {
	key, ok := t.ids.key(id)
	if !ok {
		return unknownAuthorization(id)
	}
	changed, err := t.exec(ctx, "set the end of an authorization",
		`UPDATE authorizations SET until = $1 WHERE key = $2`, nullMicros(until), key)
	if err == nil && changed == 0 {
		return unknownAuthorization(id)
	}
	return err
}

// Remove implements [grant.Tx].
func (t *tx) Remove(ctx context.Context, ids []grant.AuthorizationID) error {
	keys := make([]int64, 0, len(ids))
	for _, id := range ids {
		if key, ok := t.ids.key(id); ok {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	_, err := t.exec(ctx, "remove authorizations",
		`DELETE FROM authorizations WHERE key IN (SELECT value FROM json_each($1))`, list(keys))
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
