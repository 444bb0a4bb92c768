package grant

import (
	"context"
	"fmt"
	"slices"
)

// DefaultWorkspace is the ModelArts workspace that always exists.
const DefaultWorkspace WorkspaceID = "0"

// CancelAPIAuthorization asks to take one API of a service away from apps.
type CancelAPIAuthorization struct {
	Project   ProjectID
	Workspace WorkspaceID
	Service   RealmID
	API       APIID
	Apps      []AppID // a repeated id counts once
}

// CancelledApp is what came of one app.
type CancelledApp struct {
	App  AppID
	Auth AuthorizationID // the record ended; empty if Err is set
	// Err is nil, or why the app lost nothing: NotFound app, or NotFound
	// authorization if the app exists but isn't authorized.
	Err *Error
}

// CancelAPIAuthorization ends the authorizations that exist and reports on
// each distinct app, in the order of the request.
//
// Errors: WrongProject, NoPermission; NotFound workspace, service (also one in
// another workspace) or API; Elsewhere if the API is another service's.
//
// openapi: DeleteApiAppAuth, DeleteApiAppAuthAlias
func (a *Authority) CancelAPIAuthorization(ctx context.Context, caller Caller, req CancelAPIAuthorization) ([]CancelledApp, error) {
	apps := distinct(req.Apps)
	var results []CancelledApp
	err := a.do(ctx, caller, req.Project, MayCancelAPIAuthorization, func(w *work) error {
		realm, err := w.modelService(req)
		if err != nil {
			return err
		}
		existing, err := w.Authorizations(ctx, realm.Realm, NoEnv, []APIID{req.API}, apps)
		if err != nil {
			return err
		}
		byApp := make(map[AppID]AuthorizationID, len(existing))
		for _, auth := range existing {
			byApp[auth.App] = auth.ID
		}

		results = make([]CancelledApp, 0, len(apps))
		for _, app := range apps {
			result := CancelledApp{App: app, Auth: byApp[app]}
			if result.Auth == "" {
				result.Err = realm.whyNotAuthorized(app)
			}
			results = append(results, result)
		}
		return w.cancel(ctx, realm.Realm, existing...)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// modelService finds the service and makes sure that the API is its own.
func (d *directory) modelService(req CancelAPIAuthorization) (*realm, error) {
	if !d.hasWorkspace(req.Workspace) {
		return nil, notFound(NounWorkspace, string(req.Workspace))
	}
	service, err := d.realm(ModelArts, req.Service, NounService)
	if err != nil {
		return nil, err
	}
	if service.Workspace != req.Workspace {
		return nil, notFound(NounService, string(req.Service))
	}
	_, err = service.api(req.API)
	if err != nil && d.anyModelService(func(other *realm) bool { return other.apis[req.API] != nil }) {
		return nil, &Error{Kind: Elsewhere, Field: NounAPI, Msg: fmt.Sprintf("%s does not belong to service %s", req.API, req.Service)}
	}
	return service, err
}

func (r *realm) whyNotAuthorized(app AppID) *Error {
	if _, ok := r.apps[app]; !ok {
		return notFound(NounApp, string(app))
	}
	return notFound(NounAuthorization, string(app))
}

// hasWorkspace reports whether a workspace exists: the default one does, and so
// does every one that a service is in.
func (d *directory) hasWorkspace(w WorkspaceID) bool {
	return w == DefaultWorkspace || d.anyModelService(func(r *realm) bool { return r.Workspace == w })
}

func (d *directory) anyModelService(ok func(*realm) bool) bool {
	return slices.ContainsFunc(d.list, func(r *realm) bool { return r.Service == ModelArts && ok(r) })
}
