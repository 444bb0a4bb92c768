package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/httpapi"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

// Server is an http.Handler over an open database. It is safe for concurrent use.
type Server struct {
	handler http.Handler
	store   *sqlstore.Store
}

// CatalogError says that the catalog cannot be used. Its text names the file, the
// line and what is wrong there.
type CatalogError struct{ err error }

// Error implements error.
func (e *CatalogError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *CatalogError) Unwrap() error { return e.err }

// New opens the database, brings in the catalog's records that it has never had,
// and returns a server that is ready. The caller closes it. Errors: a
// [*CatalogError]; everything else is the database's.
func New(ctx context.Context, cfg Config) (_ *Server, err error) {
	cfg = cfg.withDefaults()
	name, text := cfg.CatalogName, cfg.Catalog
	if text == nil {
		name, text = "the demo catalog", catalog.Demo
	}
	exists, err := catalog.Parse(name, text)
	if err != nil {
		return nil, &CatalogError{err}
	}
	store, err := sqlstore.OpenSQLite(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, store.Close())
		}
	}()
	authority := grant.New(exists, store, time.Now)
	if err := authority.Seed(ctx); err != nil {
		return nil, fmt.Errorf("bring in the catalog's records: %w", err)
	}
	handler, err := httpapi.New(httpapi.Config{
		Authority: authority,
		Ready:     store.Ready,
		Logger:    cfg.Logger,
		MaxBody:   cfg.MaxBody,
		Timeout:   cfg.Timeout,
	})
	if err != nil {
		return nil, err
	}
	return &Server{handler: handler, store: store}, nil
}

// Handler answers requests until Close.
func (s *Server) Handler() http.Handler { return s.handler }

// Close closes the database. Requests under way should have ended before.
func (s *Server) Close() error { return s.store.Close() }
