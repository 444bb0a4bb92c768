package grant

import "context"

// DeleteAppCode asks to delete one AppCode of an app of an instance.
type DeleteAppCode struct {
	Project  ProjectID
	Instance RealmID
	App      AppID
	ID       AppCodeID
}

// DeleteAppCode deletes the AppCode, which then no longer authenticates the app.
// A second call is NotFound.
//
// Errors: WrongProject, NoPermission; NotFound instance, app or AppCode; NotOwner
// if the caller doesn't own the app.
//
// openapi: DeleteAppCodeV2
func (a *Authority) DeleteAppCode(ctx context.Context, caller *User, req DeleteAppCode) error {
	if err := caller.permit(req.Project, MayDeleteAppCode); err != nil {
		return err
	}
	realm, err := a.directory.realm(Realm{ROMA, req.Project, req.Instance}, NounInstance)
	if err != nil {
		return err
	}
	app, err := realm.app(req.App)
	if err != nil {
		return err
	}
	return a.store.Update(ctx, func(tx Tx) error {
		if err := tx.RemoveAppCode(ctx, realm.Realm, req.App, req.ID); err != nil {
			return err
		}
		// Existence comes before role, so this undoes the removal.
		if !app.ownedBy(caller) {
			return &Error{Kind: NotOwner, Field: NounApp}
		}
		return nil
	})
}
