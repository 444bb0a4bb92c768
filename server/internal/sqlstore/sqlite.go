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
	"runtime"
	"slices"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite", without C

	"github.com/appgrant/appgrant/server/internal/grant"
)

// maxReaders is how many views look at the database at once; others wait.
const maxReaders = 16

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// SQLite takes $1 for a name, by which the driver looks for it among all others.
var sqliteWords = dialect{parameter: func(int) string { return "?" }, forms: map[string]string{
	"in_texts": `IN (SELECT value FROM json_each(@))`,
	"in_keys":  `IN (SELECT value FROM json_each(@))`,
	"texts":    `SELECT value FROM json_each(@)`,
	"own_keys": ``,
}}

// sqlite is a database in a file. It has one writer at a time, in all processes.
type sqlite struct {
	name   string // as it was given; a link may lead from it to the file
	file   string
	opened fs.FileInfo
	index  *walIndex
	anchor *sql.DB // has one connection, so that the log and its index stay where they are; nil if there is no memo
}

func (*sqlite) words() *dialect             { return &sqliteWords }
func (*sqlite) lane(grant.ProjectID) string { return "" }

func (*sqlite) begin(ctx context.Context, s *session, _ string) error {
	_, err := s.exec(ctx, "BEGIN IMMEDIATE")
	return err
}

// keys counts on from the greatest key that there ever was.
func (*sqlite) keys(ctx context.Context, t *tx, n int) ([]int64, error) {
	last, ok := recall[int64](&t.reader, newestRecord{})
	if !ok {
		if err := t.direct(); err != nil {
			return nil, err
		}
		err := t.one(ctx, "look up the newest key", "", "", func(rows *sql.Rows) error { return rows.Scan(&last) },
			`SELECT seq FROM sqlite_sequence WHERE name = 'authorizations'`)
		if err != nil && !grant.IsNotFound(err) {
			return nil, err
		}
	}
	keys := make([]int64, n)
	for i := range keys {
		last++
		keys[i] = last
	}
	t.remember(newestRecord{}, last)
	return keys, nil
}

// insertProduct gives the records their keys by their places in the two lists.
func (e *sqlite) insertProduct(ctx context.Context, t *tx, p product) ([]int64, error) {
	keys, err := e.keys(ctx, t, len(p.apps)*len(p.apis))
	if err != nil {
		return nil, err
	}
	if err := t.direct(); err != nil {
		return nil, err
	}
	_, err = t.execPending(t.ctx, "insert authorizations", `
		INSERT INTO authorizations (key, env, api, app, role, at, until)
		SELECT $1 + app.key * $2 + api.key, $3, api.value, app.value, $4, $5, $6
		FROM json_each($7) AS app CROSS JOIN json_each($8) AS api`,
		keys[0], len(p.apis), p.env, p.role, p.at, p.until, listOf(p.apps), listOf(p.apis))
	return keys, err
}

// busyTimeout is how many milliseconds to wait while another process is writing.
const busyTimeout = "busy_timeout(10000)"

// maxWAL is how long the write-ahead log may be, in bytes, before it is emptied.
// SQLite does that by itself only when nobody happens to be reading.
const maxWAL = 64 << 20

// tidy empties the log if it has grown long and the readers let it; if they don't,
// the next commit tries again.
func (e *sqlite) tidy(ctx context.Context, s *session) {
	info, err := os.Stat(e.file + "-wal")
	if err != nil || info.Size() < maxWAL {
		return
	}
	for _, statement := range []string{"PRAGMA busy_timeout = 50", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA " + busyTimeout} {
		_, _ = s.conn.ExecContext(ctx, statement) // it is no harm if it fails
	}
}

func (*sqlite) view(ctx context.Context, s *session) error {
	_, err := s.exec(ctx, "BEGIN")
	return err
}

// OpenSQLite opens the SQLite database in a file, which it makes if need be, with
// its folder, readable by this user alone. The schema is brought up to date.
func OpenSQLite(ctx context.Context, name string) (_ *Store, err error) {
	name, err = filepath.Abs(name) // so that SQLite takes no name for a special one
	if err != nil {
		return nil, fmt.Errorf("find the database file: %w", err)
	}
	opened, err := makePrivate(name)
	if err != nil {
		return nil, fmt.Errorf("make the database file: %w", err)
	}
	e := sqlite{name: name, opened: opened, index: walIndexOf(opened)}
	// SQLite has the log beside the file itself, whatever link leads there.
	if e.file, err = filepath.EvalSymlinks(name); err != nil {
		return nil, errors.Join(fmt.Errorf("find the database file: %w", err), e.close())
	}
	writers, err := openSQLite(e.file, 1, url.Values{"_pragma": {
		busyTimeout,
		"journal_mode(wal)",
		"synchronous(full)", // a commit is on the disk before it is answered
		"foreign_keys(on)",
		"temp_store(memory)",       // else a statement for many rows has a file for itself
		"wal_autocheckpoint(4000)", // pages of 4 KiB
	}})
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, writers.Close(), e.close())
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
	readers, err := openSQLite(e.file, maxReaders, url.Values{"_pragma": {busyTimeout, "query_only(on)"}})
	if err != nil {
		return nil, err
	}
	m, err := e.watch(ctx)
	if err != nil {
		return nil, errors.Join(err, readers.Close())
	}
	return newStore(ctx, &e, version, newSessions(writers, true), newSessions(readers, true), m)
}

// watch opens the index of the log, from which a memo sees what state there is. Where
// that can't be done, or a file that is mapped needn't be read as it is written, there
// is no memo.
func (e *sqlite) watch(ctx context.Context) (*memo, error) {
	if !slices.Contains([]string{"linux", "darwin", "freebsd"}, runtime.GOOS) {
		return nil, nil
	}
	anchor, err := openSQLite(e.file, 1, url.Values{"_pragma": {busyTimeout, "query_only(on)"}})
	if err != nil {
		return nil, err
	}
	if _, err := anchor.ExecContext(ctx, `SELECT 1 FROM projects`); err != nil {
		return nil, errors.Join(fmt.Errorf("open the log: %w", err), anchor.Close())
	}
	if e.index.open(e.file+"-shm") != nil {
		return nil, anchor.Close()
	}
	e.anchor = anchor
	return &memo{state: e.index.state}, nil
}

func (e *sqlite) close() error {
	if e.anchor == nil {
		return e.index.leave()
	}
	return errors.Join(e.anchor.Close(), e.index.leave())
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
func (e *sqlite) ready() error {
	now, err := os.Stat(e.name)
	if err != nil {
		return err
	}
	if !os.SameFile(e.opened, now) {
		return fmt.Errorf("%s is another file than the one that was opened", e.name)
	}
	return nil
}

// makePrivate makes the file, with its folder, unless it is there, and says which
// file that is.
func makePrivate(file string) (fs.FileInfo, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	// One that is there is not opened: to close it would end the locks that other stores
	// of this process have on it.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return os.Stat(file)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	return info, errors.Join(err, f.Close())
}
