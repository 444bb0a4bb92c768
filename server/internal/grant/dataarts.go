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

// noticeTime is how long an app has, at the least, to prepare for a cancellation
// that it did not ask for.
const noticeTime = 48 * time.Hour

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
	allowed func(caller Caller, api *API, app *App) bool
	refusal string // said to those who are not allowed
	move    move   // what it does
	own     move   // what it does instead if the caller reviews the API
}

func byReviewer(caller Caller, api *API, _ *App) bool { return api.reviewedBy(caller.Name) }
func byAppOwner(caller Caller, _ *API, app *App) bool { return app.ownedBy(caller.Name) }

const (
	onlyReviewers = "only a reviewer of the API may do this"
	onlyAppOwners = "only an owner of the app may do this"
)

var actionRules = map[ActionType]actionRule{
	Authorize:   {true, byReviewer, onlyReviewers, authorize, authorize},
	Apply:       {true, byAppOwner, onlyAppOwners, apply, applyForOwn},
	Renew:       {true, byAppOwner, onlyAppOwners, renew, renewOwn},
	CancelByApp: {false, byAppOwner, onlyAppOwners, leave, leave},
	CancelByAPI: {true, byReviewer, onlyReviewers, giveNotice, giveNotice},
}

// Perform carries out one action: it moves the app and the API along one arrow of
// the lifecycle. To ask again for the end there is changes nothing; to cancel
// again is Illegal.
//
// Errors, in the order of the checks: Invalid apply_type, Missing time;
// WrongProject, NoPermission; NotFound workspace, cluster, API or app; Illegal for
// the wrong role; Invalid time if not in the future; Illegal for what the
// lifecycle does not provide for, a validity that would shrink, and a notice of
// less than two days.
//
// openapi: AuthorizeActionApiToInstance
func (a *Authority) Perform(ctx context.Context, caller Caller, req Action) error {
	rule, ok := actionRules[req.Type]
	if !ok {
		return &Error{Kind: Invalid, Field: "apply_type"}
	}
	if rule.timed && req.Until.IsZero() {
		return &Error{Kind: Missing, Field: "time"}
	}
	return a.do(ctx, caller, req.Project, MayActOnAuthorization, func(w *work) error {
		realm, api, app, err := w.dataAPI(req.Workspace, req.Cluster, req.API, req.App)
		if err != nil {
			return err
		}
		if !rule.allowed(caller, api, app) {
			return illegal(rule.refusal)
		}
		until := req.Until.UTC().Truncate(time.Hour)
		if rule.timed && due(until, w.now) {
			return &Error{Kind: Invalid, Field: "time"}
		}

		r, err := w.relation(ctx, realm.Realm, req.Cluster, req.API, req.App)
		if err != nil {
			return err
		}
		r.until, r.role = until, Consumer
		move := rule.move
		if api.reviewedBy(caller.Name) {
			r.role, move = Provider, rule.own
		}
		if err := r.make(ctx, move); err != nil {
			return err
		}
		w.event.Action = req.Type
		return nil
	})
}

func (d *directory) dataAPI(workspace RealmID, cluster EnvID, apiID APIID, appID AppID) (*realm, *API, *App, error) {
	realm, err := d.realm(DataArts, workspace, NounWorkspace)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := realm.env(cluster, NounCluster); err != nil {
		return nil, nil, nil, err
	}
	api, err := realm.api(apiID)
	if err != nil {
		return nil, nil, nil, err
	}
	app, err := realm.app(appID)
	if err != nil {
		return nil, nil, nil, err
	}
	return realm, api, app, nil
}
