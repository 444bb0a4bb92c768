package grant

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"time"
)

// Catalog says what exists before anyone calls. It is a value: whoever makes
// one checks it first (names unique, references resolved), and nobody changes
// it afterwards.
type Catalog struct {
	Users  []User
	Realms []RealmContents
}

// Hash is the SHA-256 of a secret. Secrets are tokens and AppCode values, which
// are long and random, so no slow hash is needed; they are kept in no other form.
type Hash [sha256.Size]byte

// HashOf hashes a secret.
func HashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }

// User is somebody who calls, known by a token.
type User struct {
	Name      UserName
	Token     Hash
	ExpiresAt time.Time // of the token; zero: never
	// Permissions has an entry, possibly empty, for each project the user is a
	// member of.
	Permissions map[ProjectID][]Permission
}

// RealmContents is a realm with all there is in it.
type RealmContents struct {
	Realm
	Workspace WorkspaceID // ModelArts alone: the workspace the service is in
	Envs      []EnvID
	APIs      []API
	Apps      []App
	// Authorizations and the apps' AppCodes are records a store starts with. Of
	// an Authorization only Env, API, App, Role and Until are read.
	Authorizations []Authorization
}

// API is something that apps can be authorized to call. Authorizing asks neither
// for its name nor for where it is published.
type API struct {
	ID        APIID
	Name      string
	Owner     UserName   // its provider
	Reviewers []UserName // DataArts alone; the owner is one even if not listed
	Published []EnvID    // where it can be called
}

// reviewedBy reports whether the user may decide who calls the API.
func (a *API) reviewedBy(u *User) bool {
	return a.Owner == u.Name || slices.Contains(a.Reviewers, u.Name)
}

// App is what calls APIs on behalf of its owners.
type App struct {
	ID       AppID
	Name     string
	Owners   []UserName
	AppCodes []AppCode
}

func (a *App) ownedBy(u *User) bool { return slices.Contains(a.Owners, u.Name) }

// AppCode is a secret by which an app can authenticate.
type AppCode struct {
	ID    AppCodeID
	Value Hash
}

// prefix is as much of a token's hash as users are indexed by; the rest is
// compared in constant time.
type prefix [8]byte

func (h Hash) prefix() prefix { return prefix(h[:8]) }

// directory is a catalog, indexed.
type directory struct {
	users  map[prefix][]*User
	realms map[Realm]*realm
	list   []*realm // in the catalog's order
}

type realm struct {
	*RealmContents
	apis map[APIID]*API
	apps map[AppID]*App
}

func newDirectory(c Catalog) directory {
	d := directory{users: make(map[prefix][]*User, len(c.Users)), realms: make(map[Realm]*realm, len(c.Realms))}
	for i := range c.Users {
		p := c.Users[i].Token.prefix()
		d.users[p] = append(d.users[p], &c.Users[i])
	}
	for i := range c.Realms {
		contents := &c.Realms[i]
		r := &realm{
			RealmContents: contents,
			apis:          make(map[APIID]*API, len(contents.APIs)),
			apps:          make(map[AppID]*App, len(contents.Apps)),
		}
		for j := range contents.APIs {
			r.apis[contents.APIs[j].ID] = &contents.APIs[j]
		}
		for j := range contents.Apps {
			r.apps[contents.Apps[j].ID] = &contents.Apps[j]
		}
		d.realms[contents.Realm] = r
		d.list = append(d.list, r)
	}
	return d
}

// user finds who has a token, or nil.
func (d directory) user(token string) *User {
	hash := HashOf(token)
	for _, u := range d.users[hash.prefix()] {
		if subtle.ConstantTimeCompare(u.Token[:], hash[:]) == 1 {
			return u
		}
	}
	return nil
}

// realm finds a realm, called by its noun in that service.
func (d directory) realm(r Realm, noun string) (*realm, error) {
	if found, ok := d.realms[r]; ok {
		return found, nil
	}
	return nil, notFound(noun, string(r.ID))
}

func (r *realm) env(id EnvID, noun string) error {
	if !slices.Contains(r.Envs, id) {
		return notFound(noun, string(id))
	}
	return nil
}

func (r *realm) api(id APIID) (*API, error) {
	if api, ok := r.apis[id]; ok {
		return api, nil
	}
	return nil, notFound(NounAPI, string(id))
}

func (r *realm) app(id AppID) (*App, error) {
	if app, ok := r.apps[id]; ok {
		return app, nil
	}
	return nil, notFound(NounApp, string(id))
}
