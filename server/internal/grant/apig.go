package grant

import (
	"context"
	"slices"
)

// MaxPairs is how many pairs of app and API one call of [Authority.AuthorizeApps]
// takes.
const MaxPairs = 10_000

// AuthorizeApps asks to let each app call each API in one environment of a
// gateway.
type AuthorizeApps struct {
	Project  ProjectID
	Instance RealmID
	Env      EnvID
	Apps     []AppID // a repeated id counts once
	APIs     []APIID // likewise
}

// AuthorizedPair is what came of one pair.
type AuthorizedPair struct {
	Authorization
	Existed bool // the pair was authorized already; the record is the one it had
}

// AuthorizeApps authorizes the cartesian product of apps and APIs, all of it or,
// on an error, nothing. The pairs come app by app, in the order of the request.
// An API needn't be published in the environment. Calling it again changes
// nothing.
//
// Errors: Invalid api_ids over [MaxPairs]; WrongProject, NoPermission; NotFound
// instance, environment, app or API; NotOwner if the caller owns neither the
// API nor the app of some pair.
//
// openapi: CreateAuthorizingAppsV2
func (a *Authority) AuthorizeApps(ctx context.Context, caller *User, req AuthorizeApps) ([]AuthorizedPair, error) {
	appIDs, apiIDs := distinct(req.Apps), distinct(req.APIs)
	if len(appIDs)*len(apiIDs) > MaxPairs {
		return nil, &Error{Kind: Invalid, Field: "api_ids"}
	}
	if err := caller.permit(req.Project, MayAuthorizeApps); err != nil {
		return nil, err
	}
	realm, err := a.directory.realm(Realm{APIG, req.Project, req.Instance}, NounInstance)
	if err != nil {
		return nil, err
	}
	wanted, err := realm.pairs(caller, req.Env, appIDs, apiIDs)
	if err != nil {
		return nil, err
	}

	var pairs []AuthorizedPair
	at := a.now()
	err = a.store.Update(ctx, func(tx Tx) error {
		existing, err := tx.Authorizations(ctx, realm.Realm, req.Env, apiIDs, appIDs)
		if err != nil {
			return err
		}
		type pair struct {
			api APIID
			app AppID
		}
		records := make(map[pair]Authorization, len(existing))
		for _, auth := range existing {
			records[pair{auth.API, auth.App}] = auth
		}

		fresh := make([]Authorization, 0, len(wanted)-len(existing))
		for _, auth := range wanted {
			if _, ok := records[pair{auth.API, auth.App}]; !ok {
				auth.At = at
				fresh = append(fresh, auth)
			}
		}
		if err := tx.Insert(ctx, realm.Realm, fresh); err != nil {
			return err
		}

		pairs = make([]AuthorizedPair, 0, len(wanted))
		for _, auth := range wanted {
			record, existed := records[pair{auth.API, auth.App}]
			if !existed {
				record, fresh = fresh[0], fresh[1:]
			}
			pairs = append(pairs, AuthorizedPair{record, existed})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return pairs, nil
}

// pairs is the product of apps and APIs as records yet to be made, each with the
// role in which the caller may make it.
func (r *realm) pairs(caller *User, env EnvID, appIDs []AppID, apiIDs []APIID) ([]Authorization, error) {
	if err := r.env(env, NounEnv); err != nil {
		return nil, err
	}
	apps, err := all(appIDs, r.app)
	if err != nil {
		return nil, err
	}
	apis, err := all(apiIDs, r.api)
	if err != nil {
		return nil, err
	}

	pairs := make([]Authorization, 0, len(apps)*len(apis))
	for _, app := range apps {
		for _, api := range apis {
			var role Role
			switch {
			case api.Owner == caller.Name:
				role = Provider
			case app.ownedBy(caller):
				role = Consumer
			default:
				return nil, &Error{Kind: NotOwner, Field: NounAPI}
			}
			pairs = append(pairs, Authorization{Env: env, API: api.ID, App: app.ID, Role: role})
		}
	}
	return pairs, nil
}

// CancelAuthorization asks to remove one record of a gateway.
type CancelAuthorization struct {
	Project  ProjectID
	Instance RealmID
	ID       AuthorizationID
}

// CancelAuthorization removes the record. From then on the app can no longer
// call the API. A second call is NotFound.
//
// Errors: WrongProject, NoPermission; NotFound instance or authorization;
// NotOwner if the caller owns neither the record's API nor its app.
//
// openapi: CancelingAuthorizationV2
func (a *Authority) CancelAuthorization(ctx context.Context, caller *User, req CancelAuthorization) error {
	if err := caller.permit(req.Project, MayCancelAuthorization); err != nil {
		return err
	}
	realm, err := a.directory.realm(Realm{APIG, req.Project, req.Instance}, NounInstance)
	if err != nil {
		return err
	}
	return a.store.Update(ctx, func(tx Tx) error {
		auth, err := tx.Authorization(ctx, realm.Realm, req.ID)
		if err != nil {
			return err
		}
		api, app := realm.apis[auth.API], realm.apps[auth.App]
		ownsAPI := api != nil && api.Owner == caller.Name
		ownsApp := app != nil && app.ownedBy(caller)
		if !ownsAPI && !ownsApp {
			return &Error{Kind: NotOwner, Field: NounAuthorization}
		}
		return tx.Remove(ctx, []AuthorizationID{auth.ID})
	})
}

// all finds every one of a list, or says which is the first that isn't there.
func all[ID, T any](ids []ID, find func(ID) (T, error)) ([]T, error) {
	found := make([]T, len(ids))
	for i, id := range ids {
		thing, err := find(id)
		if err != nil {
			return nil, err
		}
		found[i] = thing
	}
	return found, nil
}

// distinct drops repetitions and keeps the order.
func distinct[T comparable](list []T) []T {
	seen := make(map[T]bool, len(list))
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool {
		repeated := seen[v]
		seen[v] = true
		return repeated
	})
}
