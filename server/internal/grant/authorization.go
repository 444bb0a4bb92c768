package grant

import "time"

// Role is on whose behalf an app was authorized.
type Role string

// The roles.
const (
	Provider Role = "PROVIDER" // by the API's provider
	Consumer Role = "CONSUMER" // by the API's user, the app's owner
)

// Cause is why an authorization ended.
type Cause string

// The causes.
const (
	Cancelled Cause = "cancelled" // somebody cancelled it, with immediate effect
	Expired   Cause = "expired"   // its end time came
	Forced    Cause = "forced"    // the deadline of a notice came
)

// Authorization is a record that lets an app call an API in an environment. In
// one realm there is at most one for each environment, API and app that has not
// ended. Times are in UTC and exact to the microsecond.
type Authorization struct {
	ID    AuthorizationID
	Env   EnvID
	API   APIID
	App   AppID
	Role  Role      // empty where the service has no such notion
	At    time.Time // when it was given
	Until time.Time // when it ends by itself; zero: never
	// Notice is when it will be cancelled because a reviewer said so ahead of
	// time, Until at the latest; zero: nobody did.
	Notice time.Time
	// Ended is when it ended, and Cause why; zero until somebody noticed, so what
	// counts is the settled authorization.
	Ended time.Time
	Cause Cause
}

// settled is the authorization as it stands at a time: what was due by then has
// taken effect, at the time it was due.
func (a Authorization) settled(now time.Time) Authorization {
	switch {
	case !a.Ended.IsZero():
	case due(a.Notice, now):
		a.Ended, a.Cause = a.Notice, Forced
	case due(a.Until, now):
		a.Ended, a.Cause = a.Until, Expired
	}
	return a
}

// due reports whether a deadline, if there is one, has come.
func due(deadline, now time.Time) bool { return !deadline.IsZero() && !deadline.After(now) }
