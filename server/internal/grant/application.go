package grant

import "time"

// Status is what has become of an application or a notice.
type Status string

// The statuses.
const (
	PendingApproval Status = "STATUS_TYPE_PENDING_APPROVAL"    // an application waits for a reviewer
	Passed          Status = "STATUS_TYPE_PASSED"              // it was granted
	Rejected        Status = "STATUS_TYPE_REJECTED"            // it was turned down or came to nothing
	PendingCheck    Status = "STATUS_TYPE_PENDING_CHECK"       // a notice waits for the app's owner
	Executed        Status = "STATUS_TYPE_SYNCHRONOUS_EXECUTE" // the app's owner carried it out
	ForcedCancel    Status = "STATUS_TYPE_FORCED_CANCEL"       // its deadline came
)

// Application is what one side of DataArts Studio tells the other: an app's owner
// asks an API's reviewers for an authorization (Apply) or for more time (Renew),
// or a reviewer gives notice that an authorization will be cancelled
// (CancelByAPI). For one cluster, API and app at most one waits.
type Application struct {
	ID        ApplicationID
	Workspace RealmID
	Cluster   EnvID
	API       APIID
	App       AppID
	Type      ActionType
	By        UserName  // who made it
	At        time.Time // when
	Until     time.Time // the end asked for or, of a notice, its deadline
	Status    Status
	SettledAt time.Time // zero while it waits
	SettledBy string    // who settled it; empty if time did
	Comment   string    // what was said then
}

const lapsed = "the end it asked for has passed"

func (a Application) waits() bool { return a.Status == PendingApproval || a.Status == PendingCheck }

// settled is the application as it stands at a time: what was due by then has
// taken effect, at the time it was due.
func (a Application) settled(now time.Time) Application {
	switch {
	case !a.waits() || !due(a.Until, now):
		return a
	case a.Type == CancelByAPI:
		a.Status = ForcedCancel
	default:
		a.Status, a.Comment = Rejected, lapsed
	}
	a.SettledAt = a.Until
	return a
}
