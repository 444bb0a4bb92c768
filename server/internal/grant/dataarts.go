package grant

import (
	"context"
	"time"
)

// ActionType is what to do with an authorization of DataArts Studio.
type ActionType string

// The actions.
const (
	Authorize   ActionType = "APPLY_TYPE_AUTHORIZE"
	Apply       ActionType = "APPLY_TYPE_APPLY"
	Renew       ActionType = "APPLY_TYPE_RENEW"
	CancelByApp ActionType = "APPLY_TYPE_APP_CANCEL_AUTHORIZE"
	CancelByAPI ActionType = "APPLY_TYPE_API_CANCEL_AUTHORIZE"
)

// Action asks for one action on the authorization of one API for one app.
type Action struct {
	Project   ProjectID
	Workspace RealmID
	Cluster   EnvID
	API       APIID
	App       AppID
	Type      ActionType
	// Until is the end time, or for CancelByAPI the time from which the app can
	// no longer call. It is cut to the hour. CancelByApp ignores it.
	Until time.Time
}

// actionRule is what the documents say of one action.
type actionRule struct {
	timed   bool // takes a time, which must lie in the future
	allowed func(caller *User, api *API, app *App) bool
	refusal string // said to those who are not allowed
	// effect does it. record is the live authorization, or nil.
	effect func(ctx context.Context, tx Tx, act action, record *Authorization) error
}

// action is an Action with its things found and its time cut.
type action struct {
	Action
	realm    Realm
	reviewed bool // the caller is a reviewer: nobody else needs to agree
	role     Role
	now      time.Time
}

func byReviewer(caller *User, api *API, _ *App) bool { return api.reviewedBy(caller) }
func byAppOwner(caller *User, _ *API, app *App) bool { return app.ownedBy(caller) }

const (
	onlyReviewers = "only a reviewer of the API may do this"
	onlyAppOwners = "only an owner of the app may do this"
)

var actionRules = map[ActionType]actionRule{
	Authorize:   {timed: true, allowed: byReviewer, refusal: onlyReviewers, effect: authorizeUntil},
	Apply:       {timed: true, allowed: byAppOwner, refusal: onlyAppOwners, effect: applyUntil},
	Renew:       {timed: true, allowed: byAppOwner, refusal: onlyAppOwners, effect: renewUntil},
	CancelByApp: {timed: false, allowed: byAppOwner, refusal: onlyAppOwners, effect: cancelNow},
	CancelByAPI: {timed: true, allowed: byReviewer, refusal: onlyReviewers, effect: cancelWithNotice},
}

// Perform carries out one action. Authorizing again with the same end changes
// nothing; cancelling again is Illegal.
//
// What needs somebody else's consent or time to prepare (Apply and Renew by one
// who doesn't review the API, CancelByAPI) is not carried out yet and Illegal.
//
// Errors, in the order of the checks: Invalid apply_type, Missing time;
// WrongProject, NoPermission; NotFound workspace, cluster, API or app; Illegal for
// the wrong role; Invalid time if not in the future; Illegal for a validity that
// would shrink and for nothing to renew or cancel.
//
// openapi: AuthorizeActionApiToInstance
func (a *Authority) Perform(ctx context.Context, caller *User, req Action) error {
	rule, ok := actionRules[req.Type]
	if !ok {
		return &Error{Kind: Invalid, Field: "apply_type"}
	}
	if rule.timed && req.Until.IsZero() {
		return &Error{Kind: Missing, Field: "time"}
	}
	if err := caller.permit(req.Project, MayActOnAuthorization); err != nil {
		return err
	}
	realm, api, app, err := a.dataAPI(req)
	if err != nil {
		return err
	}
	if !rule.allowed(caller, api, app) {
		return illegal(rule.refusal)
	}

	act := action{Action: req, realm: realm.Realm, reviewed: api.reviewedBy(caller), role: Consumer, now: a.now()}
	if act.reviewed {
		act.role = Provider
	}
	act.Until = req.Until.UTC().Truncate(time.Hour)
	if rule.timed && !act.Until.After(act.now) {
		return &Error{Kind: Invalid, Field: "time"}
	}
	return a.store.Update(ctx, func(tx Tx) error {
		record, err := liveRecord(ctx, tx, act)
		if err != nil {
			return err
		}
		return rule.effect(ctx, tx, act, record)
	})
}

func (a *Authority) dataAPI(req Action) (*realm, *API, *App, error) {
	realm, err := a.directory.realm(Realm{DataArts, req.Project, req.Workspace}, NounWorkspace)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := realm.env(req.Cluster, NounCluster); err != nil {
		return nil, nil, nil, err
	}
	api, err := realm.api(req.API)
	if err != nil {
		return nil, nil, nil, err
	}
	app, err := realm.app(req.App)
	if err != nil {
		return nil, nil, nil, err
	}
	return realm, api, app, nil
}

// liveRecord returns the authorization the action is about, or nil. One that
// has ended is out of the way afterwards.
func liveRecord(ctx context.Context, tx Tx, act action) (*Authorization, error) {
	records, err := tx.Authorizations(ctx, act.realm, act.Cluster, []APIID{act.API}, []AppID{act.App})
	if err != nil || len(records) == 0 {
		return nil, err
	}
	record := &records[0]
	if record.liveAt(act.now) {
		return record, nil
	}
	return nil, tx.Remove(ctx, []AuthorizationID{record.ID})
}

func authorizeUntil(ctx context.Context, tx Tx, act action, record *Authorization) error {
	if record == nil {
		return tx.Insert(ctx, act.realm, []Authorization{{
			Env: act.Cluster, API: act.API, App: act.App, Role: act.role, At: act.now, Until: act.Until,
		}})
	}
	switch {
	case record.Until.IsZero(), act.Until.Before(record.Until):
		return illegal("the validity can be extended, not shortened")
	case act.Until.Equal(record.Until):
		return nil
	default:
		return tx.SetUntil(ctx, record.ID, act.Until)
	}
}

func applyUntil(ctx context.Context, tx Tx, act action, record *Authorization) error {
	if !act.reviewed {
		return illegal("this needs a reviewer's approval, which this server does not offer yet")
	}
	return authorizeUntil(ctx, tx, act, record)
}

func renewUntil(ctx context.Context, tx Tx, act action, record *Authorization) error {
	if record == nil {
		return illegal("there is no authorization to renew")
	}
	return applyUntil(ctx, tx, act, record)
}

func cancelNow(ctx context.Context, tx Tx, _ action, record *Authorization) error {
	if record == nil {
		return illegal("there is no authorization to cancel")
	}
	return tx.Remove(ctx, []AuthorizationID{record.ID})
}

func cancelWithNotice(_ context.Context, _ Tx, _ action, record *Authorization) error {
	if record == nil {
		return illegal("there is no authorization to cancel")
	}
	return illegal("this needs notice to the app's owner, which this server does not offer yet; the app's owner can cancel at once")
}
