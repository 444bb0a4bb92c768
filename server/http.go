package server

import (
	"log/slog"
	"net/http"
	"time"
)

// How long a server waits for what may never come.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = DefaultTimeout
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
)

// maxHeader is how long a request's headers may be together. A token alone may
// have 64 KiB.
const maxHeader = 128 << 10

// NewHTTPServer makes the HTTP server for a [Server.Handler]: HTTP/1.1 and HTTP/2, both
// in clear text, with a bound to all that a client may make it wait for. The logger is
// told what goes wrong with connections.
func NewHTTPServer(handler http.Handler, logger *slog.Logger) *http.Server {
	s := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
		Protocols:         new(http.Protocols),
		// OPTIONS * is answered like whatever else is not in the contract.
		DisableGeneralOptionsHandler: true,
	}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	return s
}
