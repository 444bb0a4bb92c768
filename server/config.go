package server

import (
	"log/slog"
	"time"

	"github.com/appgrant/appgrant/server/internal/catalog"
)

// The defaults of [Config].
const (
	DefaultMaxBody    = 1 << 20
	DefaultTimeout    = 20 * time.Second
	DefaultKeepEnded  = 90 * 24 * time.Hour
	DefaultKeepEvents = 365 * 24 * time.Hour
)

// DemoAdminToken is the admin token of a demo that is given none, which everybody
// knows. The pages tell it.
const DemoAdminToken = "demo-admin"

// MaxCatalog is how long a catalog may be, in bytes.
const MaxCatalog = catalog.MaxSize

// Config says what a server is made of. Store is mandatory.
type Config struct {
	// Store is a SQLite database file, which is made if it does not exist, or the
	// postgres:// URL of a PostgreSQL database, which several servers may share.
	Store string
	// Catalog is the YAML text of what exists; nil is the built-in demo.
	Catalog []byte
	// CatalogName is what errors call the catalog, usually its file's name.
	CatalogName string
	// Logger takes one line for each request and the causes of failures; nil
	// drops them.
	Logger *slog.Logger
	// MaxBody is how long a request body may be, in bytes; 0 is DefaultMaxBody.
	MaxBody int64
	// AdminToken opens the operations under /admin/v1; without it there are none.
	AdminToken string
	// AccessToken opens the one of them that gateways call, and no other.
	AccessToken string
	// TestControls lets the holder of the admin token set the clocks of projects
	// and make calls go wrong.
	TestControls bool
	// Docs serves what people read in a browser: a page about the server at /, the
	// references under /docs, and the contracts as /openapi.yaml and so on.
	Docs bool
	// CORSOrigins are the origins whose pages may call the server from a browser,
	// such as https://example.com; * is any.
	CORSOrigins []string
	// KeepEnded is how long authorizations and applications are kept after their
	// end, KeepEvents how long the events of the audit trail; 0 is the default,
	// less is for ever.
	KeepEnded, KeepEvents time.Duration
	// Timeout is how long the server works on a request; 0 is DefaultTimeout.
	Timeout time.Duration
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	c.KeepEnded = orDefault(c.KeepEnded, DefaultKeepEnded)
	c.KeepEvents = orDefault(c.KeepEvents, DefaultKeepEvents)
	return c
}

// orDefault is a default for 0, and 0 for less.
func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return max(d, 0)
}
