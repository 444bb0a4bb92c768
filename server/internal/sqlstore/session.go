package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"time"
)

// session is a connection to the database, used by one goroutine at a time.
type session struct {
	conn *sql.Conn
	// prepared are the statements that were prepared on it; nil if the driver sees to
	// that.
	prepared map[string]*sql.Stmt
	// stuck says that a transaction could not be ended, so that nobody else is to have
	// the connection.
	stuck bool
}

// maxPrepared bounds how many statements a session holds on to. There are fewer,
// but for lists that can be narrowed in many ways.
const maxPrepared = 100

func (s *session) exec(ctx context.Context, statement string, args ...any) (sql.Result, error) {
	if stmt := s.statement(ctx, statement); stmt != nil { //nolint:sqlclosecheck // the session does
		return stmt.ExecContext(ctx, args...)
	}
	return s.conn.ExecContext(ctx, statement, args...)
}

func (s *session) query(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	if stmt := s.statement(ctx, statement); stmt != nil { //nolint:sqlclosecheck // the session does
		return stmt.QueryContext(ctx, args...)
	}
	return s.conn.QueryContext(ctx, statement, args...)
}

// statement is a statement prepared, or nil if it isn't to be, or can't: then the
// connection will say why when it is asked to run it.
func (s *session) statement(ctx context.Context, text string) *sql.Stmt {
	stmt, ok := s.prepared[text]
	if ok || s.prepared == nil || len(s.prepared) >= maxPrepared {
		return stmt
	}
	stmt, err := s.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil
	}
	s.prepared[text] = stmt
	return stmt
}

// close ends the session; its connection may be another's.
func (s *session) close() error {
	errs := make([]error, 0, len(s.prepared)+2)
	for _, stmt := range s.prepared {
		errs = append(errs, stmt.Close())
	}
	if s.stuck {
		errs = append(errs, s.conn.Raw(func(any) error { return driver.ErrBadConn }))
	}
	return errors.Join(append(errs, s.conn.Close())...)
}

// sessions hands out the sessions of a database, as many at once as it may have
// connections.
type sessions struct {
	db *sql.DB
	// keep has sessions go on after they were given back, with what they prepared.
	keep bool

	mu     sync.Mutex
	idle   []*session
	closed bool
	end    chan struct{} // closed with the database
	room   chan struct{} // one for each session that is out; nil unless they are kept
}

func newSessions(db *sql.DB, keep bool) *sessions {
	s := &sessions{db: db, keep: keep, end: make(chan struct{})}
	if keep {
		s.room = make(chan struct{}, db.Stats().MaxOpenConnections)
	}
	return s
}

// take waits for a session. Whoever takes it gives it back.
func (s *sessions) take(ctx context.Context) (*session, error) {
	if s.keep {
		select {
		case s.room <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.end:
			return nil, sql.ErrConnDone
		}
		if idle := s.pop(); idle != nil {
			return idle, nil
		}
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		s.leave()
		return nil, err
	}
	taken := &session{conn: conn}
	if s.keep {
		taken.prepared = make(map[string]*sql.Stmt)
	}
	return taken, nil
}

// give takes a session back; one that is not sound ends.
func (s *sessions) give(back *session, sound bool) {
	if !s.keep || !sound || !s.push(back) {
		_ = back.close() // there is nothing in it to be lost
	}
	s.leave()
}

// push keeps a session, unless the database is closed.
func (s *sessions) push(back *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.idle = append(s.idle, back)
	}
	return !s.closed
}

func (s *sessions) leave() {
	if s.keep {
		<-s.room
	}
}

// pop takes the session that was used last, or nil.
func (s *sessions) pop() *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) == 0 {
		return nil
	}
	last := s.idle[len(s.idle)-1]
	s.idle = s.idle[:len(s.idle)-1]
	return last
}

// drop closes the sessions that are idle.
func (s *sessions) drop() error {
	var errs []error
	for idle := s.pop(); idle != nil; idle = s.pop() {
		errs = append(errs, idle.close())
	}
	return errors.Join(errs...)
}

// closeTime is how long close waits for those who should have ended before.
const closeTime = time.Second

// close closes the database. It reports whether all sessions were given back; those
// that were not close when they are.
func (s *sessions) close() (all bool, err error) {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	close(s.end)
	err = errors.Join(s.drop(), s.db.Close())
	patience := time.After(closeTime)
	for range cap(s.room) {
		select {
		case s.room <- struct{}{}:
		case <-patience:
			return false, err
		}
	}
	return true, err
}
