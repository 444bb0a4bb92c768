package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/httpapi"
	"github.com/appgrant/appgrant/server/internal/metrics"
	"github.com/appgrant/appgrant/server/internal/pages"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

// Server is an http.Handler over an open database. It is safe for concurrent use.
type Server struct {
	handler http.Handler
	store   *sqlstore.Store
	stop    context.CancelFunc // ends what runs in the background
	running sync.WaitGroup
}

// CatalogError says that the catalog cannot be used. Its text names the file, the
// line and what is wrong there.
type CatalogError struct{ err error }

// Error implements error.
func (e *CatalogError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *CatalogError) Unwrap() error { return e.err }

// New opens the database, applies the catalog if it is another than the last one,
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
	store, err := sqlstore.Open(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, store.Close())
		}
	}()
	counts := metrics.New()
	store.Committed = counts.Committed
	authority := grant.New(store, time.Now)
	authority.TestControls = cfg.TestControls
	if err := authority.Apply(ctx, exists, grant.HashOf(string(text))); err != nil {
		return nil, fmt.Errorf("apply the catalog: %w", err)
	}
	handler, err := httpapi.New(httpapi.Config{
		Authority: authority,
		Ready:     store.Ready,
		Logger:    cfg.Logger,
		Metrics:   counts,
		MaxBody:   cfg.MaxBody,
		Timeout:   cfg.Timeout,

		CORSOrigins:  cfg.CORSOrigins,
		AdminToken:   cfg.AdminToken,
		AccessToken:  cfg.AccessToken,
		TestControls: cfg.TestControls,
		ReadCatalog:  catalog.ParsePart,
		Pages:        pagesOf(cfg),
	})
	if err != nil {
		return nil, err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{handler: handler, store: store, stop: stop}
	s.running.Go(func() { prune(background, authority, cfg) })
	return s, nil
}

// pagesOf are the pages that a server has, none if it is to have none.
func pagesOf(cfg Config) map[string]http.Handler {
	if !cfg.Docs {
		return nil
	}
	shows := pages.Config{Admin: cfg.AdminToken != "", Demo: cfg.Catalog == nil}
	if shows.Demo && cfg.AdminToken == DemoAdminToken {
		shows.DemoAdminToken = DemoAdminToken
	}
	return pages.New(shows)
}

// pruneEvery is how long the server waits between looking for what has been kept
// for long enough.
const pruneEvery = time.Hour

func prune(ctx context.Context, authority *grant.Authority, cfg Config) {
	for {
		err := authority.Prune(ctx, grant.Retention{Ended: cfg.KeepEnded, Events: cfg.KeepEvents})
		if err != nil && ctx.Err() == nil {
			cfg.Logger.Warn("could not delete what is old enough; will try again", "error", err)
		}
		select {
		case <-time.After(pruneEvery):
		case <-ctx.Done():
			return
		}
	}
}

// Handler answers requests until Close.
func (s *Server) Handler() http.Handler { return s.handler }

// Close closes the database. Requests under way should have ended before.
func (s *Server) Close() error {
	s.stop()
	s.running.Wait()
	return s.store.Close()
}
