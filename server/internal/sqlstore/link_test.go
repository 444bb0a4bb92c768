package sqlstore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

// A database that a link leads to is the one there, whatever lies beside the link: so
// what others change there ends what is remembered.
func TestSQLiteLink(t *testing.T) {
	t.Parallel()
	there := filepath.Join(t.TempDir(), "x.db")
	link := filepath.Join(t.TempDir(), "y.db")
	if err := open(t, there).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(there, link); err != nil {
		t.Skip(err)
	}
	s, another := open(t, link), open(t, there)
	index, err := os.ReadFile(there + "-shm")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(link+"-shm", index, 0o600); err != nil { // of what stood there once
		t.Fatal(err)
	}
	third := open(t, link)
	update(t, s, func(ctx context.Context, tx grant.Tx) error {
		return tx.PutUser(ctx, grant.User{Name: "u", Token: grant.HashOf("t")})
	})
	stores := map[string]*sqlstore.Store{"the first": s, "the third": third}
	known := func(s *sqlstore.Store) bool {
		err := s.View(t.Context(), func(r grant.Reader) error {
			_, err := r.User(t.Context(), grant.HashOf("t"))
			return err
		})
		if missing(err) != nil {
			t.Fatal(err)
		}
		return err == nil
	}
	for range 2 { // asked, and remembered
		for name, s := range stores {
			if !known(s) {
				t.Errorf("%s does not know a user", name)
			}
		}
	}
	update(t, another, func(ctx context.Context, tx grant.Tx) error { return tx.DeleteUser(ctx, "u") })
	for name, s := range stores {
		if known(s) {
			t.Errorf("%s knows a user who was deleted", name)
		}
	}
}

// A link that leads elsewhere since is told: whoever opens it next will not find what is
// written.
func TestSQLiteLinkMoves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link := filepath.Join(dir, "x.db")
	for _, name := range []string{"one.db", "two.db"} {
		if err := open(t, filepath.Join(dir, name)).Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("one.db", link); err != nil {
		t.Skip(err)
	}
	s := open(t, link)
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if err := errors.Join(os.Remove(link), os.Symlink("two.db", link)); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err == nil {
		t.Error("it is ready")
	}
}

// openFiles is how many files of a database this process has open.
func openFiles(t *testing.T, database string) (n int) {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not tell: ", err)
	}
	for _, entry := range list {
		if file, err := os.Readlink("/proc/self/fd/" + entry.Name()); err == nil && strings.HasPrefix(file, database) {
			n++
		}
	}
	return n
}

// A store that is closed while it is looked at leaves no file open.
func TestSQLiteCloseDuringView(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.db")
	s := open(t, file)
	if openFiles(t, file) == 0 {
		t.Fatal("no file is open")
	}
	held, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.View(t.Context(), func(r grant.Reader) error {
			_, err := r.AppliedCatalog(t.Context())
			close(held)
			<-free
			return err
		})
	}()
	<-held
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	close(free)
	if err := errors.Join(<-done, <-closed); err != nil {
		t.Error(err)
	}
	if n := openFiles(t, file); n > 0 {
		t.Errorf("%d files are open", n)
	}
}

// One that can't be opened leaves no file open, either.
func TestSQLiteOpenFails(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.db")
	s := open(t, file)
	if _, err := s.Writers().ExecContext(t.Context(), `DROP TABLE id_key`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlstore.Open(t.Context(), file); err == nil {
		t.Fatal("it opens")
	}
	if n := openFiles(t, file); n > 0 {
		t.Errorf("%d files are open", n)
	}
}

// Readiness is told when it is asked for, whoever has the database.
func TestSQLiteReadyInTime(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.db")
	s := open(t, file)
	defer lock(t, file)()
	ctx, cancel := context.WithTimeout(t.Context(), moment)
	defer cancel()
	began := time.Now()
	if err := s.Ready(ctx); err == nil || time.Since(began) > 20*moment {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

// A record that was looked for before it was made is found afterwards, though its id
// was known: that of one whose transaction was undone.
func TestRecordAfterAnUndoneOne(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	insert(t, s)
	other := []grant.Authorization{{Env: auth.Env, API: "other", App: auth.App, At: time.Now()}}
	add := func(result error) (id grant.AuthorizationID) {
		err := s.Update(t.Context(), realm.Project, func(tx grant.Tx) error {
			if err := tx.Insert(t.Context(), realm, other); err != nil {
				return err
			}
			id = other[0].ID
			return result
		})
		if !errors.Is(err, result) {
			t.Fatal(err)
		}
		return id
	}
	found := func(id grant.AuthorizationID) (found bool) {
		err := s.View(t.Context(), func(r grant.Reader) error {
			_, lastErr := r.LastAuthorization(t.Context(), realm, auth.Env, "other", auth.App)
			_, err := r.Authorization(t.Context(), realm, id)
			found = err == nil
			return errors.Join(missing(lastErr), missing(err))
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	undone := add(errRefused)
	if found(undone) {
		t.Error("a record is found that was not kept")
	}
	if id := add(nil); id != undone || !found(id) {
		t.Errorf("%s is not found, after %s", id, undone)
	}
}
