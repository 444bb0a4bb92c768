package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// migrate brings the schema up to date and returns its version. A schema that is newer than this program
// knows is refused: whatever the program would write might break it.
func migrate(ctx context.Context, db *sql.DB, d goose.Dialect, migrations fs.FS, options ...goose.ProviderOption) (version int64, err error) {
	provider, err := goose.NewProvider(d, db, migrations, options...)
	if err != nil {
		return 0, fmt.Errorf("read the migrations: %w", err)
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	// Another process may be migrating the same database. Each migration is one
	// transaction, so whoever comes second fails, and finds it done on looking
	// again.
	for range len(sources) + 2 {
		if _, err = provider.Up(ctx); err == nil {
			break
		}
	}
	if err != nil {
		return 0, fmt.Errorf("migrate the database: %w", err)
	}
	version, err = provider.GetDBVersion(ctx)
	switch {
	case err != nil:
		return 0, fmt.Errorf("look up the schema's version: %w", err)
	case version > newest:
		return 0, fmt.Errorf("the database has schema %d, and this program knows up to %d: use a newer one", version, newest)
	}
	return version, nil
}

// idSecret returns the store's id key, which it makes the first time.
func idSecret(ctx context.Context, db *sql.DB) ([]byte, error) {
	fresh := make([]byte, idSecretSize)
	_, _ = rand.Read(fresh) // never fails, by its documentation
	const insertOnce = `INSERT INTO id_key (one, secret) VALUES (1, $1) ON CONFLICT DO NOTHING`
	if _, err := db.ExecContext(ctx, insertOnce, fresh); err != nil {
		return nil, err
	}
	var secret []byte
	err := db.QueryRowContext(ctx, `SELECT secret FROM id_key`).Scan(&secret)
	return secret, err
}
