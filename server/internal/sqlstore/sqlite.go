package sqlstore

import (
	"context"
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

	"github.com/appgrant/appgrant/server/internal/grant"
)

// maxReaders is how many views look at the database at once; others wait.
const maxReaders = 16

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

var sqliteWords = dialect{forms: map[string]string{
	"in_texts": `IN (SELECT value FROM json_each(@))`,
	"in_keys":  `IN (SELECT value FROM json_each(@))`,
	"texts":    `SELECT value FROM json_each(@)`,
	"rows":     `json_each(@)`,
}}

// sqlite is a database in a file. It has one writer at a time, in all processes.
type sqlite struct {
	file   string
	opened fs.FileInfo
}

func (sqlite) words() *dialect             { return &sqliteWords }
func (sqlite) lane(grant.ProjectID) string { return "" }

func (sqlite) begin(ctx context.Context, conn *sql.Conn, _ string) error {
	_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	return err
}

// busyTimeout is how many milliseconds to wait while another process is writing.
const busyTimeout = "busy_timeout(10000)"

// maxWAL is how long the write-ahead log may be, in bytes, before it is emptied.
// SQLite does that by itself only when nobody happens to be reading.
const maxWAL = 64 << 20

// tidy empties the log if it has grown long and the readers let it; if they don't,
// the next commit tries again.
func (e sqlite) tidy(ctx context.Context, conn *sql.Conn) {
	info, err := os.Stat(e.file + "-wal")
	if err != nil || info.Size() < maxWAL {
		return
	}
	for _, statement := range []string{"PRAGMA busy_timeout = 50", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA " + busyTimeout} {
		_, _ = conn.ExecContext(ctx, statement) // it is no harm if it fails
	}
}

func (sqlite) view(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "BEGIN")
	return err
}

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
	writers, err := openSQLite(file, 1, url.Values{"_pragma": {
		busyTimeout,
		"journal_mode(wal)",
		"synchronous(full)", // a commit is on the disk before it is answered
		"foreign_keys(on)",
	}})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, writers.Close())
		}
	}()
	migrations, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return nil, err
	}
	version, err := migrate(ctx, writers, goose.DialectSQLite3, migrations)
	if err != nil {
		return nil, err
	}
	readers, err := openSQLite(file, maxReaders, url.Values{"_pragma": {busyTimeout, "query_only(on)"}})
	if err != nil {
		return nil, err
	}
	return newStore(ctx, sqlite{file, opened}, version, writers, readers)
}

func openSQLite(file string, connections int, settings url.Values) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: file, RawQuery: settings.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// ready reports whether the file still is the one that was opened. What is written
// to one that was deleted is gone with the process.
func (e sqlite) ready() error {
	now, err := os.Stat(e.file)
	if err != nil {
		return err
	}
	if !os.SameFile(e.opened, now) {
		return fmt.Errorf("%s is another file than the one that was opened", e.file)
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
