// Package sqlstore keeps the domain's records in an SQL database. What Update
// reported as done survives the death of the process and of the machine.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// Store implements [grant.Store]. It is safe for concurrent use.
type Store struct {
	engine  engine
	schema  int64
	writers *sessions
	readers *sessions // those of the views, which wait for no writer
	updates batcher
	ids     idCipher
	memo    *memo // nil if the engine has no stamps
	closed  atomic.Bool

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
	begin(ctx context.Context, s *session, lane string) error
	// view starts a transaction that sees one state.
	view(ctx context.Context, s *session) error
	// keys are as many keys of new authorizations as are asked for, in their order.
	keys(ctx context.Context, t *tx, n int) ([]int64, error)
	// insertProduct makes an authorization for each app with each API, app by app, and
	// returns their keys in that order.
	insertProduct(ctx context.Context, t *tx, p product) ([]int64, error)
	// tidy is called on the writers' session after each commit.
	tidy(ctx context.Context, s *session)
	// ready reports whether what is written would be where it is looked for.
	ready() error
	// close ends what the engine itself holds on to, after all sessions.
	close() error
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

// Exists reports whether there may be a database already where Open would open it.
func Exists(where string) bool {
	if IsPostgres(where) {
		return true
	}
	_, err := os.Stat(where)
	return !errors.Is(err, fs.ErrNotExist)
}

// newStore makes a store of an open, migrated database. If it fails it closes the
// readers; the rest is the caller's to close.
func newStore(ctx context.Context, e engine, schema int64, writers, readers *sessions, m *memo) (*Store, error) {
	secret, err := idSecret(ctx, writers.db)
	if err != nil {
		_, closing := readers.close()
		return nil, errors.Join(fmt.Errorf("read the id key: %w", err), closing)
	}
	s := &Store{engine: e, schema: schema, writers: writers, readers: readers, ids: newIDCipher(secret), memo: m}
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

// Close closes the database; a second time, it does nothing. Whatever is under way
// should have ended before; what has not is waited for, but not for long.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	views, err := s.readers.close()
	updates, failed := s.writers.close()
	err = errors.Join(err, failed)
	if !views || !updates {
		return err // what the engine holds on to has to outlive them
	}
	return errors.Join(err, s.engine.close())
}

// Update implements [grant.Store]. Updates that wait at the same time share a
// transaction, each with its own outcome. One whose ctx ends while it waits or
// works changes nothing.
func (s *Store) Update(ctx context.Context, project grant.ProjectID, fn func(grant.Tx) error) error {
	return s.updates.do(ctx, s.engine.lane(project), fn)
}

// View implements [grant.Store]. What is known of the present state is not asked
// for again; if the state changes before fn has all it asks for, fn starts afresh.
func (s *Store) View(ctx context.Context, fn func(grant.Reader) error) error {
	if s.closed.Load() {
		return sql.ErrConnDone
	}
	moved, err := s.look(ctx, s.memo.now(), fn)
	if moved {
		_, err = s.look(ctx, stamp{}, fn)
	}
	return err
}

// look runs fn on one state: if at is not the zero stamp on that one, unless the
// database has moved on from it.
func (s *Store) look(ctx context.Context, at stamp, fn func(grant.Reader) error) (moved bool, err error) {
	r := &reader{ctx: ctx, store: s, at: at}
	defer r.release()
	switch err := fn(r); {
	case r.moved:
		return true, nil
	case err != nil:
		return false, err
	case ctx.Err() != nil: // what fn saw may be less than there is
		return false, ctx.Err()
	}
	s.memo.learn(at, r.learnt)
	return false, nil
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
		if errs[i], err = t.try(u, len(taken) > 1); err != nil {
			return taken, nil, err
		}
	}
	if len(taken) == 1 && errs[0] != nil {
		return taken, errs, nil // release undoes it
	}
	if err := t.flush(); err != nil {
		return taken, nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	if err := t.do("COMMIT"); err != nil {
		return taken, nil, fmt.Errorf("commit: %w", err)
	}
	t.committed = true
	s.memo.committed(t.at, t.wrote, t.changed())
	s.engine.tidy(ctx, t.session)
	if s.Committed != nil {
		s.Committed(len(taken), time.Since(start))
	}
	return taken, errs, nil
}

func (s *Store) begin(ctx context.Context, lane string) (*tx, error) {
	session, err := s.writers.take(ctx)
	if err != nil {
		return nil, err
	}
	t := &tx{reader: reader{ctx: ctx, store: s, session: session, begun: true}}
	t.tx = t
	if err := s.engine.begin(ctx, session, lane); err != nil {
		t.failed = err
		t.release()
		return nil, err
	}
	if s.memo != nil {
		s.memo.writing.Lock()
		t.writing, t.at = true, s.memo.begin()
	}
	return t, nil
}

func notFound(noun, id string) error {
	return &grant.Error{Kind: grant.NotFound, Field: noun, Msg: id}
}
