package server

import (
	"log/slog"
	"time"

	"github.com/appgrant/appgrant/server/internal/catalog"
)

// The defaults of [Config].
const (
	DefaultMaxBody = 1 << 20
	DefaultTimeout = 20 * time.Second
)

// MaxCatalog is how long a catalog may be, in bytes.
const MaxCatalog = catalog.MaxSize

// Config says what a server is made of. Store is mandatory.
type Config struct {
	// Store is the SQLite database file, which is made if it does not exist.
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
	return c
}
