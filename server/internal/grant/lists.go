package grant

import (
	"context"
	"time"
)

// Page says which part of a list to return. Next cursors come from the page
// before; one that is not such is Invalid.
type Page struct {
	Limit  int
	Cursor string // empty: from the beginning
}

// Live is the state of an authorization that holds; that of one that ended is its
// cause.
const Live Cause = "live"

// Filter narrows a list. What is zero lets everything pass.
type Filter struct {
	Service Service
	Realm   RealmID
	App     AppID
	API     APIID
	State   Cause     // of authorizations, as they stand at Now
	Notices bool      // of applications: the notices, or else the others
	Status  Status    // of applications, as they stand at Now
	Now     time.Time // set by the Authority
}

// AuthorizationRecord is an authorization and where it is.
type AuthorizationRecord struct {
	Realm
	Authorization
}

// AppCodeRecord is an AppCode, without its value, and whose it is.
type AppCodeRecord struct {
	Realm
	App  AppID
	Code AppCodeID
}

// look looks at one project.
func (a *Authority) look(ctx context.Context, project ProjectID, fn func(r Reader, now time.Time) error) error {
	return a.store.View(ctx, func(r Reader) error {
		revision, err := a.revision(ctx, r, project)
		if err != nil {
			return err
		}
		return fn(r, revision.Clock)
	})
}

// ListAuthorizations lists a project's authorizations as they stand now.
//
// Errors: NotFound project; Invalid cursor.
//
// openapi: ListAuthorizations
func (a *Authority) ListAuthorizations(ctx context.Context, project ProjectID, f Filter, page Page) (list []AuthorizationRecord, next string, err error) {
	err = a.look(ctx, project, func(r Reader, now time.Time) (err error) {
		f.Now = now
		list, next, err = r.ListAuthorizations(ctx, project, f, page)
		for i := range list {
			list[i].Authorization = list[i].settled(now)
		}
		return err
	})
	return list, next, err
}

// ListAppCodes lists a project's AppCodes.
//
// Errors: NotFound project; Invalid cursor.
//
// openapi: ListAppCodes
func (a *Authority) ListAppCodes(ctx context.Context, project ProjectID, f Filter, page Page) (list []AppCodeRecord, next string, err error) {
	err = a.look(ctx, project, func(r Reader, _ time.Time) (err error) {
		list, next, err = r.ListAppCodes(ctx, project, f, page)
		return err
	})
	return list, next, err
}

// ListApplications lists a project's applications or its notices, as they stand
// now.
//
// Errors: NotFound project; Invalid cursor.
//
// openapi: ListApplications, ListMessages
func (a *Authority) ListApplications(ctx context.Context, project ProjectID, f Filter, page Page) (list []Application, next string, err error) {
	err = a.look(ctx, project, func(r Reader, now time.Time) (err error) {
		f.Now = now
		list, next, err = r.ListApplications(ctx, project, f, page)
		for i := range list {
			list[i] = list[i].settled(now)
		}
		return err
	})
	return list, next, err
}

// ListEvents lists the audit trail of a project, which needn't exist any more.
//
// Errors: Invalid cursor.
//
// openapi: ListEvents
func (a *Authority) ListEvents(ctx context.Context, project ProjectID, page Page) (list []Event, next string, err error) {
	err = a.store.View(ctx, func(r Reader) (err error) {
		list, next, err = r.ListEvents(ctx, project, page)
		return err
	})
	return list, next, err
}
