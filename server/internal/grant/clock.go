package grant

import (
	"context"
	"time"
)

// Clock is what time it is in a project.
type Clock struct {
	Time    time.Time
	Running bool // with the server's; else it stands still
}

// Clock reads a project's clock.
//
// openapi: ReadClock
func (a *Authority) Clock(ctx context.Context, project ProjectID) (c Clock, err error) {
	err = a.store.View(ctx, func(r Reader) error {
		revision, err := r.Revision(ctx, project)
		c = Clock{revision.Clock, false}
		if c.Time.IsZero() {
			c = Clock{a.now(), true}
		}
		return err
	})
	return c, err
}

// SetClock stops a project's clock at a time.
//
// Errors: NotFound project; Invalid time before 1970 or after 9999.
//
// openapi: SetClock
func (a *Authority) SetClock(ctx context.Context, caller Caller, project ProjectID, at time.Time) (Clock, error) {
	return a.stopClock(ctx, caller, project, "SetClock", func(time.Time) time.Time { return at })
}

// AdvanceClock stops a project's clock at as much later a time than it shows.
//
// Errors: those of SetClock.
//
// openapi: AdvanceClock
func (a *Authority) AdvanceClock(ctx context.Context, caller Caller, project ProjectID, by time.Duration) (Clock, error) {
	return a.stopClock(ctx, caller, project, "AdvanceClock", func(now time.Time) time.Time { return now.Add(by) })
}

func (a *Authority) stopClock(ctx context.Context, caller Caller, project ProjectID, operation string, at func(now time.Time) time.Time) (c Clock, err error) {
	err = a.operate(ctx, caller, project, operation, func(w *work) error {
		c = Clock{Time: at(w.now).UTC().Truncate(time.Microsecond)}
		if c.Time.Unix() < 0 || c.Time.Year() > 9999 { // later than RFC 3339 can tell
			return &Error{Kind: Invalid, Field: "time"}
		}
		return w.SetClock(ctx, project, c.Time)
	})
	return c, err
}

// ResetClock lets a project's clock run.
//
// Errors: NotFound project.
//
// openapi: ResetClock
func (a *Authority) ResetClock(ctx context.Context, caller Caller, project ProjectID) error {
	return a.operate(ctx, caller, project, "ResetClock", func(w *work) error {
		return w.SetClock(ctx, project, time.Time{})
	})
}
