package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/server"
)

// How long the server waits for what may never come. A request that has begun to
// arrive when the server shuts down arrives, or fails to, before it stops waiting.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = server.DefaultTimeout
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	drainTimeout  = server.DefaultTimeout + 5*time.Second
)

// maxHeader is how long a request's headers may be together. A token alone may
// have 64 KiB.
const maxHeader = 128 << 10

type serveFlags struct {
	listen    string
	store     string
	dataDir   string
	catalog   string
	demo      bool
	logFormat string
	maxBody   int64
}

func serveCommand(env []string) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Run the server until it gets SIGTERM or SIGINT; then it finishes what it has
begun and exits with status 0.

When it accepts connections it prints one line on standard output:
  appgrant: listening on http://HOST:PORT
Logs go to standard error. Every flag can also be given in the environment:
--data-dir as APPGRANT_DATA_DIR, and so on; the command line wins.`,
		Example: "  appgrant serve --listen 127.0.0.1:8080 --data-dir /var/lib/appgrant --catalog catalog.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flagsFromEnv(cmd.Flags(), env); err != nil {
				return err
			}
			return serve(cmd.Context(), f, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "address to listen on; port 0 picks a free one")
	flags.StringVar(&f.store, "store", "", "SQLite database file (default appgrant.db in the data directory)")
	flags.StringVar(&f.dataDir, "data-dir", "data", "directory of the default database file")
	flags.StringVar(&f.catalog, "catalog", "", "YAML file of what exists (default the built-in demo)")
	flags.BoolVar(&f.demo, "demo", false, "serve the built-in demo, whose tokens everybody knows, on any address")
	flags.StringVar(&f.logFormat, "log-format", "text", "text or json")
	flags.Int64Var(&f.maxBody, "max-body", server.DefaultMaxBody, "longest request body, in bytes")
	return cmd
}

// serve runs the server until ctx ends.
func serve(ctx context.Context, f serveFlags, stdout, stderr io.Writer) (err error) {
	logger, err := newLogger(f.logFormat, stderr)
	if err != nil {
		return err
	}
	cfg, err := f.config(logger)
	if err != nil {
		return err
	}
	if err := f.checkListen(); err != nil {
		return err
	}

	srv, err := server.New(ctx, cfg)
	var badCatalog *server.CatalogError
	switch {
	case errors.As(err, &badCatalog):
		return err
	case err != nil:
		return failure{err}
	}
	defer func() {
		if closing := srv.Close(); closing != nil && err == nil {
			err = failure{closing}
		}
	}()

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return failure{err}
	}
	httpServer := newHTTPServer(srv.Handler(), logger)
	served := make(chan error, 1)
	go func() { served <- httpServer.Serve(listener) }()
	if _, err := fmt.Fprintf(stdout, "appgrant: listening on http://%s\n", listener.Addr()); err != nil {
		return failure{errors.Join(err, httpServer.Close())}
	}

	select {
	case err := <-served:
		return failure{err}
	case <-ctx.Done():
		logger.Info("shutting down", "drain_timeout", drainTimeout)
		return drain(ctx, httpServer)
	}
}

// drain lets the requests under way end.
func drain(ctx context.Context, s *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return failure{errors.Join(fmt.Errorf("requests were cut off: %w", err), s.Close())}
	}
	return nil
}

func newHTTPServer(handler http.Handler, logger *slog.Logger) *http.Server {
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

func newLogger(format string, w io.Writer) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	default:
		return nil, fmt.Errorf("--log-format is %q, neither text nor json", format)
	}
}

// config reads the files that flags name.
func (f serveFlags) config(logger *slog.Logger) (server.Config, error) {
	cfg := server.Config{Logger: logger, MaxBody: f.maxBody, Store: f.store, CatalogName: f.catalog}
	if f.maxBody < 1 {
		return cfg, fmt.Errorf("--max-body is %d, less than a byte", f.maxBody)
	}
	if scheme, _, isURL := strings.Cut(f.store, "://"); isURL { // what follows may have a password in it
		return cfg, fmt.Errorf("--store %s://... is not the name of a file; this version keeps its data in a SQLite file", scheme)
	}
	if cfg.Store == "" {
		cfg.Store = filepath.Join(f.dataDir, "appgrant.db")
	}
	if f.catalog == "" {
		return cfg, nil
	}
	if f.demo {
		return cfg, errors.New("--demo and --catalog exclude each other")
	}
	var err error
	if cfg.Catalog, err = readCatalog(f.catalog); err != nil {
		return cfg, fmt.Errorf("--catalog: %w", err)
	}
	return cfg, nil
}

// readCatalog reads a file, but not for ever: one byte too many is enough to be
// refused for.
func readCatalog(name string) (text []byte, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return io.ReadAll(io.LimitReader(file, server.MaxCatalog+1))
}

// checkListen refuses an address that cannot be, and one that would show the
// demo's well-known tokens to others unasked.
func (f serveFlags) checkListen() error {
	if f.listen == "" {
		return errors.New("--listen is empty")
	}
	addr, err := net.ResolveTCPAddr("tcp", f.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if f.catalog == "" && !f.demo && !addr.IP.IsLoopback() {
		return fmt.Errorf("--listen %s is open to others, and everybody knows the demo's tokens: give --catalog, or --demo if that is what you want", f.listen)
	}
	return nil
}
