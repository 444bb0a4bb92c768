package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite", without C
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// OpenSQLite opens the SQLite database in a file, which it makes if need be, with
// its folder, readable by this user alone. The schema is brought up to date.
func OpenSQLite(ctx context.Context, file string) (_ *Store, err error) {
	file, err = filepath.Abs(file) // so that SQLite takes no name for a special one
	if err != nil {
		return nil, fmt.Errorf("find the database file: %w", err)
	}
	opened, err := makePrivate(file)
	if err != nil {
		return nil, fmt.Errorf("make the database file: %w", err)
	}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: file, RawQuery: url.Values{
		"_txlock": {"immediate"}, // every transaction here may write
		"_pragma": {
			"busy_timeout(20000)", // milliseconds; another process may be writing
			"journal_mode(wal)",
			"synchronous(full)", // a commit is on the disk before it is answered
			"foreign_keys(on)",
		},
	}.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	db.SetMaxOpenConns(1) // SQLite has one writer; here is where they queue

	if err := migrate(ctx, db); err != nil {
		return nil, err
	}
	secret, err := idSecret(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("read the id key: %w", err)
	}
	return &Store{db: db, ids: newIDCipher(secret), inPlace: func() error { return inPlace(file, opened) }}, nil
}

// inPlace reports whether a file still is the one that was opened. What is
// written to one that was deleted is gone with the process.
func inPlace(file string, opened fs.FileInfo) error {
	now, err := os.Stat(file)
	if err != nil {
		return err
	}
	if !os.SameFile(opened, now) {
		return fmt.Errorf("%s is another file than the one that was opened", file)
	}
	return nil
}

// makePrivate makes the file, with its folder, unless it is there, and says which
// file that is.
func makePrivate(file string) (fs.FileInfo, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	return info, errors.Join(err, f.Close())
}

func migrate(ctx context.Context, db *sql.DB) error {
	migrations, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	// Another process may be migrating the same file. Each migration is one
	// transaction, so whoever comes second fails, and finds it done on looking
	// again.
	for range len(provider.ListSources()) + 2 {
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
	}
	return fmt.Errorf("migrate the database: %w", err)
}

// idSecret returns the store's id key, which it makes the first time.
func idSecret(ctx context.Context, db *sql.DB) ([]byte, error) {
	fresh := make([]byte, idSecretSize)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	const insertOnce = `INSERT INTO id_key (secret) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM id_key)`
	if _, err := db.ExecContext(ctx, insertOnce, fresh); err != nil {
		return nil, err
	}
	var secret []byte
	err := db.QueryRowContext(ctx, `SELECT secret FROM id_key`).Scan(&secret)
	return secret, err
}
