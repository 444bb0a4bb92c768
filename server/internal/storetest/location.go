package storetest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
)

// postgresVariable names the variable with the URL of a PostgreSQL database that
// tests may use.
const postgresVariable = "APPGRANT_TEST_POSTGRES"

// Location is where a test may open a store of its own: an empty schema of
// PostgreSQL if there is one for tests, else a SQLite file.
func Location(t *testing.T) string {
	t.Helper()
	if os.Getenv(postgresVariable) == "" {
		return filepath.Join(t.TempDir(), "store.db")
	}
	return Schema(t)
}

// Schema is the URL of an empty schema of PostgreSQL. Without a PostgreSQL for
// tests the test is skipped; `make test-postgres` brings one.
func Schema(t *testing.T) string {
	t.Helper()
	database := os.Getenv(postgresVariable)
	if database == "" {
		t.Skip(postgresVariable + " is not set; make test-postgres sets it")
	}
	name := "test_" + rand.Text()
	exec(t, database, `CREATE SCHEMA "`+name+`"`)
	t.Cleanup(func() { exec(t, database, `DROP SCHEMA "`+name+`" CASCADE`) })
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", `"`+name+`"`)
	u.RawQuery = query.Encode()
	return u.String()
}

func exec(t *testing.T, database, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // a cleanup runs after the end of that
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
