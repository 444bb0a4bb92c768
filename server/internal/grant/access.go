package grant

import (
	"context"
	"slices"
	"time"
)

// Question asks whether an app may call an API.
type Question struct {
	Project ProjectID
	Service Service
	Realm   RealmID // empty: whichever one realm of the service has the API
	Env     EnvID   // NoEnv in ModelArts
	API     APIID
	App     AppID
	// AppCode is the value of an AppCode, in place of App; if there are both, the
	// AppCode must be that app's.
	AppCode string
}

// Reason is why an app may or may not call an API, for programs to tell apart.
type Reason string

// The reasons. Only Authorized is a yes.
const (
	Authorized     Reason = "authorized"
	NotAuthorized  Reason = "not_authorized"   // and never was
	AwaitsApproval Reason = "awaits_approval"  // not now, but somebody has asked
	WasCancelled   Reason = "cancelled"        // by somebody, at once or after a notice
	HasExpired     Reason = "expired"          // its end time came
	Unpublished    Reason = "unpublished"      // authorized, but the API is not published in the environment
	UnknownAppCode Reason = "unknown_app_code" // no app of the realm has it
	UnknownProject Reason = "unknown_project"  // and so on: what the question names doesn't exist
	UnknownRealm   Reason = "unknown_realm"    //
	UnknownEnv     Reason = "unknown_env"      //
	UnknownAPI     Reason = "unknown_api"      //
	UnknownApp     Reason = "unknown_app"      //
	AmbiguousRealm Reason = "ambiguous_realm"  // several realms have an API of that name
)

// Decision is the answer to a Question.
type Decision struct {
	Allowed bool
	Reason  Reason
	At      time.Time      // for when it was asked, by the project's clock
	Realm   RealmID        // empty if it could not be found out
	App     AppID          // likewise
	Record  *Authorization // the one that decided, as it stands at that time; nil if there is none
}

// Decide answers a question, by the state that the last acknowledged change left.
// What doesn't exist is a reason, no error.
func (a *Authority) Decide(ctx context.Context, q Question) (Decision, error) {
	var d Decision
	err := a.store.View(ctx, func(r Reader) (err error) {
		d, err = a.decide(ctx, r, q)
		return err
	})
	d.Allowed = err == nil && d.Reason == Authorized
	return d, err
}

func (a *Authority) decide(ctx context.Context, r Reader, q Question) (Decision, error) {
	exists, revision, err := a.project(ctx, r, q.Project)
	d := Decision{At: revision.Clock}
	if IsNotFound(err) {
		d.Reason = UnknownProject
		return d, nil
	}
	if err != nil {
		return d, err
	}
	realm, reason := exists.realmOf(q)
	if realm != nil {
		d.Realm = realm.ID
	}
	if reason != "" {
		d.Reason = reason
		return d, nil
	}
	d.App, d.Reason, err = realm.caller(ctx, r, q)
	if err != nil || d.Reason != "" {
		return d, err
	}

	record, err := r.LastAuthorization(ctx, realm.Realm, q.Env, q.API, d.App)
	if err == nil {
		record = record.settled(d.At)
		d.Record = &record
	} else if !IsNotFound(err) {
		return d, err
	}
	d.Reason, err = realm.reason(ctx, r, q, d)
	return d, err
}

// realmOf finds the realm that a question is about, or the reason why not.
func (d *directory) realmOf(q Question) (*realm, Reason) {
	var found []*realm
	for _, r := range d.list {
		if r.Service == q.Service && (q.Realm == "" && r.apis[q.API] != nil || q.Realm != "" && r.ID == q.Realm) {
			found = append(found, r)
		}
	}
	switch {
	case len(found) > 1:
		return nil, AmbiguousRealm
	case len(found) == 0 && q.Realm == "":
		return nil, UnknownAPI
	case len(found) == 0:
		return nil, UnknownRealm
	case !slices.Contains(found[0].Envs, q.Env):
		return found[0], UnknownEnv
	case found[0].apis[q.API] == nil:
		return found[0], UnknownAPI
	}
	return found[0], ""
}

// caller finds out which app is calling.
func (r *realm) caller(ctx context.Context, reader Reader, q Question) (AppID, Reason, error) {
	app, unknown := q.App, UnknownApp
	if q.AppCode != "" {
		unknown = UnknownAppCode
		var err error
		app, err = reader.AppOfCode(ctx, r.Realm, HashOf(q.AppCode))
		if err != nil && !IsNotFound(err) {
			return "", "", err
		}
		if q.App != "" && q.App != app {
			app = ""
		}
	}
	if r.apps[app] == nil {
		return "", unknown, nil
	}
	return app, "", nil
}

// reason judges what was found.
func (r *realm) reason(ctx context.Context, reader Reader, q Question, d Decision) (Reason, error) {
	live := d.Record != nil && d.Record.Ended.IsZero()
	switch {
	case live && r.isGateway() && !slices.Contains(r.apis[q.API].Published, q.Env):
		return Unpublished, nil
	case live:
		return Authorized, nil
	}
	if r.Service == DataArts {
		application, err := reader.WaitingApplication(ctx, r.Realm, q.Env, q.API, d.App)
		switch {
		case err == nil && application.settled(d.At).waits():
			return AwaitsApproval, nil
		case err != nil && !IsNotFound(err):
			return "", err
		}
	}
	switch {
	case d.Record == nil:
		return NotAuthorized, nil
	case d.Record.Cause == Expired:
		return HasExpired, nil
	default:
		return WasCancelled, nil
	}
}

// isGateway reports whether APIs must be published here before they can be called.
func (r *realm) isGateway() bool { return r.Service == APIG || r.Service == ROMA }
