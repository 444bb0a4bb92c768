package grant

import (
	"context"
	"time"
)

// relation is how an app stands with an API in a cluster, within an operation.
type relation struct {
	w       *work
	realm   Realm
	cluster EnvID
	api     APIID
	app     AppID

	authorization *Authorization // the one that has not ended, or nil
	application   *Application   // the one that waits, or nil

	// What the move under way is about.
	move    move
	at      time.Time // when it takes effect
	until   time.Time // the end time asked for
	role    Role
	comment string
}

// relation looks up how things stand, and lets take effect what has come due.
func (w *work) relation(ctx context.Context, realm Realm, cluster EnvID, api APIID, app AppID) (*relation, error) {
	r := &relation{w: w, realm: realm, cluster: cluster, api: api, app: app}
	auths, err := w.Authorizations(ctx, realm, cluster, []APIID{api}, []AppID{app})
	if err != nil {
		return nil, err
	}
	if len(auths) > 0 {
		r.authorization = &auths[0]
	}
	application, err := w.WaitingApplication(ctx, realm, cluster, api, app)
	switch {
	case err == nil:
		r.application = &application
	case !IsNotFound(err):
		return nil, err
	}
	if err := r.catchUp(ctx); err != nil {
		return nil, err
	}
	r.at = w.now
	return r, nil
}

func (r *relation) state() State {
	switch {
	case r.authorization == nil && r.application == nil:
		return Unlinked
	case r.authorization == nil:
		return LinkWaiting
	case r.application == nil:
		return Linked
	case r.application.Type == CancelByAPI:
		return OfflineWaiting
	default:
		return RenewWaiting
	}
}

// catchUp makes the moves that time has made since the last look.
func (r *relation) catchUp(ctx context.Context) error {
	for {
		m, at := r.next()
		if !due(at, r.w.now) {
			return nil
		}
		r.at = at
		if err := r.follow(ctx, find(r.state(), m), m); err != nil {
			return err
		}
	}
}

// next is the move that time will make next, and when; never if that is zero.
func (r *relation) next() (move, time.Time) {
	switch r.state() {
	case OfflineWaiting:
		return force, r.application.Until
	case Linked:
		return expire, r.authorization.Until
	case LinkWaiting:
		return lapse, r.application.Until
	case RenewWaiting: // usually what is asked for ends later than what there is
		if end := r.authorization.Until; !end.IsZero() && end.Before(r.application.Until) {
			return expire, end
		}
		return lapse, r.application.Until
	default:
		return "", time.Time{}
	}
}

// byTime reports whether the move under way is nobody's doing.
func (r *relation) byTime() bool { return r.move == expire || r.move == lapse || r.move == force }

// note tells the audit trail what changed, unless time changed it.
func (r *relation) note() {
	if r.byTime() {
		return
	}
	r.w.happened = true
	e := &r.w.event
	e.Service, e.Realm, e.Env, e.APIs, e.Apps = DataArts, r.realm.ID, r.cluster, []APIID{r.api}, []AppID{r.app}
	if r.authorization != nil {
		e.Authorizations = []AuthorizationID{r.authorization.ID}
	}
	if r.application != nil {
		e.Application = r.application.ID
	}
}

// link makes an authorization.
func link(ctx context.Context, r *relation) error {
	auths := []Authorization{{Env: r.cluster, API: r.api, App: r.app, Role: r.role, At: r.at, Until: r.until}}
	if err := r.w.Insert(ctx, r.realm, auths); err != nil {
		return err
	}
	r.authorization = &auths[0]
	r.note()
	return nil
}

// extend moves the end of the authorization, unless that would shorten it.
func extend(ctx context.Context, r *relation) error {
	r.note()
	if end := r.authorization.Until; end.IsZero() || !r.until.After(end) {
		return nil
	}
	r.authorization.Until = r.until
	return r.w.SetUntil(ctx, r.authorization.ID, r.until)
}

// unlink ends the authorization.
func unlink(ctx context.Context, r *relation) error {
	r.note()
	ended := r.authorization
	r.authorization = nil
	return r.w.End(ctx, []AuthorizationID{ended.ID}, r.at, endings[r.move])
}

// endings are why an authorization has ended after a move.
var endings = map[move]Cause{leave: Cancelled, execute: Cancelled, expire: Expired, force: Forced}

// ask makes an application.
func ask(ctx context.Context, r *relation) error {
	kind := Apply
	if r.move == renew {
		kind = Renew
	}
	return r.tell(ctx, kind, PendingApproval)
}

// announce makes a notice.
func announce(ctx context.Context, r *relation) error {
	if err := r.tell(ctx, CancelByAPI, PendingCheck); err != nil {
		return err
	}
	r.authorization.Notice = r.until
	return r.w.SetNotice(ctx, r.authorization.ID, r.until)
}

func (r *relation) tell(ctx context.Context, kind ActionType, status Status) error {
	r.application = &Application{
		Workspace: r.realm.ID, Cluster: r.cluster, API: r.api, App: r.app,
		Type: kind, By: r.w.caller.Name, At: r.at, Until: r.until, Status: status,
	}
	if err := r.w.InsertApplication(ctx, r.realm, r.application); err != nil {
		return err
	}
	r.note()
	return nil
}

// pass grants what the application asks for.
func pass(ctx context.Context, r *relation) error { return r.settle(ctx, Passed) }

// turnDown ends the application with nothing.
func turnDown(ctx context.Context, r *relation) error {
	if why, ok := rejections[r.move]; ok {
		r.comment = why
	}
	return r.settle(ctx, Rejected)
}

// rejections are why an application comes to nothing that nobody has rejected.
var rejections = map[move]string{lapse: lapsed, leave: wasCancelled, giveNotice: wasCancelled}

const wasCancelled = "the authorization was cancelled"

// carryOut ends the notice by doing what it says.
func carryOut(ctx context.Context, r *relation) error {
	if r.move == force {
		return r.settle(ctx, ForcedCancel)
	}
	return r.settle(ctx, Executed)
}

func (r *relation) settle(ctx context.Context, status Status) error {
	r.note()
	settled := *r.application
	settled.Status, settled.SettledAt, settled.Comment = status, r.at, r.comment
	if !r.byTime() {
		settled.SettledBy = r.w.caller.actor()
	}
	r.application = nil
	return r.w.Settle(ctx, settled)
}
