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
func (a *Authority) DeleteAppCode(ctx context.Context, caller Caller, req DeleteAppCode) error {
	return a.do(ctx, caller, req.Project, MayDeleteAppCode, func(w *work) error {
		realm, err := w.realm(ROMA, req.Instance, NounInstance)
		if err != nil {
			return err
		}
		app, err := realm.app(req.App)
		if err != nil {
			return err
		}
		if err := w.RemoveAppCode(ctx, realm.Realm, req.App, req.ID); err != nil {
			return err
		}
		// Existence comes before role, so this undoes the removal.
		if !app.ownedBy(caller.Name) {
			return &Error{Kind: NotOwner, Field: NounApp}
		}
		w.tell(Event{Service: ROMA, Realm: req.Instance, Apps: []AppID{req.App}, AppCodes: []AppCodeID{req.ID}})
		return nil
	})
}
