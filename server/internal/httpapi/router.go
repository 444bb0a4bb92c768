// Package httpapi is the transport: it takes requests in through the contract,
// hands them to the domain and writes what comes of it. Every error leaves
// through errors.go, in the shape and with the codes of the service it belongs
// to.
package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/gen/ginserver"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// Config is what a handler is made of.
type Config struct {
	Authority *grant.Authority
	// Ready reports whether the server can do its work, for /readyz.
	Ready  func(context.Context) error
	Logger *slog.Logger
	// Metrics is told what happens, if it is set.
	Metrics Metrics
	// MaxBody is how long a request body may be, in bytes.
	MaxBody int64
	// CORSOrigins are the origins whose pages may call from a browser.
	CORSOrigins []string
	// AdminToken opens the operations under /admin/v1; without it there are none.
	AdminToken string
	// AccessToken opens ForwardAuth alone.
	AccessToken string
	// TestControls lets tests set clocks and make things go wrong.
	TestControls bool
	// ReadCatalog reads a part of a catalog from JSON. Its errors are Invalid.
	ReadCatalog func([]byte) (grant.Catalog, error)
	// Pages are what people read in a browser, by path; they answer GET and HEAD, and
	// are open to all.
	Pages map[string]http.Handler
	// Timeout is how long a request may take, waiting for others included.
	Timeout time.Duration
}

// Metrics counts what happens.
type Metrics interface {
	// Answered tells of a request; operation is empty outside the contracts.
	Answered(operation string, status int, took time.Duration)
	// Decided tells of an access decision.
	Decided(reason string)
	// Handler shows the metrics.
	Handler() http.Handler
}

// api carries what the middlewares and handlers share.
type api struct {
	Config
	operations              operations
	adminToken, accessToken secret
}

// New makes the handler of all operations in the contract, of the pages, and of
// /healthz and /readyz.
func New(cfg Config) (http.Handler, error) {
	ops, err := loadOperations()
	if err != nil {
		return nil, err
	}
	a := &api{Config: cfg, operations: ops}
	gates := []gin.HandlerFunc{a.authenticate, a.validate}
	if cfg.TestControls {
		gates = append(gates, a.goWrong)
	}
	return a.route(a, gates...), nil
}

// route wires an implementation of the operations behind the gates that each
// request for one of them has to pass.
func (a *api) route(implementation ginserver.StrictServerInterface, gates ...gin.HandlerFunc) http.Handler {
	gin.SetMode(gin.ReleaseMode) // else gin writes to standard output
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false // a redirect would be an undocumented answer
	engine.UseRawPath = true             // an escaped slash belongs to the id it stands in
	engine.Use(a.begin, a.recover)
	if len(a.CORSOrigins) > 0 {
		engine.Use(allowOrigins(a.CORSOrigins))
	}
	engine.NoRoute(func(c *gin.Context) { a.fail(c, &grant.Error{Kind: noRoute}) })
	engine.NoMethod(func(c *gin.Context) { a.fail(c, &grant.Error{Kind: noMethod}) })

	for _, method := range []string{http.MethodGet, http.MethodHead} {
		engine.Handle(method, "/healthz", a.healthz)
		engine.Handle(method, "/readyz", a.readyz)
		if a.Metrics != nil {
			engine.Handle(method, "/metrics", gin.WrapH(a.Metrics.Handler()))
		}
		for path, page := range a.Pages {
			engine.Handle(method, path, gin.WrapH(page))
		}
	}
	strict := ginserver.NewStrictHandlerWithOptions(implementation, []ginserver.StrictMiddlewareFunc{refuseNil[ginserver.StrictHandlerFunc]}, ginserver.StrictGinServerOptions{
		RequestErrorHandlerFunc:  a.fail, // of a body the contract let pass, so the fault is ours
		HandlerErrorFunc:         a.fail,
		ResponseErrorHandlerFunc: a.fail,
	})
	ginserver.RegisterHandlersWithOptions(engine.Group("/", gates...), direct{strict, implementation, a.fail}, ginserver.GinServerOptions{ErrorHandler: a.failUnbound})
	if a.AdminToken == "" {
		return engine
	}
	a.adminToken, a.accessToken = newSecret(a.AdminToken), newSecret(a.AccessToken)
	a.routeAdmin(engine.Group("/", a.authenticateAdmin, a.validate, a.allowControl))
	return forwardAuthAnyway(engine)
}

// refuseNil turns a handler's (nil, nil), which would be a silent empty 200, into
// an error.
func refuseNil[H ~func(*gin.Context, any) (any, error)](next H, operationID string) H {
	return func(c *gin.Context, request any) (any, error) {
		response, err := next(c, request)
		if response == nil && err == nil {
			err = errNothing(operationID)
		}
		return response, err
	}
}

func errNothing(operationID string) error {
	return fmt.Errorf("%s returned neither a response nor an error", operationID)
}

// healthz says that the process serves.
func (a *api) healthz(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) }

// readyz says whether it could do its work now.
func (a *api) readyz(c *gin.Context) {
	if err := a.Ready(c.Request.Context()); err != nil {
		a.fail(c, &grant.Error{Kind: notReady, Err: err})
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}
