package server

import (
	"context"

	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

// Migrate brings the schema of a store up to date, or makes it, and returns its
// version. where is as in [Config].Store.
func Migrate(ctx context.Context, where string) (version int64, err error) {
	store, err := sqlstore.Open(ctx, where)
	if err != nil {
		return 0, err
	}
	return store.Schema(), store.Close()
}

// Backup copies a SQLite database to a file that does not exist yet, as it is at
// one moment, while servers go on writing.
func Backup(ctx context.Context, from, to string) error { return sqlstore.Backup(ctx, from, to) }
