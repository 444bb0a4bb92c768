package grant

import (
	"context"
	"time"
)

// Role is on whose behalf an app was authorized.
type Role string

// The roles.
const (
	Provider Role = "PROVIDER" // by the API's provider
	Consumer Role = "CONSUMER" // by the API's user, the app's owner
)

// Authorization is a record that lets an app call an API in an environment. In
// one realm there is at most one for each environment, API and app.
type Authorization struct {
	ID    AuthorizationID
	Env   EnvID
	API   APIID
	App   AppID
	Role  Role      // empty where the service has no such notion
	At    time.Time // when it was given, in UTC, to the microsecond
	Until time.Time // when it ends, in UTC, to the microsecond; zero: never
}

// liveAt reports whether the authorization still holds at that time.
func (a Authorization) liveAt(t time.Time) bool {
	return a.Until.IsZero() || a.Until.After(t)
}

// Store keeps what the operations change.
type Store interface {
	// Update runs fn in one transaction that nobody else's transaction overlaps.
	// When fn returns nil the changes are durable before Update returns nil; when
	// fn or the transaction fails, nothing is changed and the error of fn, or
	// the transaction's, is returned. fn may be run more than once and must have
	// no effect outside tx but on variables that it sets anew each time.
	Update(ctx context.Context, fn func(tx Tx) error) error
}

// Tx is a transaction. It is used by one goroutine and not after fn returned.
type Tx interface {
	// Authorizations returns the records of an environment between any of the
	// APIs and any of the apps, ended ones included, in the order they were made.
	Authorizations(ctx context.Context, r Realm, env EnvID, apis []APIID, apps []AppID) ([]Authorization, error)

	// Authorization returns one record of the realm, or NotFound.
	Authorization(ctx context.Context, r Realm, id AuthorizationID) (Authorization, error)

	// Insert makes records and sets their IDs in place. An existing record
	// for the same environment, API and app fails all of them.
	Insert(ctx context.Context, r Realm, records []Authorization) error

	// SetUntil changes when a record ends. One that doesn't exist is NotFound.
	SetUntil(ctx context.Context, id AuthorizationID, until time.Time) error

	// Remove deletes records for good; their ids are never used again. One that
	// doesn't exist is passed over.
	Remove(ctx context.Context, ids []AuthorizationID) error

	// InsertAppCodes gives an app AppCodes. One whose id the app has already is
	// left as it is.
	InsertAppCodes(ctx context.Context, r Realm, app AppID, codes []AppCode) error

	// RemoveAppCode deletes an AppCode of an app for good, or returns NotFound.
	RemoveAppCode(ctx context.Context, r Realm, app AppID, id AppCodeID) error

	// Seed remembers names and returns those that were not remembered before,
	// in no particular order.
	Seed(ctx context.Context, names []string) ([]string, error)
}
