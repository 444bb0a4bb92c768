package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	"github.com/appgrant/appgrant/server"
)

// storeFlags name the database.
type storeFlags struct {
	store   string
	dataDir string
}

func (f *storeFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.store, "store", "", "SQLite database file, or postgres:// URL (default appgrant.db in the data directory)")
	flags.StringVar(&f.dataDir, "data-dir", "data", "directory of the default database file")
}

var schemeSyntax = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)

// where is what the flags name, for a server's configuration.
func (f *storeFlags) where() (string, error) {
	if f.store == "" {
		return filepath.Join(f.dataDir, "appgrant.db"), nil
	}
	// What is not repeated may have a password in it.
	scheme, _, isURL := strings.Cut(f.store, "://")
	isURL = isURL && schemeSyntax.MatchString(scheme)
	isPostgres := scheme == "postgres" || scheme == "postgresql"
	switch {
	case isURL && isPostgres:
	case isURL:
		return "", fmt.Errorf("--store %s://... is neither a file nor a postgres:// URL", scheme)
	case strings.HasPrefix(f.store, "postgres:"), strings.HasPrefix(f.store, "postgresql:"), strings.Contains(f.store, "password="):
		return "", errors.New("--store looks like a PostgreSQL database, but is no postgres:// URL")
	}
	return f.store, nil
}

func migrateCommand(env []string) *cobra.Command {
	var f storeFlags
	cmd := &cobra.Command{
		Use:     "migrate",
		Short:   "Bring a database's schema up to date",
		Example: "  appgrant migrate --store /var/lib/appgrant/appgrant.db",
		Long: `Bring the schema of a database up to date, or make it. A server does the same
when it starts; this is for doing it before. Several may try at once.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			where, err := f.fromEnv(cmd, env)
			if err != nil {
				return err
			}
			version, err := server.Migrate(cmd.Context(), where)
			if err != nil {
				return failure{err}
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "schema %d\n", version)
			return asFailure(err)
		},
	}
	f.add(cmd.Flags())
	return cmd
}

func backupCommand(env []string) *cobra.Command {
	var f storeFlags
	cmd := &cobra.Command{
		Use:     "backup FILE",
		Short:   "Copy a live SQLite database",
		Example: "  appgrant backup --data-dir /var/lib/appgrant monday.db",
		Long: `Copy a SQLite database to a new file, as it is at one moment, while servers go on
writing to it. For PostgreSQL, use pg_dump.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			where, err := f.fromEnv(cmd, env)
			if err != nil {
				return err
			}
			return asFailure(server.Backup(cmd.Context(), where, args[0]))
		},
	}
	f.add(cmd.Flags())
	return cmd
}

func (f *storeFlags) fromEnv(cmd *cobra.Command, env []string) (string, error) {
	if err := settings.FromEnv(cmd.Flags(), settings.ParseEnv(env)); err != nil {
		return "", err
	}
	return f.where()
}

// asFailure marks an error, if it is one, as not the asker's.
func asFailure(err error) error {
	if err == nil {
		return nil
	}
	return failure{err}
}
