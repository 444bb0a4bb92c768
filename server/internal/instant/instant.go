// Package instant is a store that keeps nothing and answers at once. What a server
// does on it is what a server costs without a store, which is what benchmarks hold
// the real ones against. It knows what a catalog says exists, has no records until
// they are asked for one by one, and takes every change for done.
package instant

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"sync/atomic"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// Store implements as much of [grant.Store] as authorizing, cancelling and deciding
// need; everything else panics. It is safe for concurrent use.
type Store struct {
	users    map[grant.Hash]grant.User
	members  map[member][]grant.Permission
	projects map[grant.ProjectID]grant.Project
	last     atomic.Uint64 // the newest record
}

type member struct {
	name    grant.UserName
	project grant.ProjectID
}

// New makes a store in which a catalog is applied.
func New(c grant.Catalog) *Store {
	s := &Store{
		users: map[grant.Hash]grant.User{}, members: map[member][]grant.Permission{}, projects: map[grant.ProjectID]grant.Project{},
	}
	for _, u := range c.Users {
		s.users[u.Token] = u
		for project, permissions := range u.Permissions {
			s.members[member{u.Name, project}] = permissions
		}
	}
	for _, p := range c.Projects {
		for i := range p.Realms {
			p.Realms[i].Project = p.ID
		}
		s.projects[p.ID] = p
	}
	return s
}

// Update implements [grant.Store].
func (s *Store) Update(_ context.Context, _ grant.ProjectID, fn func(grant.Tx) error) error {
	return fn(tx{Store: s})
}

// View implements [grant.Store].
func (s *Store) View(_ context.Context, fn func(grant.Reader) error) error { return fn(tx{Store: s}) }

// tx has what it does not implement from a nil interface.
type tx struct {
	grant.Tx
	*Store
}

// User implements [grant.Reader].
func (t tx) User(_ context.Context, token grant.Hash) (grant.User, error) {
	u, ok := t.users[token]
	if !ok {
		return u, &grant.Error{Kind: grant.NotFound, Field: grant.NounUser}
	}
	return u, nil
}

// Permissions implements [grant.Reader].
func (t tx) Permissions(_ context.Context, user grant.UserName, project grant.ProjectID) ([]grant.Permission, bool, error) {
	permissions, ok := t.members[member{user, project}]
	return permissions, ok, nil
}

// Revision implements [grant.Reader].
func (t tx) Revision(_ context.Context, project grant.ProjectID) (grant.Revision, error) {
	_, err := t.Contents(context.Background(), project)
	return grant.Revision{Number: 1}, err
}

// Contents implements [grant.Reader].
func (t tx) Contents(_ context.Context, project grant.ProjectID) (grant.Project, error) {
	p, ok := t.projects[project]
	if !ok {
		return p, &grant.Error{Kind: grant.NotFound, Field: grant.NounProject, Msg: string(project)}
	}
	return p, nil
}

// Authorizations implements [grant.Reader]. There are none, so that authorizing
// always makes some.
func (tx) Authorizations(context.Context, grant.Realm, grant.EnvID, []grant.APIID, []grant.AppID) ([]grant.Authorization, error) {
	return nil, nil
}

// Authorization implements [grant.Reader]. Whatever the id, it is the record of the
// realm's first API and app.
func (t tx) Authorization(_ context.Context, r grant.Realm, id grant.AuthorizationID) (grant.Authorization, error) {
	for _, realm := range t.projects[r.Project].Realms {
		if realm.Realm == r && len(realm.Envs) > 0 && len(realm.APIs) > 0 && len(realm.Apps) > 0 {
			return grant.Authorization{ID: id, Env: realm.Envs[0], API: realm.APIs[0].ID, App: realm.Apps[0].ID, At: time.Unix(1_700_000_000, 0).UTC()}, nil
		}
	}
	return grant.Authorization{}, &grant.Error{Kind: grant.NotFound, Field: grant.NounAuthorization, Msg: string(id)}
}

// LastAuthorization implements [grant.Reader]. There always is one, so that the
// decision is a yes.
func (tx) LastAuthorization(_ context.Context, _ grant.Realm, env grant.EnvID, api grant.APIID, app grant.AppID) (grant.Authorization, error) {
	return grant.Authorization{ID: idOf(1), Env: env, API: api, App: app, At: time.Unix(1_700_000_000, 0).UTC()}, nil
}

// Insert implements [grant.Tx].
func (t tx) Insert(_ context.Context, _ grant.Realm, records []grant.Authorization) error {
	for i := range records {
		records[i].ID = idOf(t.last.Add(1))
	}
	return nil
}

// End implements [grant.Tx].
func (tx) End(context.Context, []grant.AuthorizationID, time.Time, grant.Cause) error { return nil }

// AppendEvent implements [grant.Tx].
func (tx) AppendEvent(context.Context, grant.Event) error { return nil }

// idOf looks like an id of a real store.
func idOf(key uint64) grant.AuthorizationID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[8:], key)
	return grant.AuthorizationID(hex.EncodeToString(b[:]))
}
