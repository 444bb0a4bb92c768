package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// SetClock implements [grant.Tx].
func (t *tx) SetClock(ctx context.Context, project grant.ProjectID, at time.Time) error {
	return t.change(ctx, "set a clock", grant.NounProject, string(project),
		`UPDATE projects SET clock = $1 WHERE id = $2`, nullMicros(at), project)
}

// faultDetails is the part of a fault that nobody looks for.
type faultDetails struct {
	Operation  string        `json:"operation"`
	Delay      time.Duration `json:"delay,omitempty"` // nanoseconds
	Status     int           `json:"status,omitempty"`
	RetryAfter int           `json:"retry_after,omitempty"` // seconds
	Pairs      []grant.Pair  `json:"pairs,omitempty"`
}

// Faults implements [grant.Reader].
func (t *reader) Faults(ctx context.Context, project grant.ProjectID) (faults []grant.Fault, err error) {
	scan := func(rows *sql.Rows) error {
		var f grant.Fault
		var what []byte
		if err := rows.Scan(&f.ID, &f.Times, &what); err != nil {
			return err
		}
		var d faultDetails
		err := json.Unmarshal(what, &d)
		f.Operation, f.Delay, f.Status, f.RetryAfter, f.Pairs = d.Operation, d.Delay, d.Status, d.RetryAfter, d.Pairs
		faults = append(faults, f)
		return err
	}
	err = t.query(ctx, "list faults", scan, `SELECT key, times, what FROM faults WHERE project = $1 ORDER BY key`, project)
	return faults, err
}

// InsertFault implements [grant.Tx].
func (t *tx) InsertFault(ctx context.Context, project grant.ProjectID, f grant.Fault) error {
	_, err := t.exec(ctx, "insert a fault", `INSERT INTO faults (project, times, what) VALUES ($1, $2, $3)`,
		project, f.Times, asJSON(faultDetails{f.Operation, f.Delay, f.Status, f.RetryAfter, f.Pairs}))
	return err
}

// SetFaultTimes implements [grant.Tx].
func (t *tx) SetFaultTimes(ctx context.Context, id int64, times int) error {
	if times == 0 {
		_, err := t.exec(ctx, "delete a fault", `DELETE FROM faults WHERE key = $1`, id)
		return err
	}
	_, err := t.exec(ctx, "count a fault", `UPDATE faults SET times = $1 WHERE key = $2`, times, id)
	return err
}
