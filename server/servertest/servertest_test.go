package servertest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/server"
	"github.com/appgrant/appgrant/server/servertest"
)

// as is a client with a token.
func as(t *testing.T, appgrant *servertest.Server, token string) *client.Client {
	t.Helper()
	c, err := client.New(appgrant.Endpoint, client.WithToken(token), client.WithRetry(client.Retry{Attempts: 1}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// toShop asks for an API of the demo for its app shop.
func toShop(api string) client.AppsToAuthorize {
	return client.AppsToAuthorize{
		ProjectID: "0a1b2c3d4e5f60718293a4b5c6d7e8f9", InstanceID: "f0fa1789-3b76-433b-a787-9892951c620e",
		EnvID: "DEFAULT_ENVIRONMENT_RELEASE_ID", AppIDs: []string{shop}, APIIDs: []string{api},
	}
}

const (
	shop     = "356de8eb7a8742168586e5daf5339965"
	orders   = "5f918d104dc84480a75166ba99efff21"
	invoices = "7c2d9a6be1f04c3b9d0e8f7a6b5c4d3e"
)

// Without options there is the demo, and what is said of it can be used.
func TestDemo(t *testing.T) {
	t.Parallel()
	appgrant := servertest.Start(t)
	if got, want := appgrant.Token, "demo-token"; got != want {
		t.Errorf("token %q, want %q", got, want)
	}
	in := toShop(orders)
	in.ProjectID = appgrant.Project
	result, err := as(t, appgrant, appgrant.Token).APIG.AuthorizeApps(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Auths[0].AuthResult.Status; got != client.StatusSuccess {
		t.Errorf("the first time it is %s", got)
	}
	if age := time.Since(appgrant.Clock.Now()).Abs(); age > time.Minute {
		t.Errorf("the clock is %v off", age)
	}
	if diff := cmp.Diff([]string{shop + " " + orders}, authorized(t, appgrant)); diff != "" {
		t.Errorf("authorized (-want +got):\n%s", diff)
	}
}

// Each user of a catalog has a token.
func TestTokenOf(t *testing.T) {
	t.Parallel()
	appgrant := servertest.Start(t)
	got := []string{appgrant.TokenOf("owner"), appgrant.TokenOf("app-owner"), appgrant.TokenOf("nobody")}
	if diff := cmp.Diff([]string{"demo-token", "demo-app-owner", ""}, got); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

// Who calls and where is what the catalog has first.
func TestOwnCatalog(t *testing.T) {
	t.Parallel()
	hash := sha256.Sum256([]byte("secret"))
	hashed := fmt.Sprintf("users: [{name: ann, token_sha256: %s, member_of: [{project: one}]}]\nprojects: [{id: one}]", hex.EncodeToString(hash[:]))
	for _, test := range []struct{ name, catalog, token, project string }{
		{"the first of each", "users: [{name: ann, token: a}, {name: bob, token: b}]\nprojects: [{id: one}, {id: two}]", "a", "one"},
		{"an alias", "projects: [{id: &it one}]\nusers: [{name: *it, token: *it}]", "one", "one"},
		{"a number", "users: [{name: ann, token: 0x10}]\nprojects: [{id: 007}]", "0x10", "007"},
		{"a hash", hashed, "", "one"},
		{"a hash before a token", "users: [{name: ann, token_sha256: " + hex.EncodeToString(hash[:]) + "}, {name: bob, token: b}]", "", ""},
		{"no users", "projects: [{id: one}]", "", "one"},
		{"no projects", "users: [{name: ann, token: a}]", "a", ""},
		{"empty lists", "users: []\nprojects: []", "", ""},
		{"nothing", "{}", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			appgrant := servertest.Start(t, servertest.WithCatalog(test.catalog))
			if appgrant.Token != test.token {
				t.Errorf("token %q, want %q", appgrant.Token, test.token)
			}
			if appgrant.Project != test.project {
				t.Errorf("project %q, want %q", appgrant.Project, test.project)
			}
			if appgrant.Project != "" {
				appgrant.Clock.Now()
			}
			r, err := appgrant.Admin.ListProjectsWithResponse(t.Context(), nil)
			if err != nil || r.JSON200 == nil {
				t.Error("the admin contract can't be called:", err, r)
			}
		})
	}
	t.Run("whose token has only a hash", func(t *testing.T) {
		t.Parallel()
		appgrant := servertest.Start(t, servertest.WithCatalog(hashed))
		err := as(t, appgrant, "secret").ROMA.DeleteAppCode(t.Context(), client.AppCodeToDelete{ProjectID: "one", InstanceID: "i", AppID: "a", AppCodeID: "c"})
		if !errors.Is(err, client.ErrForbidden) {
			t.Errorf("the token is known and may do nothing, but the error is %v", err)
		}
	})
}

// The log is the test's if it wants it.
func TestWithLogger(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	appgrant, err := servertest.New(servertest.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	appgrant.Clock.Now()
	if err := appgrant.Close(); err != nil {
		t.Error(err)
	}
	if lines := bytes.Count(log.Bytes(), []byte("\n")); lines != 1 {
		t.Errorf("%d lines of one request:\n%s", lines, log.Bytes())
	}
}

// Several servers know nothing of each other.
func TestServersAreAlone(t *testing.T) {
	t.Parallel()
	const n = 8
	begin := time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC)
	var servers [n]*servertest.Server
	var statuses [n]client.AuthStatus
	var errs [n]error
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			s, err := servertest.New()
			if err != nil {
				errs[i] = err
				return
			}
			servers[i] = s
			s.Clock.Set(begin.AddDate(i, 0, 0))
			c, err := client.New(s.Endpoint, client.WithToken(s.Token))
			if err != nil {
				errs[i] = err
				return
			}
			result, err := c.APIG.AuthorizeApps(t.Context(), toShop([]string{orders, invoices}[i%2]))
			if err != nil {
				errs[i] = err
				return
			}
			statuses[i] = result.Auths[0].AuthResult.Status
		})
	}
	running.Wait()
	for _, s := range servers {
		if s != nil {
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	for i, s := range servers {
		if statuses[i] != client.StatusSuccess {
			t.Errorf("server %d: the first time it is %s", i, statuses[i])
		}
		if diff := cmp.Diff([]string{shop + " " + []string{orders, invoices}[i%2]}, authorized(t, s)); diff != "" {
			t.Errorf("server %d: authorized (-want +got):\n%s", i, diff)
		}
		if got, want := s.Clock.Now(), begin.AddDate(i, 0, 0); !got.Equal(want) {
			t.Errorf("server %d: the clock shows %v, want %v", i, got, want)
		}
	}
}

// Without a catalog that can be used there is no server, and nothing of it remains.
func TestBadCatalog(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, test := range []struct{ name, catalog string }{
		{"no YAML", "users: ["},
		{"an unknown key", "user: []"},
		{"empty", ""}, // and not the demo
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := servertest.New(servertest.WithCatalog(test.catalog))
			if _, is := err.(*server.CatalogError); !is || s != nil { //nolint:errorlint // it is what New says it is
				t.Errorf("server %v, error %T %v", s, err, err)
			}
			witness := observe(t, func(t testing.TB) { servertest.Start(t, servertest.WithCatalog(test.catalog)) })
			if err != nil {
				witness.expect(t, "servertest: "+err.Error())
			}
			expectFiles(t, dir, 0)
		})
	}
}

func TestNoDirectory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	if s, err := servertest.New(); !errors.Is(err, os.ErrNotExist) || s != nil {
		t.Errorf("server %v, error %v", s, err)
	}
}

// Close ends the server and takes its directory away. To do it again does no harm.
func TestClose(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s, err := servertest.New()
	if err != nil {
		t.Fatal(err)
	}
	expectFiles(t, dir, 1)
	s.Clock.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	expectEnded(t, s)
	expectFiles(t, dir, 0)
	if err := s.Close(); err != nil {
		t.Errorf("the second time: %v", err)
	}
}

// The end of the test closes a server of Start, also of one that has been closed.
func TestStartCloses(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var left, closed *servertest.Server
	t.Run("test", func(t *testing.T) {
		left, closed = servertest.Start(t), servertest.Start(t)
		expectFiles(t, dir, 2)
		if err := closed.Close(); err != nil {
			t.Error(err)
		}
		left.Clock.Now()
	})
	expectEnded(t, left)
	expectFiles(t, dir, 0)
}

// expectEnded makes sure that nobody answers.
func expectEnded(t *testing.T, s *servertest.Server) {
	t.Helper()
	err := as(t, s, s.Token).APIG.CancelAuthorization(t.Context(), client.AuthorizationToCancel{ProjectID: s.Project, InstanceID: "i", AppAuthID: "a"})
	if !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("after the end: %v", err)
	}
}

// expectFiles makes sure how much there is in a directory.
func expectFiles(t *testing.T, dir string, want int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != want {
		t.Errorf("%d in the directory, want %d: %v", len(entries), want, entries)
	}
}
