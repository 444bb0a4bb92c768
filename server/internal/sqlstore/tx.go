package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

// tx implements [grant.Tx]: a transaction that several updates share, one after the
// other.
type tx struct {
	reader
	committed bool
	writing   bool // it holds the memo's lock

	pending pending // what is yet to be written
	wrote   bool    // something was changed
	blind   bool    // it was changed in ways that no fact tells of
	kept    facts   // of the updates before

	// Of the update under way.
	inBatch   bool // others share the transaction
	own       mark // where its part of what is pending begins
	savepoint bool // one is set before its first statement
	broken    error
}

// try runs one update and undoes it if it fails. In a batch, what the others did
// stays; broken says that this was not possible.
func (t *tx) try(u *update, inBatch bool) (err, broken error) {
	t.inBatch, t.own, t.savepoint = inBatch, t.pending.mark(), false
	t.failed, t.learnt = nil, nil
	if err = u.run(t); err == nil {
		// After a statement that failed PostgreSQL does nothing more, whether the
		// update minds or not; so it has failed.
		err = t.failed
	}
	switch {
	case t.broken != nil:
		return err, t.broken
	case inBatch && t.failed != nil && !t.savepoint:
		return err, fmt.Errorf("%w: %w", errBroken, t.failed)
	case err == nil:
		t.keep()
	default:
		t.pending.cut(t.own)
	}
	if !t.savepoint {
		return err, nil
	}
	if err != nil {
		if failed := t.do("ROLLBACK TO SAVEPOINT one"); failed != nil {
			return err, fmt.Errorf("%w: roll back to a savepoint: %w", errBroken, errors.Join(failed, err))
		}
	}
	if failed := t.do("RELEASE SAVEPOINT one"); failed != nil {
		return err, fmt.Errorf("%w: release a savepoint: %w", errBroken, failed)
	}
	return err, nil
}

// keep adds what an update learnt to what those before did.
func (t *tx) keep() {
	if t.kept == nil {
		t.kept = t.learnt
		return
	}
	maps.Copy(t.kept, t.learnt)
}

// changed is what the memo is to be told, nil if it is to forget.
func (t *tx) changed() facts {
	switch {
	case t.blind:
		return nil
	case t.kept == nil:
		return facts{}
	}
	return t.kept
}

// direct prepares for a statement that must see what is pending, or that changes
// something and must be undone if the update fails.
func (t *tx) direct() error {
	if t.inBatch && !t.savepoint {
		if err := t.write(t.pending.take(t.own)); err != nil {
			t.broken = fmt.Errorf("%w: %w", errBroken, err) // by what others did
			return t.broken
		}
		if err := t.do("SAVEPOINT one"); err != nil {
			t.broken = fmt.Errorf("%w: set a savepoint: %w", errBroken, err)
			return t.broken
		}
		t.savepoint, t.own = true, mark{}
	}
	return t.flush()
}

// writeNow writes what can't be put off, behind what is pending.
func (t *tx) writeNow(p pending) error {
	if err := t.direct(); err != nil {
		return err
	}
	return t.write(p)
}

// flush writes what is pending.
func (t *tx) flush() error { return t.write(t.pending.take(t.pending.mark())) }

// do runs a statement about the transaction itself.
func (t *tx) do(statement string) error {
	_, err := t.session.exec(t.unhurried(), statement)
	return err
}

// exec runs a statement and returns how many rows it changed. What it changed is
// no fact, so nothing is recalled any more.
func (t *tx) exec(ctx context.Context, what, statement string, args ...any) (int64, error) {
	t.blind = true
	return t.execKnown(ctx, what, statement, args...)
}

// execKnown is exec for what changes no fact, or none that the caller doesn't
// remember.
func (t *tx) execKnown(ctx context.Context, what, statement string, args ...any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := t.direct(); err != nil {
		return 0, err
	}
	return t.execPending(t.ctx, what, t.store.engine.words().sql(statement), args...)
}

// execPending is execKnown for what writes what was pending, in the database's words.
func (t *tx) execPending(ctx context.Context, what, statement string, args ...any) (int64, error) {
	result, err := t.session.exec(ctx, statement, args...)
	if err != nil {
		return 0, t.fail(what, err)
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return 0, t.fail(what, err)
	}
	t.wrote = t.wrote || changed > 0
	return changed, nil
}

// change runs a statement that is about one thing, which is NotFound if no row
// was changed.
func (t *tx) change(ctx context.Context, what, noun, id, statement string, args ...any) error {
	changed, err := t.exec(ctx, what, statement, args...)
	if err == nil && changed == 0 {
		return notFound(noun, id)
	}
	return err
}

// release undoes the transaction, unless it was committed, and gives the session
// back.
func (t *tx) release() {
	var err error
	if !t.committed {
		err = t.rollback()
	}
	if t.writing {
		t.store.memo.writing.Unlock()
	}
	t.giveBack(t.store.writers, err)
}
