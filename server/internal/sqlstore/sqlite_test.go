package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
	"github.com/appgrant/appgrant/server/internal/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) grant.Store { return open(t, filepath.Join(t.TempDir(), "store.db")) })
}

func open(t *testing.T, file string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.OpenSQLite(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

var (
	realm = grant.Realm{Service: grant.ROMA, Project: "project", ID: "instance"}
	auth  = grant.Authorization{
		Env: "dev", API: "api", App: "app", Role: grant.Consumer,
		At: time.Date(2026, 3, 4, 12, 0, 0, 123456000, time.UTC), Until: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	}
)

func update(t *testing.T, s grant.Store, fn func(ctx context.Context, tx grant.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), realm.Project, func(tx grant.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func insert(t *testing.T, s grant.Store) grant.Authorization {
	t.Helper()
	var records []grant.Authorization
	update(t, s, func(ctx context.Context, tx grant.Tx) error {
		records = []grant.Authorization{auth}
		return tx.Insert(ctx, realm, records)
	})
	return records[0]
}

func TestSQLiteReopen(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "store.db")
	first, err := sqlstore.OpenSQLite(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	want := insert(t, first)
	update(t, first, func(ctx context.Context, tx grant.Tx) error {
		_, err := tx.Seed(ctx, realm.Project, []string{"old"})
		return errors.Join(
			err,
			tx.InsertAppCodes(ctx, realm, "app", []grant.AppCode{{ID: "code", Value: grant.HashOf("value")}}),
			tx.PutProject(ctx, grant.Project{ID: realm.Project}),
			tx.PutUser(ctx, grant.User{Name: "ann", Token: grant.HashOf("ann")}),
			tx.SetAppliedCatalog(ctx, grant.AppliedCatalog{Sum: grant.HashOf("catalog")}),
		)
	})
	revision := existing(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Ready(t.Context()); err == nil {
		t.Error("a closed store answers")
	}
	if err := first.View(t.Context(), func(grant.Reader) error { return nil }); err == nil {
		t.Error("a closed store can be viewed")
	}

	second := open(t, file)
	if err := second.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if again := existing(t, second); again != revision {
		t.Errorf("the revision changes from %v to %v", revision, again)
	}
	var got grant.Authorization
	var unseen []string
	update(t, second, func(ctx context.Context, tx grant.Tx) (err error) {
		if got, err = tx.Authorization(ctx, realm, want.ID); err != nil {
			return err
		}
		if unseen, err = tx.Seed(ctx, realm.Project, []string{"old", "new"}); err != nil {
			return err
		}
		return tx.RemoveAppCode(ctx, realm, "app", "code")
	})
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("record (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"new"}, unseen); d != "" {
		t.Errorf("seeds (-want +got):\n%s", d)
	}
	update(t, second, func(ctx context.Context, tx grant.Tx) error {
		return tx.End(ctx, []grant.AuthorizationID{want.ID}, auth.At, grant.Cancelled)
	})
	if again := insert(t, second); again.ID == want.ID {
		t.Errorf("the id %s comes back", again.ID)
	}
}

// existing is the revision of the project, whose user and catalog must be there.
func existing(t *testing.T, s grant.Store) (revision grant.Revision) {
	t.Helper()
	var user grant.User
	var applied grant.AppliedCatalog
	err := s.View(t.Context(), func(r grant.Reader) (err error) {
		if revision, err = r.Revision(t.Context(), realm.Project); err != nil {
			return err
		}
		if user, err = r.User(t.Context(), grant.HashOf("ann")); err != nil {
			return err
		}
		applied, err = r.AppliedCatalog(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(grant.User{Name: "ann", Token: grant.HashOf("ann")}, user); d != "" {
		t.Errorf("user (-want +got):\n%s", d)
	}
	if d := cmp.Diff(grant.AppliedCatalog{Sum: grant.HashOf("catalog")}, applied); d != "" {
		t.Errorf("applied catalog (-want +got):\n%s", d)
	}
	return revision
}

// Ids of two stores have nothing to do with each other.
func TestSQLiteIDsTellNothing(t *testing.T) {
	t.Parallel()
	a := insert(t, open(t, filepath.Join(t.TempDir(), "store.db")))
	b := insert(t, open(t, filepath.Join(t.TempDir(), "store.db")))
	if a.ID == b.ID {
		t.Errorf("the first records of two stores have the same id %s", a.ID)
	}
}

func TestSQLiteIsPrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "for it")
	insert(t, open(t, filepath.Join(dir, "store.db")))
	got := map[string]fs.FileMode{}
	err := filepath.WalkDir(filepath.Dir(dir), func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		got[entry.Name()] = info.Mode()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{
		"made": fs.ModeDir | 0o700, "for it": fs.ModeDir | 0o700,
		"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("modes (-want +got):\n%s", d)
	}
}

func TestSQLitePaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"with space.db", "a?mode=memory", "100%.db", "%41.db", "a#b.db", "a&b=c;d.db", "größe.db", "a+b.db", `a\b.db`, ":memory:", "file:x.db", "a'b.db",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "in "+name)
			file := filepath.Join(dir, name)
			insert(t, open(t, file))
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				got = append(got, e.Name())
			}
			if d := cmp.Diff([]string{name, name + "-shm", name + "-wal"}, got); d != "" {
				t.Errorf("files (-want +got):\n%s", d)
			}
			if info, err := os.Stat(file); err != nil || info.Size() == 0 {
				t.Errorf("got the file %v and %v", info, err)
			}
		})
	}
}

// A path may begin with two slashes; the second is not the beginning of a host.
func TestSQLiteTwoSlashes(t *testing.T) {
	t.Parallel()
	insert(t, open(t, "/"+filepath.Join(t.TempDir(), "store.db")))
}

func TestSQLiteRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	insert(t, open(t, "store.db"))
	insert(t, open(t, filepath.Join("a", "store.db")))
	for _, file := range []string{"store.db", "a/store.db"} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
}

func TestSQLiteRefuses(t *testing.T) {
	t.Parallel()
	const text = "This is not a database, and nobody wants it to become one.\n"
	dir := t.TempDir()
	file := filepath.Join(dir, "text")
	if err := os.WriteFile(file, []byte(strings.Repeat(text, 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"directory": dir, "no database": file, "below a file": filepath.Join(file, "store.db"), "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := sqlstore.OpenSQLite(t.Context(), path)
			if err == nil {
				t.Error("opened", s.Close())
			}
		})
	}
	t.Run("ended context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if s, err := sqlstore.OpenSQLite(ctx, filepath.Join(t.TempDir(), "store.db")); !errors.Is(err, context.Canceled) {
			t.Error("got", s, err)
		}
	})
	t.Cleanup(func() {
		if left, err := os.ReadFile(file); err != nil || string(left) != strings.Repeat(text, 100) {
			t.Errorf("the file is no longer what it was, %v", err)
		}
	})
}

// Two processes may have the file open.
func TestSQLiteTwoStores(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "store.db")
	stores := []*sqlstore.Store{open(t, file), open(t, file)}
	const workers, rounds = 4, 10

	record := insert(t, stores[0])
	inserted := make([]int, len(stores)*workers)
	var group sync.WaitGroup
	for worker := range inserted {
		store := stores[worker%len(stores)]
		group.Go(func() {
			for round := range rounds {
				if err := later(t.Context(), store, record.ID); err != nil {
					t.Error("increment:", err)
				}
				in, err := storetest.InsertIfAbsent(t.Context(), store, "api", grant.AppID(fmt.Sprintf("app-%d", round)))
				if err != nil {
					t.Error("insert:", err)
				}
				if in {
					inserted[worker]++
				}
			}
		})
	}
	group.Wait()

	var got grant.Authorization
	err := stores[1].View(t.Context(), func(r grant.Reader) (err error) {
		got, err = r.Authorization(t.Context(), realm, record.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	record.Until = auth.Until.Add(time.Duration(len(inserted)*rounds) * time.Second)
	if d := cmp.Diff(record, got); d != "" {
		t.Errorf("after all increments (-want +got):\n%s", d)
	}
	total := 0
	for _, n := range inserted {
		total += n
	}
	if total != rounds {
		t.Errorf("%d were inserted, want %d", total, rounds)
	}
}

// later adds a second to the end of a record.
func later(ctx context.Context, s grant.Store, id grant.AuthorizationID) error {
	return s.Update(ctx, realm.Project, func(tx grant.Tx) error {
		record, err := tx.Authorization(ctx, realm, id)
		if err != nil {
			return err
		}
		return tx.SetUntil(ctx, id, record.Until.Add(time.Second))
	})
}

// Several processes may start at once, before there is a file.
func TestSQLiteOpenAtOnce(t *testing.T) {
	t.Parallel()
	for range 5 {
		file := filepath.Join(t.TempDir(), "store.db")
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				s, err := sqlstore.OpenSQLite(t.Context(), file)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
}

// Names that SQLite itself takes for something else than a file.
func TestSQLiteSpecialNames(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{":memory:", "file::memory:"} {
		s := open(t, name)
		insert(t, s)
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s is no database file: %v", name, err)
		}
	}
}

// A store is ready when the next write would be kept.
func TestSQLiteReady(t *testing.T) {
	t.Parallel()
	ready := func(s *sqlstore.Store, within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		return s.Ready(ctx)
	}
	file := filepath.Join(t.TempDir(), "store.db")
	s := open(t, file)
	if err := ready(s, time.Minute); err != nil {
		t.Errorf("at first: %v", err)
	}
	update(t, s, func(context.Context, grant.Tx) error {
		if err := ready(s, time.Millisecond); err == nil {
			t.Error("while another transaction is under way: ready")
		}
		return nil
	})
	if err := os.Rename(file, file+".old"); err != nil {
		t.Fatal(err)
	}
	if err := ready(s, time.Minute); err == nil {
		t.Error("without its file: ready")
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ready(s, time.Minute); err == nil {
		t.Error("with another file in its place: ready")
	}
}
