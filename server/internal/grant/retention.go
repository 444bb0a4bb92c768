package grant

import (
	"context"
	"time"
)

// Retention is how long things are kept; zero is for ever.
type Retention struct {
	Ended  time.Duration // authorizations and applications, after their end
	Events time.Duration // of the audit trail
}

// pruned is how many records of a kind are deleted in one transaction, so that
// nobody waits long for it.
const pruned = 1000

// housekeeping is no project's id, so that nobody's updates wait.
const housekeeping ProjectID = "(housekeeping)"

// Prune deletes what has been kept for long enough. Records of a project whose
// clock is stopped are kept until it runs again.
func (a *Authority) Prune(ctx context.Context, keep Retention) error {
	before := func(d time.Duration) time.Time {
		if d == 0 {
			return time.Time{}
		}
		return a.now().Add(-d)
	}
	for more := true; more; {
		err := a.store.Update(ctx, housekeeping, func(tx Tx) (err error) {
			more, err = tx.Prune(ctx, before(keep.Ended), before(keep.Events), pruned)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
