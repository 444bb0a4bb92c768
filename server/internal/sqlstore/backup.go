package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Backup copies the SQLite database in a file to another file, which must not
// exist, as it is at one moment. Nobody's writing waits for it.
func Backup(ctx context.Context, from, to string) (err error) {
	if IsPostgres(from) {
		return errors.New("back up: this is PostgreSQL, for which there is pg_dump")
	}
	if from, err = filepath.Abs(from); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if to, err = filepath.Abs(to); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if _, err := os.Stat(from); err != nil { // else an empty one would be made
		return fmt.Errorf("back up: %w", err)
	}
	copied, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() {
		err = errors.Join(err, copied.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	db, err := openSQLite(from, 1, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(20000)"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", to); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := copied.Sync(); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}
