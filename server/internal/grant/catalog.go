package grant

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Catalog says what exists before anyone calls. It is a value: whoever makes
// one checks it first (names unique, references resolved), and nobody changes
// it afterwards.
type Catalog struct {
	Users    []User
	Projects []Project
}

// Hash is the SHA-256 of a secret. Secrets are tokens and AppCode values, which
// are long and random, so no slow hash is needed; they are kept in no other form.
type Hash [sha256.Size]byte

// HashOf hashes a secret.
func HashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }

// MarshalText gives the hash in lower-case hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText takes hexadecimal digits, upper or lower case.
func (h *Hash) UnmarshalText(text []byte) error {
	b, err := hex.AppendDecode(nil, text)
	if err != nil || len(b) != len(h) {
		return fmt.Errorf("not %d hexadecimal digits", 2*len(h))
	}
	*h = Hash(b)
	return nil
}

// User is somebody who calls, known by a token.
type User struct {
	Name      UserName
	Token     Hash
	ExpiresAt time.Time // of the token; zero: never
	// Permissions has an entry, possibly empty, for each project the user is a
	// member of.
	Permissions map[ProjectID][]Permission
}

// Project is a project with all there is in it.
type Project struct {
	ID     ProjectID       `json:"-"`
	Apps   []App           `json:"apps,omitempty"` // ModelArts' alone, which all its services share
	Realms []RealmContents `json:"realms,omitempty"`
}

// RealmContents is a realm with all there is in it.
type RealmContents struct {
	Realm
	Workspace WorkspaceID `json:"workspace,omitempty"` // ModelArts alone: the workspace the service is in
	Envs      []EnvID     `json:"envs,omitempty"`
	APIs      []API       `json:"apis,omitempty"`
	Apps      []App       `json:"apps,omitempty"` // none in ModelArts
	// Authorizations and the apps' AppCodes are records a store starts with. Of
	// an Authorization only Env, API, App, Role and Until are read.
	Authorizations []Authorization `json:"-"`
}

// API is something that apps can be authorized to call. Authorizing asks neither
// for its name nor for where it is published.
type API struct {
	ID        APIID      `json:"id"`
	Name      string     `json:"name"`
	Owner     UserName   `json:"owner,omitempty"`     // its provider
	Reviewers []UserName `json:"reviewers,omitempty"` // DataArts alone; the owner is one even if not listed
	Published []EnvID    `json:"published,omitempty"` // APIG and ROMA alone: where it can be called
}

func (a *API) reviewedBy(name UserName) bool {
	return a.Owner == name || slices.Contains(a.Reviewers, name)
}

// App is what calls APIs on behalf of its owners.
type App struct {
	ID       AppID      `json:"id"`
	Name     string     `json:"name"`
	Owners   []UserName `json:"owners,omitempty"`
	AppCodes []AppCode  `json:"-"`
}

func (a *App) ownedBy(name UserName) bool { return slices.Contains(a.Owners, name) }

// MaxAppCodes is how many AppCodes an app may have.
const MaxAppCodes = 5

// AppCode is a secret by which an app can authenticate.
type AppCode struct {
	ID    AppCodeID
	Value Hash
}

// directory is a project, indexed.
type directory struct {
	Project
	realms map[Realm]*realm
	list   []*realm // in the catalog's order
}

type realm struct {
	*RealmContents
	apis map[APIID]*API
	apps map[AppID]*App
}

func newDirectory(p Project) *directory {
	d := &directory{Project: p, realms: make(map[Realm]*realm, len(p.Realms))}
	modelApps := appIndex(p.Apps)
	for i := range p.Realms {
		contents := &p.Realms[i]
		r := &realm{RealmContents: contents, apis: make(map[APIID]*API, len(contents.APIs)), apps: modelApps}
		for j := range contents.APIs {
			r.apis[contents.APIs[j].ID] = &contents.APIs[j]
		}
		if contents.Service != ModelArts {
			r.apps = appIndex(contents.Apps)
		}
		d.realms[contents.Realm] = r
		d.list = append(d.list, r)
	}
	return d
}

func appIndex(apps []App) map[AppID]*App {
	index := make(map[AppID]*App, len(apps))
	for i := range apps {
		index[apps[i].ID] = &apps[i]
	}
	return index
}

// realm finds a realm, called by its noun in that service.
func (d *directory) realm(s Service, id RealmID, noun string) (*realm, error) {
	if found, ok := d.realms[Realm{s, d.ID, id}]; ok {
		return found, nil
	}
	return nil, notFound(noun, string(id))
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
