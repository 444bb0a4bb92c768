package sqlstore

import (
	"context"
	"time"
)

// running is the realms of projects whose clocks run.
const running = `SELECT key FROM realms WHERE project NOT IN (SELECT id FROM projects WHERE clock IS NOT NULL)`

// Prune implements [grant.Tx]. The zero time is before everything.
func (t *tx) Prune(ctx context.Context, endedBefore, eventsBefore time.Time, limit int) (more bool, err error) {
	// CROSS JOIN has SQLite begin with the index of what is due. An application goes
	// after its authorization, which would otherwise forget the notice it was given.
	for _, p := range []struct {
		before    time.Time
		statement string
	}{
		{endedBefore, `DELETE FROM authorizations WHERE key IN (
			SELECT a.key FROM authorizations a CROSS JOIN apps
			WHERE apps.key = a.app AND a.past <> 0 AND a.ended < $1 AND apps.realm IN (` + running + `)
			ORDER BY a.ended LIMIT $2)`},
		{endedBefore, `DELETE FROM authorizations WHERE key IN (
			SELECT a.key FROM authorizations a CROSS JOIN apps
			WHERE apps.key = a.app AND a.past = 0 AND (a.notice IS NOT NULL OR a.until IS NOT NULL)
				AND COALESCE(a.notice, a.until) < $1 AND apps.realm IN (` + running + `)
			ORDER BY COALESCE(a.notice, a.until) LIMIT $2)`},
		{endedBefore, `DELETE FROM applications WHERE key IN (
			SELECT key FROM applications
			WHERE COALESCE(settled_at, until) < $1 AND +realm IN (` + running + `)
			ORDER BY COALESCE(settled_at, until) LIMIT $2)`},
		{eventsBefore, `DELETE FROM events WHERE key IN (SELECT key FROM events WHERE at < $1 ORDER BY at LIMIT $2)`},
	} {
		if p.before.IsZero() {
			continue
		}
		deleted, err := t.exec(ctx, "prune", p.statement, p.before.UnixMicro(), limit)
		if err != nil || deleted == int64(limit) {
			return err == nil, err
		}
	}
	return false, nil
}
