package sqlstore

import (
	"context"
	"database/sql"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// Waiting is how many updates wait behind the one on a project that is under way.
func (s *Store) Waiting(project grant.ProjectID) int {
	s.updates.mu.Lock()
	defer s.updates.mu.Unlock()
	return len(s.updates.lanes[s.engine.lane(project)])
}

// Writers is the database as updates use it.
func (s *Store) Writers() *sql.DB {
	_ = s.writers.drop() // else there is no connection left
	return s.writers.db
}

// OnBegin makes fn be called before each transaction of updates, which it fails
// with its error. It is to be used before anything else.
func (s *Store) OnBegin(fn func(ctx context.Context) error) { s.engine = watched{s.engine, fn} }

// watched is an engine that tells when a transaction begins.
type watched struct {
	engine
	before func(ctx context.Context) error
}

func (w watched) begin(ctx context.Context, s *session, lane string) error {
	if err := w.before(ctx); err != nil {
		return err
	}
	return w.engine.begin(ctx, s, lane)
}

// writingView is a transaction on what a view has, which must not be able to write.
func writingView(r grant.Reader) (*tx, error) {
	view := r.(*reader)
	if err := view.begin(); err != nil {
		return nil, err
	}
	t := &tx{reader: *view}
	t.tx = t
	return t, nil
}

// ForgetAll makes the store ask for everything. It is to be used before anything else.
func (s *Store) ForgetAll() { s.memo = nil }
