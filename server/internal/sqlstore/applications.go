package sqlstore

import (
	"context"
	"database/sql"

	"github.com/appgrant/appgrant/server/internal/grant"
)

func (t *reader) applicationID(key int64) grant.ApplicationID {
	return grant.ApplicationID(t.store.ids.ofApplications().id(key))
}

// applicationKey is the row's key, or 0.
func (t *reader) applicationKey(id grant.ApplicationID) int64 {
	key, _ := t.store.ids.ofApplications().key(grant.AuthorizationID(id))
	return key
}

// applicationColumns are what scanApplication reads first.
const applicationColumns = `a.key, realms.id, envs.id, apis.id, apps.id,
	a.type, a.made_by, a.at, a.until, a.status, a.settled_at, a.settled_by, a.comment`

// selectApplications reads applications, to be narrowed by conditions.
const selectApplications = `
	SELECT ` + applicationColumns + `
	FROM applications a
	JOIN realms ON realms.key = a.realm
	JOIN envs ON envs.key = a.env
	JOIN apis ON apis.key = a.api
	JOIN apps ON apps.key = a.app `

// scanApplication reads a row of applicationColumns and more.
func (t *reader) scanApplication(rows *sql.Rows, a *grant.Application, more ...any) error {
	var key, at, until int64
	var settledAt sql.NullInt64
	err := rows.Scan(append([]any{&key, &a.Workspace, &a.Cluster, &a.API, &a.App, &a.Type, &a.By, &at, &until,
		&a.Status, &settledAt, &a.SettledBy, &a.Comment}, more...)...)
	a.ID, a.At, a.Until, a.SettledAt = t.applicationID(key), fromMicros(at), fromMicros(until), fromNullMicros(settledAt)
	return err
}

// Application implements [grant.Reader].
func (t *reader) Application(ctx context.Context, project grant.ProjectID, id grant.ApplicationID) (a grant.Application, err error) {
	err = t.one(ctx, "look up an application", grant.NounApplication, string(id),
		func(rows *sql.Rows) error { return t.scanApplication(rows, &a) },
		selectApplications+`WHERE a.key = $1 AND realms.project = $2`, t.applicationKey(id), project)
	return a, err
}

// WaitingApplication implements [grant.Reader].
func (t *reader) WaitingApplication(ctx context.Context, r grant.Realm, cluster grant.EnvID, api grant.APIID, app grant.AppID) (a grant.Application, err error) {
	err = t.one(ctx, "look up the waiting application", grant.NounApplication, "",
		func(rows *sql.Rows) error { return t.scanApplication(rows, &a) },
		selectApplications+`
		WHERE a.past = 0 AND apis.id = $1 AND apps.id = $2 AND envs.id = $3
			AND apis.realm = realms.key AND apps.realm = realms.key AND envs.realm = realms.key
			AND realms.project = $4 AND realms.service = $5 AND realms.id = $6`,
		api, app, cluster, r.Project, r.Service, r.ID)
	return a, err
}

// ListApplications implements [grant.Reader]. It walks the workspaces in the order
// of their keys, as ListAuthorizations walks the apps.
func (t *reader) ListApplications(ctx context.Context, project grant.ProjectID, f grant.Filter, page grant.Page) (list []grant.Application, next string, err error) {
	var q conditions
	f.Service = grant.DataArts
	if err := t.addRealms(ctx, &q, `+realms.key`, project, f); err != nil {
		return nil, "", err
	}
	if f.API != "" {
		q.add(`apis.id = ?`, f.API)
	}
	addStatus(&q, f)
	if err := q.after(`realms.key`, `a.key`, page.Cursor); err != nil {
		return nil, "", err
	}
	var realms []int64
	scan := func(rows *sql.Rows) error {
		var application grant.Application
		var realm int64
		err := t.scanApplication(rows, &application, &realm)
		list, realms = append(list, application), append(realms, realm)
		return err
	}
	err = t.query(ctx, "list applications", scan, `
		SELECT `+applicationColumns+`, realms.key
		FROM realms
		CROSS JOIN applications a
		CROSS JOIN envs
		CROSS JOIN apis
		CROSS JOIN apps
		WHERE a.realm = realms.key AND envs.key = a.env AND apis.key = a.api AND apps.key = a.app
			AND `+q.text()+` ORDER BY realms.key, a.key LIMIT `+q.value(page.Limit+1), q.args...)
	return cut(list, page.Limit, func(last int) string { return cursorOf(realms[last], t.applicationKey(list[last].ID)) }, err)
}

// addStatus narrows a list to applications, or notices, that stand so at f.Now.
func addStatus(q *conditions, f grant.Filter) {
	due := grant.Rejected // what becomes of those whose time has come
	if f.Notices {
		due = grant.ForcedCancel
		q.add(`a.type = ?`, grant.CancelByAPI)
	} else {
		q.add(`a.type <> ?`, grant.CancelByAPI)
	}
	now := f.Now.UnixMicro()
	switch f.Status {
	case "": // any will do
	case grant.PendingApproval, grant.PendingCheck:
		q.add(`a.status = ? AND a.until > ?`, f.Status, now)
	case due:
		q.add(`(a.status = ? OR a.past = 0 AND a.until <= ?)`, f.Status, now)
	default:
		q.add(`a.status = ?`, f.Status)
	}
}

// InsertApplication implements [grant.Tx].
func (t *tx) InsertApplication(ctx context.Context, r grant.Realm, a *grant.Application) error {
	realm, err := t.makeRealm(ctx, r)
	if err != nil {
		return err
	}
	envNames, err := intern(ctx, t, envs, realm, []grant.EnvID{a.Cluster})
	if err != nil {
		return err
	}
	apiNames, err := intern(ctx, t, apis, realm, []grant.APIID{a.API})
	if err != nil {
		return err
	}
	appNames, err := intern(ctx, t, apps, realm, []grant.AppID{a.App})
	if err != nil {
		return err
	}
	key, err := t.returning(ctx, "insert an application", `
		INSERT INTO applications (realm, env, api, app, type, made_by, at, until, status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING key`,
		realm, envNames.keys[a.Cluster], apiNames.keys[a.API], appNames.keys[a.App],
		a.Type, a.By, a.At.UnixMicro(), a.Until.UnixMicro(), a.Status)
	a.ID = t.applicationID(key)
	return err
}

// Settle implements [grant.Tx].
func (t *tx) Settle(ctx context.Context, a grant.Application) error {
	return t.change(ctx, "settle an application", grant.NounApplication, string(a.ID), `
		UPDATE applications SET status = $1, settled_at = $2, settled_by = $3, comment = $4, past = key
		WHERE key = $5 AND past = 0`,
		a.Status, nullMicros(a.SettledAt), a.SettledBy, a.Comment, t.applicationKey(a.ID))
}
