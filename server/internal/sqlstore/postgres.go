package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/appgrant/appgrant/server/internal/grant"
)

//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

// With IN (SELECT ...) the planner would take each list for a hundred rows, and read
// whole tables.
var postgresWords = dialect{parameter: func(n int) string { return "$" + strconv.Itoa(n) }, forms: map[string]string{
	"in_texts": `= ANY (ARRAY (SELECT value FROM json_array_elements_text(@::json)))`,
	"in_keys":  `= ANY (ARRAY (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(@::json)))`,
	"texts":    `SELECT value FROM json_array_elements_text(@::json)`,
	"own_keys": `OVERRIDING SYSTEM VALUE`,
}}

// How many connections a server has at the most, for updates and for views.
const (
	postgresWriters = 16
	postgresReaders = 16
)

// connectTimeout bounds how long one attempt to reach the database takes.
const connectTimeout = 5 * time.Second

// postgres is a PostgreSQL database, which any number of processes share. Updates
// of one project go one by one, and of different projects side by side.
type postgres struct{}

func (postgres) words() *dialect                     { return &postgresWords }
func (postgres) lane(project grant.ProjectID) string { return string(project) }
func (postgres) ready() error                        { return nil }
func (postgres) tidy(context.Context, *session)      {}
func (postgres) close() error                        { return nil }

// The locks of all projects and of one. The numbers tell them from those of others
// on the same database.
const (
	lockAll     = `SELECT pg_advisory_xact_lock(7240, hashtext(current_schema()))`
	lockProject = `SELECT pg_advisory_xact_lock_shared(7240, hashtext(current_schema())),
		pg_advisory_xact_lock(7241, hashtext(current_schema() || '/' || $1))`
)

// begin takes the lock of a project, or of all; the transaction's end gives it
// back. Statements see what was committed before they begin, so all of them see
// what the lock's former holders did.
func (postgres) begin(ctx context.Context, s *session, lane string) error {
	if _, err := s.exec(ctx, "BEGIN ISOLATION LEVEL READ COMMITTED"); err != nil {
		return err
	}
	if lane == "" {
		_, err := s.exec(ctx, lockAll)
		return err
	}
	_, err := s.exec(ctx, lockProject, lane)
	return err
}

func (postgres) view(ctx context.Context, s *session) error {
	_, err := s.exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	return err
}

// keys takes keys from the sequence. Those of one project are taken one by one, under
// its lock, so they are in order.
func (postgres) keys(ctx context.Context, t *tx, n int) ([]int64, error) {
	keys := make([]int64, 0, n)
	scan := func(rows *sql.Rows) error {
		var key int64
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	}
	err := t.run(ctx, t.ctx, "take keys", scan,
		`SELECT nextval(pg_get_serial_sequence('authorizations', 'key')) FROM generate_series(1, $1)`, n)
	return keys, err
}

// insertProduct has the sequence number the records in their order.
func (postgres) insertProduct(ctx context.Context, t *tx, p product) ([]int64, error) {
	keys := make([]int64, 0, len(p.apps)*len(p.apis))
	scan := func(rows *sql.Rows) error {
		var key int64
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	}
	if err := t.direct(); err != nil {
		return nil, err
	}
	err := t.run(ctx, t.ctx, "insert authorizations", scan, `
		INSERT INTO authorizations (env, api, app, role, at, until)
		SELECT $1, CAST(api.value AS BIGINT), CAST(app.value AS BIGINT), $2, $3, $4
		FROM json_array_elements_text($5::json) WITH ORDINALITY AS app (value, key)
		CROSS JOIN json_array_elements_text($6::json) WITH ORDINALITY AS api (value, key)
		ORDER BY app.key, api.key RETURNING key`,
		p.env, p.role, p.at, p.until, listOf(p.apps), listOf(p.apis))
	slices.Sort(keys)
	return keys, err
}

// IsPostgres reports whether a store is named by a URL of PostgreSQL.
func IsPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// OpenPostgres opens a PostgreSQL database by its URL and brings the schema up to
// date. No error repeats the URL, which may have a password in it.
func OpenPostgres(ctx context.Context, dsn string) (_ *Store, err error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("open the database: the URL is not one of PostgreSQL")
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	open := func(connections int, params map[string]string) *sql.DB {
		own := cfg.Copy()
		maps.Copy(own.RuntimeParams, params)
		db := stdlib.OpenDB(*own)
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db
	}
	// A server that freezes must not keep the others from a project for ever.
	idle := strconv.FormatInt(statementTime.Milliseconds(), 10)
	writers := open(postgresWriters, map[string]string{"idle_in_transaction_session_timeout": idle})
	defer func() {
		if err != nil {
			err = errors.Join(err, writers.Close())
		}
	}()
	migrations, err := fs.Sub(postgresMigrations, "migrations/postgres")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // seconds between attempts, attempts
	if err != nil {
		return nil, fmt.Errorf("make the migrations' lock: %w", err)
	}
	version, err := migrate(ctx, writers, goose.DialectPostgres, migrations, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, err
	}
	return newStore(ctx, postgres{}, version, newSessions(writers, false), newSessions(open(postgresReaders, nil), false), nil)
}
