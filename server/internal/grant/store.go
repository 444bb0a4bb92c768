package grant

import (
	"context"
	"time"
)

// Store keeps all there is.
type Store interface {
	// Update runs fn in one transaction that no other transaction on the same
	// project overlaps; with the empty project, none overlaps at all. When fn
	// returns nil the changes are durable before Update returns nil; when fn or
	// the transaction fails, nothing is changed and the error of fn, or the
	// transaction's, is returned. fn may be run more than once, on any goroutine,
	// and must have no effect outside tx but on variables that it sets anew each
	// time.
	Update(ctx context.Context, project ProjectID, fn func(tx Tx) error) error

	// View runs fn on the state that the last finished Update left, or a later
	// one. It does not wait for an Update. fn may be run more than once, and must
	// have no effect but on variables that it sets anew each time.
	View(ctx context.Context, fn func(r Reader) error) error
}

// Reader looks at one state of a store. It is used by one goroutine and not after
// fn returned. Whatever it doesn't find is NotFound, unless said otherwise.
type Reader interface {
	// User returns who has a token, without permissions.
	User(ctx context.Context, token Hash) (User, error)

	// Permissions returns a user's permissions in a project, and whether the user
	// is a member of it.
	Permissions(ctx context.Context, user UserName, project ProjectID) ([]Permission, bool, error)

	// Revision returns what changes whenever the project's contents do, and what
	// its clock shows.
	Revision(ctx context.Context, project ProjectID) (Revision, error)

	// Contents returns what there is in a project, without the records.
	Contents(ctx context.Context, project ProjectID) (Project, error)

	// Authorizations returns the records of an environment between any of the
	// APIs and any of the apps that are not marked as ended, in the order they
	// were made.
	Authorizations(ctx context.Context, r Realm, env EnvID, apis []APIID, apps []AppID) ([]Authorization, error)

	// Authorization returns one record of the realm that is not marked as ended.
	Authorization(ctx context.Context, r Realm, id AuthorizationID) (Authorization, error)

	// LastAuthorization returns the newest record of an app for an API.
	LastAuthorization(ctx context.Context, r Realm, env EnvID, api APIID, app AppID) (Authorization, error)

	// AppOfCode returns which app an AppCode's value belongs to; the one that got it
	// last, should several have it.
	AppOfCode(ctx context.Context, r Realm, value Hash) (AppID, error)

	// Application returns one application of a project's DataArts Studio.
	Application(ctx context.Context, project ProjectID, id ApplicationID) (Application, error)

	// WaitingApplication returns the application between an app and an API that
	// is not marked as settled.
	WaitingApplication(ctx context.Context, r Realm, cluster EnvID, api APIID, app AppID) (Application, error)

	// AppliedCatalog returns what the catalog file had that was applied last; the
	// zero value if none was.
	AppliedCatalog(ctx context.Context) (AppliedCatalog, error)

	// UserNamed returns a user, with all memberships.
	UserNamed(ctx context.Context, name UserName) (User, error)

	// Members returns the users who are members of a project, by name, with their
	// permissions in this project alone and without their tokens.
	Members(ctx context.Context, project ProjectID) ([]User, error)

	// Projects returns the ids of projects, in their order.
	Projects(ctx context.Context, page Page) (ids []ProjectID, next string, err error)

	// ListAuthorizations returns records of a project, app by app and each app's
	// in the order they were made.
	ListAuthorizations(ctx context.Context, project ProjectID, f Filter, page Page) (list []AuthorizationRecord, next string, err error)

	// ListAppCodes returns AppCodes of a project, app by app and each app's in the
	// order they were made. Of the filter, Service, Realm and App count.
	ListAppCodes(ctx context.Context, project ProjectID, f Filter, page Page) (list []AppCodeRecord, next string, err error)

	// ListApplications returns applications of a project, or its notices, workspace
	// by workspace and in each in the order they were made. Of the filter, all but Service and State count.
	ListApplications(ctx context.Context, project ProjectID, f Filter, page Page) (list []Application, next string, err error)

	// ListEvents returns events of a project in the order they happened; next is
	// never empty.
	ListEvents(ctx context.Context, project ProjectID, page Page) (list []Event, next string, err error)

	// Faults returns a project's faults in the order they were added.
	Faults(ctx context.Context, project ProjectID) ([]Fault, error)
}

// Tx is a transaction. It sees what it changed.
type Tx interface {
	Reader

	// Insert makes records and sets their IDs in place. An existing record
	// for the same environment, API and app that is not marked as ended fails
	// all of them.
	Insert(ctx context.Context, r Realm, records []Authorization) error

	// SetUntil changes when a record that is not marked as ended ends by itself.
	SetUntil(ctx context.Context, id AuthorizationID, until time.Time) error

	// SetNotice changes when a record that is not marked as ended will be cancelled.
	SetNotice(ctx context.Context, id AuthorizationID, at time.Time) error

	// End marks records as ended. One that doesn't exist or is so marked already
	// is passed over.
	End(ctx context.Context, ids []AuthorizationID, at time.Time, why Cause) error

	// InsertApplication makes an application and sets its ID. Another one that
	// waits between the same app and API fails it.
	InsertApplication(ctx context.Context, r Realm, a *Application) error

	// Settle marks an application as settled and stores its Status, SettledAt,
	// SettledBy and Comment. One that is so marked already is NotFound.
	Settle(ctx context.Context, a Application) error

	// InsertAppCodes gives an app AppCodes. One whose id the app has already is
	// left as it is.
	InsertAppCodes(ctx context.Context, r Realm, app AppID, codes []AppCode) error

	// RemoveAppCode deletes an AppCode of an app for good.
	RemoveAppCode(ctx context.Context, r Realm, app AppID, id AppCodeID) error

	// AppendEvent adds to the audit trail.
	AppendEvent(ctx context.Context, e Event) error

	// PutUser makes or replaces a user, found by name, with all memberships. A
	// token that another user has fails it.
	PutUser(ctx context.Context, u User) error

	// DeleteUser deletes a user. One that doesn't exist is passed over.
	DeleteUser(ctx context.Context, name UserName) error

	// PutProject makes a project or replaces its contents; records are not touched.
	PutProject(ctx context.Context, p Project) error

	// DropProject forgets what exists in a project, and who is a member of it, but
	// not the records. One that doesn't exist is passed over.
	DropProject(ctx context.Context, id ProjectID) error

	// DeleteProject is DropProject that deletes the records and seeds, too, but not
	// the events, and the users who are members of no other project.
	DeleteProject(ctx context.Context, id ProjectID) error

	// SetClock stops a project's clock at a time or, if it is zero, lets it run.
	SetClock(ctx context.Context, project ProjectID, at time.Time) error

	// InsertFault adds a fault to a project, behind those it has.
	InsertFault(ctx context.Context, project ProjectID, f Fault) error

	// SetFaultTimes changes how often a fault is yet to happen; 0 deletes it.
	SetFaultTimes(ctx context.Context, id int64, times int) error

	// Prune deletes up to limit records each, authorizations and applications that
	// ended before a time and events from before another, and reports whether there
	// may be more. A project whose clock is stopped keeps its records.
	Prune(ctx context.Context, endedBefore, eventsBefore time.Time, limit int) (more bool, err error)

	// SetAppliedCatalog remembers what AppliedCatalog returns.
	SetAppliedCatalog(ctx context.Context, c AppliedCatalog) error

	// Seed remembers names in a project and returns those that were not remembered
	// before, in no particular order.
	Seed(ctx context.Context, project ProjectID, names []string) ([]string, error)
}

// Revision is what decides whether what is known of a project still holds.
type Revision struct {
	Number int64     // differs from that of any other contents
	Clock  time.Time // where a test has stopped the project's clock; zero: it runs
	Faulty bool      // whether the project has faults
}

// AppliedCatalog is what a store remembers of a catalog file.
type AppliedCatalog struct {
	Sum      Hash // of the file's text
	Users    []UserName
	Projects []ProjectID
}
