package sqlstore

import (
	"context"
	"database/sql"
)

// Seed implements [grant.Tx].
func (t *tx) Seed(ctx context.Context, names []string) ([]string, error) {
	var unseen []string
	scan := func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		unseen = append(unseen, name)
		return nil
	}
	err := t.query(ctx, "note what is seeded", scan, `
		INSERT INTO seeds (name) SELECT value FROM json_each($1) WHERE true
		ON CONFLICT DO NOTHING RETURNING name`, list(names))
	return unseen, err
}
