// Package servertest starts a whole appgrant server inside a Go test: in process, on
// a free port of the loopback, with a database of its own that the test's end
// deletes. Nothing is shared, so tests may run in parallel.
//
//	appgrant := servertest.Start(t)
//	c, err := client.New(appgrant.Endpoint, client.WithToken(appgrant.Token))
//
// What exists is the demo, or what [WithCatalog] says. Everything else that a test
// may want (to see what is recorded, to decide on access, to make calls go wrong) is
// in the admin contract, for which [Server.Admin] is a client.
package servertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"

	admin "github.com/appgrant/appgrant/gen/admin/client"
	"github.com/appgrant/appgrant/server"
	"github.com/appgrant/appgrant/server/internal/catalog"
)

// Server is a running server. Its methods may be called concurrently.
type Server struct {
	// Endpoint is its URL, such as http://127.0.0.1:41831.
	Endpoint string
	// Token is the token of the first user in the catalog, empty if the catalog
	// has only its hash. TokenOf has the others'.
	Token string
	// Project is the first project in the catalog, empty if there is none.
	Project string
	// Clock is the clock of that project.
	Clock *Clock
	// AdminToken opens the admin contract.
	AdminToken string
	// Admin calls the admin contract, with the token.
	Admin *admin.ClientWithResponses

	front *httptest.Server
	back  *server.Server
	dir   string

	tokens    map[string]string // by user
	advancing sync.Mutex
	fail      func(error)
	helper    func() // marks its caller as not the place where a test failed
}

// Option changes what [Start] and [New] start.
type Option func(*settings)

type settings struct {
	catalog []byte // nil is the demo
	logger  *slog.Logger
}

// WithCatalog says what exists: the YAML text of a catalog, in the form that the demo
// (server/internal/catalog/demo.yaml) explains.
func WithCatalog(yaml string) Option { return func(s *settings) { s.catalog = []byte(yaml) } }

// WithLogger takes the server's log, which is dropped otherwise.
func WithLogger(l *slog.Logger) Option { return func(s *settings) { s.logger = l } }

// Start starts a server that lives as long as the test. If it cannot be started, the
// test ends, and so it does where the server's clock cannot be set.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s, err := New(opts...)
	if err != nil {
		t.Fatalf("servertest: %v", err)
	}
	s.helper = t.Helper
	s.fail = func(err error) {
		t.Helper()
		t.Fatalf("servertest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("servertest: %v", err)
		}
	})
	return s
}

// New starts a server where there is no test, as in an example or in TestMain. The
// caller closes it. The methods of its clock panic where they fail. The error is a
// [*server.CatalogError] or that of the database.
func New(opts ...Option) (_ *Server, err error) {
	var set settings
	for _, opt := range opts {
		opt(&set)
	}
	s := &Server{
		AdminToken: rand.Text(),
		fail:       func(err error) { panic(fmt.Sprintf("servertest: %v", err)) },
		helper:     func() {},
	}
	cfg := server.Config{
		Logger: set.logger, AdminToken: s.AdminToken, TestControls: true,
		Catalog: set.catalog, CatalogName: "the catalog of the test",
	}
	if s.dir, err = os.MkdirTemp("", "appgrant-"); err != nil {
		return nil, err
	}
	defer func() {
		if err == nil {
			return
		}
		if left := os.RemoveAll(s.dir); left != nil {
			err = errors.Join(err, left)
		}
	}()
	cfg.Store = filepath.Join(s.dir, "appgrant.db")
	if s.back, err = server.New(context.Background(), cfg); err != nil {
		return nil, err
	}
	s.front = httptest.NewServer(s.back.Handler())
	s.Endpoint = s.front.URL
	if err := s.introduce(set.catalog); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// introduce finds out who calls and where.
func (s *Server) introduce(text []byte) (err error) {
	var exists struct {
		Users    []struct{ Name, Token string }
		Projects []struct{ ID string }
	}
	if text == nil {
		text = catalog.Demo
	}
	if err := yaml.Unmarshal(text, &exists); err != nil {
		return err // not after the server has read it
	}
	if len(exists.Users) > 0 {
		s.Token = exists.Users[0].Token
	}
	s.tokens = make(map[string]string, len(exists.Users))
	for _, user := range exists.Users {
		s.tokens[user.Name] = user.Token
	}
	if len(exists.Projects) > 0 {
		s.Project = exists.Projects[0].ID
	}
	s.Clock = &Clock{server: s, project: s.Project}
	s.Admin, err = admin.NewClientWithResponses(s.Endpoint, admin.WithRequestEditorFn(
		func(_ context.Context, req *http.Request) error {
			req.Header.Set("X-Auth-Token", s.AdminToken)
			return nil
		}))
	return err
}

// TokenOf is the token of a user of the catalog, empty if the catalog has only its hash
// or no such user.
func (s *Server) TokenOf(user string) string { return s.tokens[user] }

// Close ends the server, when the requests under way have been answered, and deletes
// its database. Only a server of [New] needs it.
func (s *Server) Close() error {
	return errors.Join(s.stop(), os.RemoveAll(s.dir))
}

func (s *Server) stop() error {
	s.front.Close()
	return s.back.Close()
}
