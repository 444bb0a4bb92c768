package sqlstore

import (
	"context"
	"database/sql"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// InsertAppCodes implements [grant.Tx].
func (t *tx) InsertAppCodes(ctx context.Context, r grant.Realm, app grant.AppID, codes []grant.AppCode) error {
	realm, err := t.makeRealm(ctx, r)
	if err != nil {
		return err
	}
	appNames, err := intern(ctx, t, apps, realm, []grant.AppID{app})
	if err != nil {
		return err
	}
	for _, code := range codes {
		_, err := t.exec(ctx, "insert an AppCode",
			`INSERT INTO app_codes (app, id, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, appNames.keys[app], code.ID, code.Value[:])
		if err != nil {
			return err
		}
	}
	return nil
}

// RemoveAppCode implements [grant.Tx].
func (t *tx) RemoveAppCode(ctx context.Context, r grant.Realm, app grant.AppID, id grant.AppCodeID) error {
	return t.change(ctx, "remove an AppCode", grant.NounAppCode, string(id), `
		DELETE FROM app_codes WHERE id = $1 AND app = (
			SELECT apps.key FROM apps JOIN realms ON realms.key = apps.realm
			WHERE apps.id = $2 AND realms.project = $3 AND realms.service = $4 AND realms.id = $5)`,
		id, app, r.Project, r.Service, r.ID)
}

// AppOfCode implements [grant.Reader].
func (t *reader) AppOfCode(ctx context.Context, r grant.Realm, value grant.Hash) (app grant.AppID, err error) {
	if known, ok := recall[grant.AppID](t, codeOf{r, value}); ok {
		return known, nil
	}
	err = t.one(ctx, "look up an AppCode", grant.NounAppCode, "", func(rows *sql.Rows) error { return rows.Scan(&app) }, `
		SELECT apps.id FROM app_codes
		JOIN apps ON apps.key = app_codes.app
		JOIN realms ON realms.key = apps.realm
		WHERE app_codes.hash = $1 AND realms.project = $2 AND realms.service = $3 AND realms.id = $4
		ORDER BY app_codes.key DESC LIMIT 1`,
		value[:], r.Project, r.Service, r.ID)
	if err == nil {
		t.remember(codeOf{r, value}, app)
	}
	return app, err
}

// ListAppCodes implements [grant.Reader].
func (t *reader) ListAppCodes(ctx context.Context, project grant.ProjectID, f grant.Filter, page grant.Page) (list []grant.AppCodeRecord, next string, err error) {
	var q conditions
	if err := t.addRealms(ctx, &q, `apps.realm`, project, f); err != nil {
		return nil, "", err
	}
	if err := q.after(`c.app`, `c.key`, page.Cursor); err != nil {
		return nil, "", err
	}
	var places [][2]int64
	scan := func(rows *sql.Rows) error {
		var place [2]int64
		record := grant.AppCodeRecord{Realm: grant.Realm{Project: project}}
		err := rows.Scan(&place[0], &place[1], &record.Service, &record.ID, &record.App, &record.Code)
		list, places = append(list, record), append(places, place)
		return err
	}
	err = t.query(ctx, "list AppCodes", scan, `
		SELECT c.app, c.key, realms.service, realms.id, apps.id, c.id
		FROM app_codes c JOIN apps ON apps.key = c.app JOIN realms ON realms.key = apps.realm
		WHERE `+q.text()+` ORDER BY c.app, c.key LIMIT `+q.value(page.Limit+1), q.args...)
	return cut(list, page.Limit, func(last int) string { return cursorOf(places[last][:]...) }, err)
}
