package server

import (
	"context"
	"errors"
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

// New opens the database, applies the catalog if it is another than the last one,
// and returns a server that is ready. The caller closes it. Errors: a
// [*CatalogError]; everything else is the database's.
func New(ctx context.Context, cfg Config) (_ *Server, err error) {
	cfg = cfg.withDefaults()
	file := fileOf(cfg)
	if !sqlstore.Exists(cfg.Store) { // so that a catalog that can't be used makes none
		if err := file.read(); err != nil {
			return nil, err
		}
	}
	store, err := sqlstore.Open(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err == nil {
			return
		}
		if closing := store.Close(); closing != nil {
			err = errors.Join(err, closing)
		}
	}()
	counts := metrics.New()
	store.Committed = counts.Committed
	authority := grant.New(store, time.Now)
	authority.TestControls = cfg.TestControls
	if err := file.apply(ctx, authority); err != nil {
		return nil, err
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
