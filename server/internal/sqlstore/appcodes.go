package sqlstore

import (
	"context"

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
	removed, err := t.exec(ctx, "remove an AppCode", `
		DELETE FROM app_codes WHERE id = $1 AND app = (
			SELECT apps.key FROM apps JOIN realms ON realms.key = apps.realm
			WHERE apps.id = $2 AND realms.service = $3 AND realms.project = $4 AND realms.id = $5)`,
		id, app, r.Service, r.Project, r.ID)
	if err == nil && removed == 0 {
		return &grant.Error{Kind: grant.NotFound, Field: grant.NounAppCode, Msg: string(id)}
	}
	return err
}
