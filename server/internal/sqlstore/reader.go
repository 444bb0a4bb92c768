package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// reader implements [grant.Reader].
type reader struct {
	ctx   context.Context // of the transaction; that of a call ends nobody else's work
	calm  context.Context // what unhurried returns
	store *Store
	tx    *tx // that it belongs to; nil in a view

	session *session // nil in a view that has asked for nothing yet
	begun   bool     // the transaction, which a view of a stamp does without

	at     stamp // the state that is read, as far as the memo knows it
	moved  bool  // there is another state now than at, and a view was about to see both
	learnt facts // by this view or update
	failed error // the first failure of a statement
}

// recall is what is known without asking. What the transaction did itself counts.
func recall[T any](t *reader, about any) (fact T, ok bool) {
	if t.tx != nil && t.tx.blind {
		return fact, false
	}
	known, ok := t.learnt[about]
	if !ok && t.tx != nil {
		known, ok = t.tx.kept[about]
	}
	if !ok {
		known, ok = t.store.memo.recall(t.at, about)
	}
	if ok {
		fact = known.(T)
	}
	return fact, ok
}

// remember notes what the database said or, in a transaction, was made to say.
func (t *reader) remember(about, fact any) {
	if t.learnt == nil {
		t.learnt = facts{}
	}
	t.learnt[about] = fact
}

// unhurried is the context for statements that there is no use in interrupting: they
// take little time, or others wait for them. A file's driver starts a goroutine for each
// that could be.
func (t *reader) unhurried() context.Context {
	if t.calm == nil {
		t.calm = t.ctx
		if t.store.readers.keep {
			t.calm = context.WithoutCancel(t.ctx)
		}
	}
	return t.calm
}

// query runs a query and hands each row to scan.
func (t *reader) query(ctx context.Context, what string, scan func(*sql.Rows) error, query string, args ...any) error {
	if t.tx != nil && !t.tx.pending.empty() {
		if err := t.tx.direct(); err != nil {
			return err
		}
	}
	return t.run(ctx, t.ctx, what, scan, query, args...)
}

// one is query for what has one row at most, found by an index; no row is NotFound.
// What is pending it does not see, so whoever uses it knows what that is about.
func (t *reader) one(ctx context.Context, what, noun, id string, scan func(*sql.Rows) error, query string, args ...any) error {
	if t.tx != nil && t.tx.blind {
		if err := t.tx.direct(); err != nil {
			return err
		}
	}
	found := false
	err := t.run(ctx, t.unhurried(), what, func(rows *sql.Rows) error {
		found = true
		return scan(rows)
	}, query, args...)
	if err == nil && !found {
		return notFound(noun, id)
	}
	return err
}

// errMoved makes an end of a view that is to start afresh.
var errMoved = errors.New("the database has moved on")

func (t *reader) run(ctx, until context.Context, what string, scan func(*sql.Rows) error, query string, args ...any) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.begin(); err != nil {
		return err
	}
	rows, err := t.session.query(until, t.store.engine.words().sql(query), args...)
	if err != nil {
		return t.fail(what, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if t.isOptimistic() && t.store.memo.state() != t.at {
		t.moved = true // what was recalled or read before may not be of the state that is read now
		return errMoved
	}
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

// isOptimistic reports whether the statements of a view see one state only because
// nobody changes it meanwhile. That is made sure of after each.
func (t *reader) isOptimistic() bool { return t.tx == nil && t.at != (stamp{}) }

// begin gets a view ready to ask for something.
func (t *reader) begin() (err error) {
	if t.session == nil {
		if t.session, err = t.store.readers.take(t.ctx); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
	}
	if t.begun || t.isOptimistic() {
		return nil
	}
	t.begun = true
	if err := t.store.engine.view(t.unhurried(), t.session); err != nil {
		return t.fail("begin", err)
	}
	return nil
}

// fail notes that a statement has failed, and says at what.
func (t *reader) fail(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// release ends a view's transaction and gives its session back.
func (t *reader) release() {
	if t.session == nil {
		return
	}
	err := t.rollback()
	t.session.stuck = err != nil
	t.giveBack(t.store.readers, err)
	t.session = nil
}

// rollback ends the transaction, if there is one, without effect.
func (t *reader) rollback() error {
	if !t.begun {
		return nil
	}
	ctx := context.WithoutCancel(t.ctx)
	if !t.store.readers.keep {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, statementTime)
		defer cancel()
	}
	_, err := t.session.exec(ctx, "ROLLBACK")
	return err // also if the transaction is undone
}

func (t *reader) giveBack(to *sessions, err error) {
	to.give(t.session, err == nil && t.failed == nil)
}
