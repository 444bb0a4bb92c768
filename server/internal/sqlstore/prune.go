package sqlstore

import (
	"context"
	"time"
)

// running is the realms of projects whose clocks run.
const running = `SELECT key FROM realms WHERE project NOT IN (SELECT id FROM projects WHERE clock IS NOT NULL)`

// Prune implements [grant.Tx]. The zero time is before everything.
func (t *tx) Prune(ctx context.Context, endedBefore, eventsBefore time.Time, limit int) (more bool, err error) {
	for _, p := range []struct {
		before    time.Time
		statement string
	}{
		{endedBefore, `DELETE FROM authorizations WHERE key IN (
			SELECT a.key FROM authorizations a JOIN apps ON apps.key = a.app
			WHERE a.past <> 0 AND a.ended < $1 AND apps.realm IN (` + running + `) ORDER BY a.ended LIMIT $2)`},
		{endedBefore, `DELETE FROM authorizations WHERE key IN (
			SELECT a.key FROM authorizations a JOIN apps ON apps.key = a.app
			WHERE a.past = 0 AND a.until IS NOT NULL AND a.until < $1 AND apps.realm IN (` + running + `) ORDER BY a.until LIMIT $2)`},
		{endedBefore, `DELETE FROM applications WHERE key IN (
			SELECT key FROM applications
			WHERE COALESCE(settled_at, until) < $1 AND realm IN (` + running + `) ORDER BY key LIMIT $2)`},
		{eventsBefore, `DELETE FROM events WHERE key IN (SELECT key FROM events WHERE at < $1 ORDER BY at LIMIT $2)`},
	} {
		if p.before.IsZero() {
			continue
		}
		deleted, err := t.exec(ctx, "prune", p.statement, p.before.UnixMicro(), limit)
		if err != nil {
			return false, err
		}
		more = more || deleted == int64(limit)
	}
	return more, nil
}
