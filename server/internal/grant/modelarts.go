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
	Auth AuthorizationID // the record removed; empty if Err is set
	// Err is nil, or why the app lost nothing: NotFound app, or NotFound
	// authorization if the app exists but isn't authorized.
	Err *Error
}

// CancelAPIAuthorization removes the authorizations that exist and reports on
// each distinct app, in the order of the request.
//
// Errors: WrongProject, NoPermission; NotFound workspace, service (also one in
// another workspace) or API; Elsewhere if the API is another service's.
//
// openapi: DeleteApiAppAuth, DeleteApiAppAuthAlias
func (a *Authority) CancelAPIAuthorization(ctx context.Context, caller *User, req CancelAPIAuthorization) ([]CancelledApp, error) {
	if err := caller.permit(req.Project, MayCancelAPIAuthorization); err != nil {
		return nil, err
	}
	realm, err := a.modelService(req)
	if err != nil {
		return nil, err
	}

	apps := distinct(req.Apps)
	var results []CancelledApp
	err = a.store.Update(ctx, func(tx Tx) error {
		existing, err := tx.Authorizations(ctx, realm.Realm, NoEnv, []APIID{req.API}, apps)
		if err != nil {
			return err
		}
		byApp := make(map[AppID]AuthorizationID, len(existing))
		ids := make([]AuthorizationID, 0, len(existing))
		for _, auth := range existing {
			byApp[auth.App] = auth.ID
			ids = append(ids, auth.ID)
		}

		results = make([]CancelledApp, 0, len(apps))
		for _, app := range apps {
			result := CancelledApp{App: app, Auth: byApp[app]}
			if result.Auth == "" {
				result.Err = realm.whyNotAuthorized(app)
			}
			results = append(results, result)
		}
		return tx.Remove(ctx, ids)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// modelService finds the service and makes sure that the API is its own.
func (a *Authority) modelService(req CancelAPIAuthorization) (*realm, error) {
	if !a.directory.hasWorkspace(req.Project, req.Workspace) {
		return nil, notFound(NounWorkspace, string(req.Workspace))
	}
	realm, err := a.directory.realm(Realm{ModelArts, req.Project, req.Service}, NounService)
	if err != nil {
		return nil, err
	}
	if realm.Workspace != req.Workspace {
		return nil, notFound(NounService, string(req.Service))
	}
	_, err = realm.api(req.API)
	if err != nil && a.directory.hasModelAPI(req.Project, req.API) {
		return nil, &Error{Kind: Elsewhere, Field: NounAPI, Msg: fmt.Sprintf("%s does not belong to service %s", req.API, req.Service)}
	}
	return realm, err
}

func (r *realm) whyNotAuthorized(app AppID) *Error {
	if _, ok := r.apps[app]; !ok {
		return notFound(NounApp, string(app))
	}
	return notFound(NounAuthorization, string(app))
}

// hasWorkspace reports whether a workspace exists: the default one does, and so
// does every one that a service is in.
func (d directory) hasWorkspace(project ProjectID, w WorkspaceID) bool {
	return w == DefaultWorkspace || d.anyModelService(project, func(r *realm) bool { return r.Workspace == w })
}

func (d directory) hasModelAPI(project ProjectID, api APIID) bool {
	return d.anyModelService(project, func(r *realm) bool { return r.apis[api] != nil })
}

func (d directory) anyModelService(project ProjectID, ok func(*realm) bool) bool {
	return slices.ContainsFunc(d.list, func(r *realm) bool {
		return r.Service == ModelArts && r.Project == project && ok(r)
	})
}
