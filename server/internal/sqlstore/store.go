// Package sqlstore keeps the domain's records in an SQL database. What Update
// reported as done survives the death of the process and of the machine.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// Store implements [grant.Store]. It is safe for concurrent use.
type Store struct {
	engine  engine
	schema  int64
	writers *sql.DB
	readers *sql.DB // those of the views, which wait for no writer
	updates batcher
	ids     idCipher

	// Committed, if set, is told of every transaction that was committed: how many
	// updates shared it, and how long it took. It is set before the first Update.
	Committed func(updates int, took time.Duration)
}

var _ grant.Store = (*Store)(nil)

// engine is what one kind of database does in its own way.
type engine interface {
	words() *dialect
	// lane is the queue that a project's updates wait in. Those of different lanes
	// may be under way at the same time.
	lane(project grant.ProjectID) string
	// begin starts a transaction that no other one of the same lane overlaps, on
	// this or any other process, nor one that overlaps all.
	begin(ctx context.Context, conn *sql.Conn, lane string) error
	// view starts a transaction that sees one state.
	view(ctx context.Context, conn *sql.Conn) error
	// tidy is called on the writers' connection after each commit.
	tidy(ctx context.Context, conn *sql.Conn)
	// ready reports whether what is written would be where it is looked for.
	ready() error
}

// statementTime bounds how long a transaction may take, once it has begun. The
// callers of a batch share it, so it does not end with the patience of one.
const statementTime = 30 * time.Second

// Open opens the store at a postgres:// URL or, whatever else it is, in the SQLite
// file of that name, and brings its schema up to date.
func Open(ctx context.Context, where string) (*Store, error) {
	if IsPostgres(where) {
		return OpenPostgres(ctx, where)
	}
	return OpenSQLite(ctx, where)
}

// newStore makes a store of an open, migrated database. If it fails it closes the
// readers; the writers are the caller's to close.
func newStore(ctx context.Context, e engine, schema int64, writers, readers *sql.DB) (*Store, error) {
	secret, err := idSecret(ctx, writers)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the id key: %w", err), readers.Close())
	}
	s := &Store{engine: e, schema: schema, writers: writers, readers: readers, ids: newIDCipher(secret)}
	s.updates.run = s.runBatch
	return s, nil
}

// Schema is the version of the database's schema.
func (s *Store) Schema() int64 { return s.schema }

// Ready reports whether a transaction could be made now.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.engine.ready(); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	begun, cancel := context.WithTimeout(ctx, statementTime)
	defer cancel()
	t, err := s.begin(begun, s.engine.lane(readyProject))
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	t.release()
	return nil
}

// readyProject is no project's id, so that Ready waits for none.
const readyProject grant.ProjectID = "(ready)"

// Close closes the database. Whatever is under way should have ended before.
func (s *Store) Close() error { return errors.Join(s.readers.Close(), s.writers.Close()) }

// Update implements [grant.Store]. Updates that wait at the same time share a
// transaction, each with its own outcome. One whose ctx ends while it waits or
// works changes nothing.
func (s *Store) Update(ctx context.Context, project grant.ProjectID, fn func(grant.Tx) error) error {
	return s.updates.do(ctx, s.engine.lane(project), fn)
}

// View implements [grant.Store].
func (s *Store) View(ctx context.Context, fn func(grant.Reader) error) error {
	conn, err := s.readers.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	t := s.session(ctx, conn)
	defer t.release()
	if err := s.engine.view(ctx, conn); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(&t.reader); err != nil {
		return err
	}
	if ctx.Err() != nil { // what fn saw may be less than there is
		return ctx.Err()
	}
	return nil
}

// session makes a tx of a connection on which a transaction is about to begin.
func (s *Store) session(ctx context.Context, conn *sql.Conn) *tx {
	return &tx{reader: reader{ctx: ctx, conn: conn, ids: s.ids, words: s.engine.words()}}
}

// runBatch carries out updates in one transaction. If one of them breaks it, each
// is tried again by itself.
func (s *Store) runBatch(lane string, batch []*update) {
	taken, errs, err := s.transact(lane, batch)
	if errors.Is(err, errBroken) && len(taken) > 1 {
		for _, u := range taken {
			s.runBatch(lane, []*update{u})
		}
		return
	}
	for i, u := range taken {
		if err != nil {
			u.done <- err
		} else {
			u.done <- errs[i]
		}
	}
}

// errBroken says that an update has made an end of the transaction it shared. After
// any other failure nothing is tried again: without a connection it would only take
// long, and a commit whose answer got lost may have happened.
var errBroken = errors.New("the transaction is broken")

// transact runs updates in one transaction and returns those that it took, what
// came of each, and what came of the transaction. If that is an error, nothing was
// changed.
func (s *Store) transact(lane string, batch []*update) (taken []*update, errs []error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	t, err := s.begin(ctx, lane)
	for _, u := range batch { // not before, so that nobody has to wait for it
		if u.take() {
			taken = append(taken, u)
		}
	}
	if err != nil {
		return taken, nil, fmt.Errorf("begin: %w", err)
	}
	defer t.release()
	start := time.Now()
	errs = make([]error, len(taken))
	for i, u := range taken {
		if errs[i], err = t.try(ctx, u, len(taken) > 1); err != nil {
			return taken, nil, err
		}
	}
	if len(taken) == 1 && errs[0] != nil {
		return taken, errs, nil // release undoes it
	}
	if _, err := t.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return taken, nil, fmt.Errorf("commit: %w", err)
	}
	t.committed = true
	s.engine.tidy(ctx, t.conn)
	if s.Committed != nil {
		s.Committed(len(taken), time.Since(start))
	}
	return taken, errs, nil
}

func (s *Store) begin(ctx context.Context, lane string) (*tx, error) {
	conn, err := s.writers.Conn(ctx)
	if err != nil {
		return nil, err
	}
	t := s.session(ctx, conn)
	if err := s.engine.begin(ctx, conn, lane); err != nil {
		t.release()
		return nil, err
	}
	return t, nil
}

// try runs one update and undoes it if it fails. In a batch, what the others did
// stays; broken says that this was not possible.
func (t *tx) try(ctx context.Context, u *update, inBatch bool) (err, broken error) {
	if !inBatch {
		return t.run(u), nil
	}
	if _, err := t.conn.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return nil, fmt.Errorf("%w: set a savepoint: %w", errBroken, err)
	}
	if err = t.run(u); err != nil {
		if _, failed := t.conn.ExecContext(ctx, "ROLLBACK TO SAVEPOINT one"); failed != nil {
			return err, fmt.Errorf("%w: roll back to a savepoint: %w", errBroken, errors.Join(failed, err))
		}
	}
	if _, failed := t.conn.ExecContext(ctx, "RELEASE SAVEPOINT one"); failed != nil {
		return err, fmt.Errorf("%w: release a savepoint: %w", errBroken, failed)
	}
	return err, nil
}

// run lets an update do its work. After a statement that failed PostgreSQL does
// nothing more, whether the update minds or not; so it has failed.
func (t *tx) run(u *update) error {
	t.failed = nil
	if err := u.run(t); err != nil {
		return err
	}
	return t.failed
}

// reader implements [grant.Reader].
type reader struct {
	ctx   context.Context // of the transaction; that of a call ends nobody else's work
	conn  *sql.Conn
	ids   idCipher
	words *dialect
	// failed is the first failure of a statement.
	failed error
}

// tx implements [grant.Tx].
type tx struct {
	reader
	committed bool
}

// release undoes the transaction, unless it was committed, and gives the connection
// back.
func (t *tx) release() {
	if !t.committed {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), statementTime)
		defer cancel()
		_, _ = t.conn.ExecContext(ctx, "ROLLBACK") // an error if it never began, or is undone
	}
	_ = t.conn.Close()
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, what, query string, args ...any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	result, err := t.conn.ExecContext(t.ctx, t.words.sql(query), args...)
	if err != nil {
		return 0, t.fail(what, err)
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return 0, t.fail(what, err)
	}
	return changed, nil
}

// fail notes that a statement has failed, and says at what.
func (t *reader) fail(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// change runs a statement that is about one thing, which is NotFound if no row
// was changed.
func (t *tx) change(ctx context.Context, what, noun, id, query string, args ...any) error {
	changed, err := t.exec(ctx, what, query, args...)
	if err == nil && changed == 0 {
		return notFound(noun, id)
	}
	return err
}

// query runs a query and hands each row to scan.
func (t *reader) query(ctx context.Context, what string, scan func(*sql.Rows) error, query string, args ...any) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	rows, err := t.conn.QueryContext(t.ctx, t.words.sql(query), args...)
	if err != nil {
		return t.fail(what, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return t.fail(what, err)
	}
	return nil
}

// one is query for what has one row at most; no row is NotFound.
func (t *reader) one(ctx context.Context, what, noun, id string, scan func(*sql.Rows) error, query string, args ...any) error {
	found := false
	err := t.query(ctx, what, func(rows *sql.Rows) error {
		found = true
		return scan(rows)
	}, query, args...)
	if err == nil && !found {
		return notFound(noun, id)
	}
	return err
}

func notFound(noun, id string) error {
	return &grant.Error{Kind: grant.NotFound, Field: noun, Msg: id}
}
