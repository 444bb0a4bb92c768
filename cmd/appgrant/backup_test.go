package main

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A copy of a live database has whatever was acknowledged before the copying began,
// while nobody's writing waits or fails, and nobody else may read it.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, "--data-dir", dir)
	l := newLoad(t, p.url)
	l.addOwnAPIs(loadClients)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.run(ctx, loadClients)
	}()
	defer func() {
		stop()
		<-done
	}()

	var copies []*load
	for i := range 3 {
		acknowledged := l.soFar(200 * (i + 1))
		file := filepath.Join(t.TempDir(), "copy.db")
		if got := runHere(t, "backup", "--data-dir", dir, file); got != (outcome{}) {
			t.Fatalf("%+v", got)
		}
		info, err := os.Stat(file)
		if err != nil || info.Mode() != 0o600 {
			t.Fatalf("%v %v, want mode 0600", info, err)
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*"))
		if diff := cmp.Diff([]string{file}, left); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		before := len(acknowledged.made)
		if after := l.soFar(before + 1); len(after.made) <= before {
			t.Error("nobody wrote any more")
		}
		acknowledged.urls = []string{file}
		copies = append(copies, acknowledged)
	}
	stop()
	<-done
	l.verify()
	for _, acknowledged := range copies {
		acknowledged.urls = []string{start(t, "--store", acknowledged.urls[0]).url}
		acknowledged.verify()
	}
}

// soFar waits until some records have been made and returns what has been
// acknowledged by then. What was not yet ended may be, a moment later.
func (l *load) soFar(records int) *load {
	l.Helper()
	for range 6000 {
		l.mu.Lock()
		if len(l.made) >= records {
			defer l.mu.Unlock()
			now := &load{T: l.T, client: l.client, made: maps.Clone(l.made), ended: maps.Clone(l.ended), uncertain: map[string]bool{}}
			for id := range now.made {
				now.uncertain[id] = now.ended[id] == ""
			}
			return now
		}
		l.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
	l.Fatalf("there never were %d records", records)
	return nil
}

// A backup that is broken off leaves nothing behind.
func TestBackupBrokenOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got := runHere(t, "migrate", "--data-dir", dir); got.Status != exitDone {
		t.Fatalf("%+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr strings.Builder
	file := filepath.Join(dir, "copy.db")
	status := run(ctx, []string{"backup", "--data-dir", dir, file}, nil, &stdout, &stderr)
	if status != exitFailed || stdout.Len() > 0 || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("%d %q %q", status, stdout.String(), stderr.String())
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the copy is there: %v", err)
	}
}

// What a newer program made is left alone by migrate and serve, and served again once
// it is as it was.
func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, "--data-dir", dir)
	made := authorize(t, p.url)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	first := runHere(t, "migrate", "--data-dir", dir)
	var version int64
	if _, err := fmt.Sscanf(first.Stdout, "schema %d\n", &version); err != nil || first != (outcome{0, fmt.Sprintf("schema %d\n", version), ""}) {
		t.Fatalf("%+v %v", first, err)
	}
	alter(t, dir, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	want := outcome{exitFailed, "", fmt.Sprintf("appgrant: the database has schema 99999, and this program knows up to %d: use a newer one\n", version)}
	for _, args := range [][]string{{"migrate"}, {"migrate"}, {"serve", "--listen", "127.0.0.1:0"}} {
		if diff := cmp.Diff(want, runHere(t, append(args, "--data-dir", dir)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", args[0], diff)
		}
	}
	alter(t, dir, `DELETE FROM goose_db_version WHERE version_id = 99999`)
	if diff := cmp.Diff(first, runHere(t, "migrate", "--data-dir", dir)); diff != "" {
		t.Errorf("afterwards (-want +got):\n%s", diff)
	}
	if found := authorize(t, start(t, "--data-dir", dir).url); found.Id != made.Id {
		t.Errorf("the record %s became %s", made.Id, found.Id)
	}
}

func alter(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "appgrant.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
