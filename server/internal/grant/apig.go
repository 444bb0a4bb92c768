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
	// Failed says that a test wanted the pair to fail. It has no record then.
	Failed           bool
	APIName, AppName string // of a pair that failed
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
func (a *Authority) AuthorizeApps(ctx context.Context, caller Caller, req AuthorizeApps) ([]AuthorizedPair, error) {
	appIDs, apiIDs := distinct(req.Apps), distinct(req.APIs)
	if len(appIDs)*len(apiIDs) > MaxPairs {
		return nil, &Error{Kind: Invalid, Field: "api_ids"}
	}
	var pairs []AuthorizedPair
	err := a.do(ctx, caller, req.Project, MayAuthorizeApps, func(w *work) error {
		realm, err := w.realm(APIG, req.Instance, NounInstance)
		if err != nil {
			return err
		}
		wanted, err := realm.pairs(caller, req.Env, appIDs, apiIDs)
		if err != nil {
			return err
		}
		pairs, err = w.authorize(ctx, realm, req.Env, apiIDs, appIDs, wanted)
		return err
	})
	if err != nil {
		return nil, err
	}
	return pairs, nil
}

// authorize makes those of the wanted records that there are not yet.
func (w *work) authorize(ctx context.Context, realm *realm, env EnvID, apis []APIID, apps []AppID, wanted []Authorization) ([]AuthorizedPair, error) {
	r := realm.Realm
	existing, err := w.Authorizations(ctx, r, env, apis, apps)
	if err != nil {
		return nil, err
	}
	records := make(map[Pair]Authorization, len(existing))
	for _, auth := range existing {
		records[Pair{auth.API, auth.App}] = auth
	}

	failing, err := w.failingPairs(ctx, apis, apps)
	if err != nil {
		return nil, err
	}
	fresh := make([]Authorization, 0, len(wanted)-len(existing))
	for _, auth := range wanted {
		p := Pair{auth.API, auth.App}
		if _, ok := records[p]; !ok && !failing[p] {
			auth.At = w.now
			fresh = append(fresh, auth)
		}
	}
	if len(fresh) > 0 {
		if err := w.Insert(ctx, r, fresh); err != nil {
			return nil, err
		}
		w.tell(Event{Service: r.Service, Realm: r.ID, Env: env, APIs: apis, Apps: apps, Authorizations: each(fresh, idOf)})
	}

	pairs := make([]AuthorizedPair, 0, len(wanted))
	for _, auth := range wanted {
		p := Pair{auth.API, auth.App}
		record, existed := records[p]
		switch {
		case failing[p]:
			pairs = append(pairs, AuthorizedPair{
				Authorization: auth, Failed: true, APIName: realm.apis[p.API].Name, AppName: realm.apps[p.App].Name,
			})
			continue
		case !existed:
			record, fresh = fresh[0], fresh[1:]
		}
		pairs = append(pairs, AuthorizedPair{Authorization: record, Existed: existed})
	}
	return pairs, nil
}

func idOf(auth Authorization) AuthorizationID { return auth.ID }

// pairs is the product of apps and APIs as records yet to be made, each with the
// role in which the caller may make it.
func (r *realm) pairs(caller Caller, env EnvID, appIDs []AppID, apiIDs []APIID) ([]Authorization, error) {
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
			case app.ownedBy(caller.Name):
				role = Consumer
			default:
				return nil, &Error{Kind: NotOwner, Field: NounAPI}
			}
			pairs = append(pairs, Authorization{Env: env, API: api.ID, App: app.ID, Role: role})
		}
	}
	return pairs, nil
}

// CancelAuthorization asks to end one record of a gateway.
type CancelAuthorization struct {
	Project  ProjectID
	Instance RealmID
	ID       AuthorizationID
}

// CancelAuthorization ends the record. From then on the app can no longer call
// the API. A second call is NotFound.
//
// Errors: WrongProject, NoPermission; NotFound instance or authorization;
// NotOwner if the caller owns neither the record's API nor its app.
//
// openapi: CancelingAuthorizationV2
func (a *Authority) CancelAuthorization(ctx context.Context, caller Caller, req CancelAuthorization) error {
	return a.do(ctx, caller, req.Project, MayCancelAuthorization, func(w *work) error {
		realm, err := w.realm(APIG, req.Instance, NounInstance)
		if err != nil {
			return err
		}
		auth, err := w.Authorization(ctx, realm.Realm, req.ID)
		if err != nil {
			return err
		}
		api, app := realm.apis[auth.API], realm.apps[auth.App]
		ownsAPI := api != nil && api.Owner == caller.Name
		ownsApp := app != nil && app.ownedBy(caller.Name)
		if !ownsAPI && !ownsApp {
			return &Error{Kind: NotOwner, Field: NounAuthorization}
		}
		return w.cancel(ctx, realm.Realm, auth)
	})
}

// cancel ends live records of one environment with immediate effect.
func (w *work) cancel(ctx context.Context, r Realm, auths ...Authorization) error {
	if len(auths) == 0 {
		return nil
	}
	ids := each(auths, idOf)
	w.tell(Event{
		Service: r.Service, Realm: r.ID, Env: auths[0].Env,
		APIs:           distinct(each(auths, func(auth Authorization) APIID { return auth.API })),
		Apps:           distinct(each(auths, func(auth Authorization) AppID { return auth.App })),
		Authorizations: ids,
	})
	return w.End(ctx, ids, w.now, Cancelled)
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
	if len(list) < 2 {
		return list
	}
	seen := make(map[T]bool, len(list))
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool {
		repeated := seen[v]
		seen[v] = true
		return repeated
	})
}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}
