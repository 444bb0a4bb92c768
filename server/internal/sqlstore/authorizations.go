package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// Authorizations implements [grant.Tx].
func (t *reader) Authorizations(ctx context.Context, r grant.Realm, env grant.EnvID, apiIDs []grant.APIID, appIDs []grant.AppID) ([]grant.Authorization, error) {
	if len(apiIDs) == 1 && len(appIDs) == 1 {
		last, err := t.last(ctx, where{r, env, apiIDs[0], appIDs[0]}, false)
		if last.none || err != nil {
			return nil, err
		}
		return []grant.Authorization{last.auth}, nil
	}
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

// last is the newest record somewhere. One that is marked as ended is looked for if
// past says so.
func (t *reader) last(ctx context.Context, at where, past bool) (last lastRecord, err error) {
	if known, ok := recall[lastRecord](t, at); ok && (known.whole || !past) {
		return known, nil
	}
	p, err := t.placeOf(ctx, at)
	if err != nil {
		return last, err
	}
	if !p.isReal() {
		last = lastRecord{none: true, whole: true}
	} else if last, err = t.readLast(ctx, p, past); err != nil {
		return last, err
	}
	if last.auth.ID != "" {
		last.auth.Env, last.auth.API, last.auth.App = at.env, at.api, at.app
	}
	t.remember(at, last)
	return last, nil
}

// readLast is last from the database, without the names.
func (t *reader) readLast(ctx context.Context, p place, past bool) (last lastRecord, err error) {
	scan := func(rows *sql.Rows) error { return t.scanAuthorization(rows, &last.auth) }
	// Each takes one step in the index, however long the place's history.
	for _, narrowed := range []string{`a.past = 0`, `a.past > 0 ORDER BY a.past DESC LIMIT 1`} {
		err = t.one(ctx, "look up the last authorization", "", "", scan, `
			SELECT `+authorizationColumns+` FROM authorizations a
			WHERE a.api = $1 AND a.app = $2 AND a.env = $3 AND `+narrowed, p.api, p.app, p.env)
		if !grant.IsNotFound(err) {
			break
		}
		last.none = true
		if !past {
			break
		}
	}
	if err != nil && !grant.IsNotFound(err) {
		return last, err
	}
	last.whole = past || !last.none
	return last, nil
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
	auth.ID, auth.At, auth.Until = t.store.ids.id(key), fromMicros(at), fromNullMicros(until)
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
func (t *reader) Authorization(ctx context.Context, r grant.Realm, id grant.AuthorizationID) (grant.Authorization, error) {
	none := notFound(grant.NounAuthorization, string(id))
	key, ok := t.store.ids.key(id)
	if !ok {
		return grant.Authorization{}, none
	}
	found, ok := recall[keptRecord](t, recordOf(key))
	if !ok {
		if t.tx != nil && t.tx.pending.isMaking(key) {
			if err := t.tx.direct(); err != nil {
				return grant.Authorization{}, err
			}
		}
		auth := &found.auth
		scan := func(rows *sql.Rows) error {
			return t.scanAuthorization(rows, auth, &auth.Env, &auth.API, &auth.App, &found.env, &found.api, &found.app,
				&found.realm.Project, &found.realm.Service, &found.realm.ID)
		}
		err := t.one(ctx, "look up an authorization", "", "", scan, `
			SELECT `+authorizationColumns+`, envs.id, apis.id, apps.id, a.env, a.api, a.app, realms.project, realms.service, realms.id
			FROM authorizations a `+authorizationPlaces+`
			WHERE a.key = $1`, key)
		if err != nil && !grant.IsNotFound(err) {
			return grant.Authorization{}, err
		}
		if found.isReal() { // one that is not there may come
			t.remember(recordOf(key), found)
		}
	}
	if found.realm != r || found.auth.Cause != "" {
		return grant.Authorization{}, none
	}
	return found.auth, nil
}

// LastAuthorization implements [grant.Reader].
func (t *reader) LastAuthorization(ctx context.Context, r grant.Realm, env grant.EnvID, api grant.APIID, app grant.AppID) (grant.Authorization, error) {
	last, err := t.last(ctx, where{r, env, api, app}, true)
	if err == nil && last.auth.ID == "" {
		err = notFound(grant.NounAuthorization, "")
	}
	return last.auth, err
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
// statements, and for one at a place that is known to be free there is none until
// others need it.
func (t *tx) Insert(ctx context.Context, r grant.Realm, records []grant.Authorization) error {
	if err := ctx.Err(); err != nil || len(records) == 0 {
		return err
	}
	made, err := t.placed(ctx, r, records)
	if err != nil {
		return err
	}
	if len(made) == 1 {
		err = t.insertOne(ctx, r, &made[0])
	} else {
		err = t.insertMany(ctx, made)
	}
	for i, m := range made {
		records[i].ID = t.store.ids.id(m.key)
	}
	return err
}

// placed is records with their places, which are made if need be.
func (t *tx) placed(ctx context.Context, r grant.Realm, records []grant.Authorization) (made []madeRecord, err error) {
	made = each(records, func(a grant.Authorization) madeRecord {
		return madeRecord{auth: grant.Authorization{Env: a.Env, API: a.API, App: a.App, Role: a.Role, At: kept(a.At), Until: kept(a.Until)}}
	})
	if len(made) == 1 {
		if made[0].place, err = t.placeOf(ctx, whereIs(r, made[0].auth)); made[0].isReal() || err != nil {
			return made, err
		}
	}
	realm, err := t.makeRealm(ctx, r)
	if err != nil {
		return nil, err
	}
	envNames, err := intern(ctx, t, envs, realm, each(records, func(a grant.Authorization) grant.EnvID { return a.Env }))
	if err != nil {
		return nil, err
	}
	apiNames, err := intern(ctx, t, apis, realm, each(records, func(a grant.Authorization) grant.APIID { return a.API }))
	if err != nil {
		return nil, err
	}
	appNames, err := intern(ctx, t, apps, realm, each(records, func(a grant.Authorization) grant.AppID { return a.App }))
	if err != nil {
		return nil, err
	}
	for i, a := range records {
		made[i].place = place{envNames.keys[a.Env], apiNames.keys[a.API], appNames.keys[a.App]}
	}
	return made, nil
}

// insertOne makes a record, in the end if its place is known to be free.
func (t *tx) insertOne(ctx context.Context, r grant.Realm, made *madeRecord) error {
	keys, err := t.store.engine.keys(ctx, t, 1)
	if err != nil {
		return err
	}
	made.key, made.auth.ID = keys[0], t.store.ids.id(keys[0])
	at := whereIs(r, made.auth)
	last, ok := recall[lastRecord](&t.reader, at)
	if ok && last.none && !t.pending.isEnding(made.place) {
		t.pending.made = append(t.pending.made, *made)
	} else if err := t.writeNow(pending{made: []madeRecord{*made}}); err != nil {
		return err
	}
	t.remember(at, lastRecord{auth: made.auth, whole: true})
	return nil
}

// insertMany makes records at once, more than are worth remembering.
func (t *tx) insertMany(ctx context.Context, made []madeRecord) (err error) {
	t.blind = true
	var keys []int64
	p, isProduct := productOf(made)
	if isProduct {
		keys, err = t.store.engine.insertProduct(ctx, t, p)
	} else {
		keys, err = t.store.engine.keys(ctx, t, len(made))
	}
	if err != nil {
		return err
	}
	for i, key := range keys {
		made[i].key = key
	}
	if isProduct {
		return nil
	}
	return t.writeNow(pending{made: made})
}

// product is records of some apps with some APIs, alike in all else.
type product struct {
	apps, apis []int64
	env        int64
	role       grant.Role
	at         int64
	until      any
}

// productOf sees whether records are a product, app by app.
func productOf(made []madeRecord) (p product, ok bool) {
	first := made[0]
	p = product{env: first.env, role: first.auth.Role, at: first.auth.At.UnixMicro(), until: nullMicros(first.auth.Until)}
	for _, m := range made {
		if m.app != first.app {
			break
		}
		p.apis = append(p.apis, m.api)
	}
	for i, m := range made {
		if i%len(p.apis) == 0 {
			p.apps = append(p.apps, m.app)
		}
		alike := m.env == first.env && m.auth.Role == first.auth.Role && m.auth.At.Equal(first.auth.At) && m.auth.Until.Equal(first.auth.Until)
		if !alike || m.app != p.apps[len(p.apps)-1] || m.api != p.apis[i%len(p.apis)] {
			return p, false
		}
	}
	return p, len(p.apps)*len(p.apis) == len(made)
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
	key, _ := t.store.ids.key(id)
	return t.change(ctx, "set a time of an authorization", grant.NounAuthorization, string(id), query, nullMicros(at), key)
}

// End implements [grant.Tx].
func (t *tx) End(ctx context.Context, ids []grant.AuthorizationID, at time.Time, why grant.Cause) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var ended []endedRecord
	known := true
	for _, id := range ids {
		key, ok := t.store.ids.key(id)
		if !ok {
			continue
		}
		found, ok := recall[keptRecord](&t.reader, recordOf(key))
		known = known && ok && found.isReal()
		if found.auth.Cause == "" {
			ended = append(ended, endedRecord{key, found, at.UnixMicro(), why})
		}
	}
	if !known {
		t.blind = true
		return t.writeNow(pending{ended: ended})
	}
	for i, e := range ended {
		e.auth.Ended, e.auth.Cause = kept(at), why
		t.remember(recordOf(e.key), e.keptRecord)
		t.remember(whereIs(e.realm, e.auth), lastRecord{auth: e.auth, none: true, whole: true})
		ended[i] = e
	}
	t.pending.ended = append(t.pending.ended, ended...)
	return nil
}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// kept is a time as it is read again.
func kept(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return fromMicros(t.UnixMicro())
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
