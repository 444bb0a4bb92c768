package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	"github.com/appgrant/appgrant/server"
)

// drainTimeout is how long the server waits for the requests under way when it is to
// end. One that has begun to arrive arrives, or fails to, before that.
const drainTimeout = server.DefaultTimeout + 5*time.Second

type serveFlags struct {
	storeFlags
	listen          string
	catalog         string
	demo            bool
	logFormat       string
	maxBody         int64
	adminTokenFile  string
	accessTokenFile string
	testControls    bool
	docs            bool
	tlsCert, tlsKey string
	corsOrigins     []string
	keepEnded       time.Duration
	keepEvents      time.Duration
	env             settings.Env
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
			f.env = settings.ParseEnv(env)
			if err := settings.FromEnv(cmd.Flags(), f.env); err != nil {
				return err
			}
			if cmd.Flags().Changed("cors-origin") && len(f.corsOrigins) == 0 {
				return errOrigin
			}
			return serve(cmd.Context(), f, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "address to listen on; port 0 picks a free one")
	f.add(flags)
	flags.StringVar(&f.catalog, "catalog", "", "YAML file of what exists (default the built-in demo)")
	flags.BoolVar(&f.demo, "demo", false, "serve the built-in demo, whose tokens everybody knows, on any address")
	flags.StringVar(&f.logFormat, "log-format", "text", "text or json")
	flags.StringVar(&f.adminTokenFile, "admin-token-file", "", "file with the token that opens /admin/v1 (or the token itself in APPGRANT_ADMIN_TOKEN; the demo's is "+demoAdminToken+")")
	flags.StringVar(&f.accessTokenFile, "access-token-file", "", "file with the token for gateways, which opens /admin/v1/forward-auth alone (or APPGRANT_ACCESS_TOKEN)")
	flags.BoolVar(&f.testControls, "test-controls", false, "let the holder of the admin token set clocks and make calls go wrong (on for the demo)")
	flags.BoolVar(&f.docs, "docs", true, "serve pages to read in a browser: /, /docs and the contracts as files")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "file with the certificate chain, in PEM; with --tls-key the server speaks TLS")
	flags.StringVar(&f.tlsKey, "tls-key", "", "file with the certificate's key, in PEM")
	flags.StringSliceVar(&f.corsOrigins, "cors-origin", nil, "origin whose pages may call from a browser, such as https://example.com; may be repeated")
	flags.DurationVar(&f.keepEnded, "keep-ended", server.DefaultKeepEnded, "how long authorizations and applications are kept after their end; 0 is for ever")
	flags.DurationVar(&f.keepEvents, "keep-events", server.DefaultKeepEvents, "how long the audit trail is kept; 0 is for ever")
	flags.Int64Var(&f.maxBody, "max-body", server.DefaultMaxBody, "longest request body, in bytes")
	return cmd
}

// serve runs the server until ctx ends.
func serve(ctx context.Context, f serveFlags, stdout, stderr io.Writer) (err error) {
	lines := server.NewLineWriter(stderr)
	defer lines.Flush() // after the last line, which is about the database
	logger, err := newLogger(f.logFormat, lines)
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

	certificate, err := openCertificate(f.tlsCert, f.tlsKey)
	if err != nil {
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
	httpServer := server.NewHTTPServer(srv.Handler(), logger)
	scheme := "http"
	if certificate != nil {
		scheme = "https"
		httpServer.TLSConfig = &tls.Config{GetCertificate: certificate.get, MinVersion: tls.VersionTLS12}
		httpServer.Protocols.SetHTTP2(true)
	}
	served := make(chan error, 1)
	go func() {
		if certificate != nil {
			served <- httpServer.ServeTLS(listener, "", "")
		} else {
			served <- httpServer.Serve(listener)
		}
	}()
	if _, err := fmt.Fprintf(stdout, "appgrant: listening on %s://%s\n", scheme, listener.Addr()); err != nil {
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
	cfg := server.Config{
		Logger: logger, MaxBody: f.maxBody, CatalogName: f.catalog, CORSOrigins: f.corsOrigins,
		KeepEnded: forever(f.keepEnded), KeepEvents: forever(f.keepEvents), Docs: f.docs,
	}
	switch {
	case f.maxBody < 1:
		return cfg, fmt.Errorf("--max-body is %d, less than a byte", f.maxBody)
	case f.keepEnded < 0 || f.keepEvents < 0:
		return cfg, errors.New("--keep-ended and --keep-events can't be negative")
	case !slices.Equal(f.corsOrigins, origins(f.corsOrigins)):
		return cfg, errOrigin
	case f.demo && f.catalog != "":
		return cfg, errors.New("--demo and --catalog exclude each other")
	}
	var err error
	if cfg.Store, err = f.where(); err != nil {
		return cfg, err
	}
	if err := f.openAdmin(&cfg); err != nil {
		return cfg, err
	}
	if f.catalog == "" {
		return cfg, nil
	}
	if cfg.Catalog, err = settings.ReadFile(f.catalog, server.MaxCatalog); err != nil {
		return cfg, fmt.Errorf("--catalog: %w", err)
	}
	return cfg, nil
}

var errOrigin = errors.New("--cors-origin is neither * nor an origin like https://example.com or http://localhost:3000")

// origins keeps those that are what a browser may call an origin.
func origins(list []string) (kept []string) {
	for _, origin := range list {
		u, err := url.Parse(origin)
		if origin == "*" || err == nil && u.Hostname() != "" && !strings.Contains(u.Host, "*") && origin == u.Scheme+"://"+u.Host && (u.Scheme == "http" || u.Scheme == "https") {
			kept = append(kept, origin)
		}
	}
	return kept
}

// forever is a flag's duration as a Config has it, where 0 is the default.
func forever(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// demoAdminToken is the admin token of the demo.
const demoAdminToken = server.DemoAdminToken

// openAdmin finds the tokens of the admin contract. A demo has them, and its test
// controls, anyway.
func (f serveFlags) openAdmin(cfg *server.Config) (err error) {
	if cfg.AdminToken, err = f.env.Token("admin-token", f.adminTokenFile, settings.ReadFile); err != nil {
		return err
	}
	if cfg.AccessToken, err = f.env.Token("access-token", f.accessTokenFile, settings.ReadFile); err != nil {
		return err
	}
	cfg.TestControls = f.testControls
	if f.catalog == "" {
		cfg.TestControls = true
		if cfg.AdminToken == "" {
			cfg.AdminToken = demoAdminToken
		}
	}
	switch {
	case cfg.AdminToken == "" && cfg.AccessToken != "":
		return errors.New("there is an access token but no admin token")
	case cfg.AdminToken == "" && cfg.TestControls:
		return errors.New("--test-controls needs an admin token")
	case cfg.AdminToken != "" && cfg.AdminToken == cfg.AccessToken:
		return errors.New("the access token is the admin token")
	}
	return nil
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
