package main

import (
	"context"
	crand "crypto/rand"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const loadClients = 32

// What was acknowledged is there after the process was killed in the middle of a
// load, however often.
func TestKillUnderLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, "--data-dir", dir)
	l := newLoad(t, p.url)
	l.addOwnAPIs(loadClients)
	for range 3 {
		ctx, stop := context.WithCancel(t.Context())
		made, ended := l.counts()
		go func() {
			l.await(made+50, ended+10) // on a busy machine that takes a while
			time.Sleep(rand.N(time.Second))
			_ = p.cmd.Process.Signal(syscall.SIGKILL)
			stop()
		}()
		l.run(ctx, loadClients)
		_ = p.cmd.Wait() // killed, as asked
		p = start(t, "--data-dir", dir)
		l.urls = []string{p.url}
		l.verify()
	}
}

// Two servers on one PostgreSQL are one server.
func TestTwoServersRace(t *testing.T) {
	store := schema(t)
	l := newLoad(t, start(t, "--store", store).url, start(t, "--store", store).url)
	l.addOwnAPIs(loadClients)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	l.run(ctx, loadClients)
	l.verify()
}

// schema is the URL of an empty schema of the PostgreSQL for tests, if there is one.
func schema(t *testing.T) string {
	t.Helper()
	database := os.Getenv("APPGRANT_TEST_POSTGRES")
	if database == "" {
		t.Skip("APPGRANT_TEST_POSTGRES is not set; make test-postgres sets it")
	}
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	name := "race_" + strings.ToLower(crand.Text())
	if _, err := conn.Exec(t.Context(), `CREATE SCHEMA `+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if _, err := conn.Exec(ctx, `DROP SCHEMA `+name+` CASCADE`); err != nil {
			t.Error(err)
		}
		_ = conn.Close(ctx)
	})
	return database + "&search_path=" + name
}
