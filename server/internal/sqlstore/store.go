// Package sqlstore keeps the domain's records in an SQL database. What Update
// reported as done survives the death of the process and of the machine.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// Store implements [grant.Store]. It is safe for concurrent use.
type Store struct {
	db      *sql.DB
	ids     idCipher
	inPlace func() error // whether what is written is where it will be looked for
}

var _ grant.Store = (*Store)(nil)

// Ready reports whether a transaction could be made now.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.inPlace(); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	return s.Update(ctx, func(grant.Tx) error { return nil })
}

// Close waits for what is under way and closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Update implements [grant.Store]. Transactions wait for each other; one whose
// ctx ends while it waits or works changes nothing.
func (s *Store) Update(ctx context.Context, fn func(grant.Tx) error) error {
	sqlTx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = sqlTx.Rollback() }() // once committed, it does nothing
	if err := fn(&tx{sqlTx, s.ids}); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		if ctx.Err() != nil { // then the driver has undone it, and may say only that it is over
			err = ctx.Err()
		}
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// tx implements [grant.Tx].
type tx struct {
	sql *sql.Tx
	ids idCipher
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, what, query string, args ...any) (int64, error) {
	result, err := t.sql.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	return changed, nil
}

// query runs a query and hands each row to scan.
func (t *tx) query(ctx context.Context, what string, scan func(*sql.Rows) error, query string, args ...any) (err error) {
	rows, err := t.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
