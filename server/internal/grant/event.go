package grant

import "time"

// EventID orders the events of a project: later ones have greater ids.
type EventID int64

// Event is an entry of the audit trail: one call that changed something. It has
// no secret in it.
type Event struct {
	ID        EventID
	Project   ProjectID
	At        time.Time  // by the server's own clock, whatever the project's says
	Actor     string     // the user's name, Operator or CatalogFile
	Operation string     // operationId in a contract, or ApplyCatalog
	Action    ActionType // of DataArts Studio; empty for other operations
	RequestID string
	Service   Service
	Realm     RealmID
	Env       EnvID
	APIs      []APIID
	Apps      []AppID
	// What was changed: authorizations made, changed or ended, AppCodes made or
	// deleted, an application made or settled.
	Authorizations []AuthorizationID
	AppCodes       []AppCodeID
	Application    ApplicationID
}

// The actors who are no users. No user can have these names.
const (
	Operator    = "(operator)" // the holder of the admin token
	CatalogFile = "(catalog)"  // a server that starts with another catalog file
)
