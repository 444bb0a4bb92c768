package catalog

import (
	"fmt"
	"regexp"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// How long ids may be, in characters, as the contract has it.
const (
	idLength       = 64
	modelIDLength  = 128
	modelAPILength = 255
)

// maxToken is how long a token may be, in characters.
const maxToken = 65536

var (
	idSyntax      = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	tokenSyntax   = regexp.MustCompile(`^[!-~]+$`)
	appCodeSyntax = regexp.MustCompile(`^[a-zA-Z0-9+/][a-zA-Z0-9\-_!@#$%+/=]{63,179}$`)
)

// converter turns entries into the domain's values and notes what is wrong.
type converter struct {
	part        bool // what is referred to may be elsewhere
	problems    []Problem
	permissions names
	users       names
	tokens      map[grant.Hash]grant.UserName
	projects    names
}

// names are the names of one kind that one place has.
type names map[string]bool

func (c *converter) problem(line int, format string, args ...any) {
	c.problems = append(c.problems, Problem{Line: line, Msg: fmt.Sprintf(format, args...)})
}

// declare checks a new name of at most length characters and remembers it. line
// is where the entry begins that should have the name.
func (c *converter) declare(known names, kind string, name at[string], line, length int) string {
	switch {
	case name.v == "":
		c.problem(line, "%s without an id or name", kind)
	case !idSyntax.MatchString(name.v) || len(name.v) > length:
		c.problem(name.line, "%s %q is not 1 to %d letters, digits, - and _", kind, name.v, length)
	case known[name.v]:
		c.problem(name.line, "duplicate %s %q", kind, name.v)
	}
	known[name.v] = true
	return name.v
}

// refer resolves a reference.
func (c *converter) refer(known names, kind string, name at[string], line int) string {
	switch {
	case name.v == "":
		c.problem(line, "%s is missing", kind)
	case !known[name.v] && !c.part:
		c.problem(name.line, "there is no %s %q", kind, name.v)
	}
	return name.v
}

// referAll resolves a list of references.
func referAll[T ~string](c *converter, known names, kind string, list []at[string]) []T {
	out := make([]T, 0, len(list))
	seen := names{}
	for _, name := range list {
		v := c.refer(known, kind, name, name.line)
		if seen[v] {
			c.problem(name.line, "duplicate %s %q", kind, v)
		}
		seen[v] = true
		out = append(out, T(v))
	}
	return out
}

// instant reads a time; an absent one is the zero time.
func (c *converter) instant(s at[string]) time.Time {
	if s.v == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s.v)
	if err != nil || t.Unix() < 0 { // long before anything here was
		c.problem(s.line, "%q is not a time like 2030-01-31T08:00:00Z", s.v)
	}
	return t.UTC()
}

func (c *converter) convert(f fileEntry) grant.Catalog {
	c.permissions, c.users, c.tokens, c.projects = names{}, names{}, map[grant.Hash]grant.UserName{}, names{}
	for _, p := range grant.Permissions {
		c.permissions[string(p)] = true
	}
	for _, p := range f.Projects {
		c.declare(c.projects, "project", p.v.ID, p.line, idLength)
	}
	var catalog grant.Catalog
	for _, u := range f.Users {
		catalog.Users = append(catalog.Users, c.user(u))
	}
	for _, p := range f.Projects {
		catalog.Projects = append(catalog.Projects, c.project(p.v))
	}
	return catalog
}

func (c *converter) user(e at[userEntry]) grant.User {
	u := grant.User{
		Name:        grant.UserName(c.declare(c.users, "user", e.v.Name, e.line, idLength)),
		Token:       c.token(e),
		ExpiresAt:   c.instant(e.v.ExpiresAt),
		Permissions: map[grant.ProjectID][]grant.Permission{},
	}
	for _, m := range e.v.MemberOf {
		project := grant.ProjectID(c.refer(c.projects, "project", m.v.Project, m.line))
		if _, twice := u.Permissions[project]; twice {
			c.problem(m.line, "duplicate membership of project %q", project)
		}
		u.Permissions[project] = c.permitted(m.v.Permissions)
	}
	return u
}

// permitted reads a list of permissions.
func (c *converter) permitted(list []at[string]) []grant.Permission {
	part := c.part
	c.part = false // all permissions are known
	defer func() { c.part = part }()
	return referAll[grant.Permission](c, c.permissions, "permission", list)
}

// token reads a user's token, which no message ever repeats, and which nobody
// else may have.
func (c *converter) token(e at[userEntry]) (hash grant.Hash) {
	switch plain, digest := e.v.Token, e.v.TokenSHA256; {
	case c.part && plain.v == "" && digest.v == "":
		return hash
	case (plain.v == "") == (digest.v == ""):
		c.problem(e.line, "user %q needs a token or a token_sha256, one of them", e.v.Name.v)
		return hash
	case digest.v != "":
		if err := hash.UnmarshalText([]byte(digest.v)); err != nil {
			c.problem(digest.line, "token_sha256 is %v", err)
			return hash
		}
	case !tokenSyntax.MatchString(plain.v) || len(plain.v) > maxToken:
		c.problem(plain.line, "the token is not 1 to %d printable ASCII characters without spaces", maxToken)
		return hash
	default:
		hash = grant.HashOf(plain.v)
	}
	if other, taken := c.tokens[hash]; taken {
		c.problem(e.line, "user %q has the token of user %q", e.v.Name.v, other)
	}
	c.tokens[hash] = grant.UserName(e.v.Name.v)
	return hash
}

func (c *converter) project(e projectEntry) grant.Project {
	p := grant.Project{ID: grant.ProjectID(e.ID.v)}
	realm := func(s grant.Service, id string) grant.Realm {
		return grant.Realm{Service: s, Project: p.ID, ID: grant.RealmID(id)}
	}
	ids := names{}
	for _, g := range e.APIG.Instances {
		id := c.declare(ids, "instance", g.v.ID, g.line, idLength)
		p.Realms = append(p.Realms, c.gateway(realm(grant.APIG, id), g.v))
	}
	ids = names{}
	for _, g := range e.ROMA.Instances {
		id := c.declare(ids, "instance", g.v.ID, g.line, idLength)
		p.Realms = append(p.Realms, c.gateway(realm(grant.ROMA, id), g.v))
	}
	ids = names{}
	apps, appIDs := c.modelApps(e.ModelArts.Apps)
	p.Apps = apps
	for _, s := range e.ModelArts.Services {
		id := c.declare(ids, "service", s.v.ID, s.line, modelIDLength)
		p.Realms = append(p.Realms, c.modelService(realm(grant.ModelArts, id), s.v, appIDs))
	}
	ids = names{}
	for _, w := range e.DataArts.Workspaces {
		id := c.declare(ids, "workspace", w.v.ID, w.line, idLength)
		p.Realms = append(p.Realms, c.dataWorkspace(realm(grant.DataArts, id), w.v))
	}
	return p
}

func (c *converter) gateway(realm grant.Realm, e gatewayEntry) grant.RealmContents {
	contents := grant.RealmContents{Realm: realm}
	envs, apis, apps, codeValues, grants := names{}, names{}, names{}, names{}, names{}
	for _, env := range e.Environments {
		contents.Envs = append(contents.Envs, grant.EnvID(c.declare(envs, "environment", env, env.line, idLength)))
	}
	for _, a := range e.APIs {
		contents.APIs = append(contents.APIs, grant.API{
			ID:        grant.APIID(c.declare(apis, "API", a.v.ID, a.line, idLength)),
			Name:      nameOr(a.v.Name, a.v.ID),
			Owner:     grant.UserName(c.refer(c.users, "user", a.v.Owner, a.line)),
			Published: referAll[grant.EnvID](c, envs, "environment", a.v.Published),
		})
	}
	for _, a := range e.Apps {
		contents.Apps = append(contents.Apps, grant.App{
			ID:       grant.AppID(c.declare(apps, "app", a.v.ID, a.line, idLength)),
			Name:     nameOr(a.v.Name, a.v.ID),
			Owners:   referAll[grant.UserName](c, c.users, "user", a.v.Owners),
			AppCodes: c.appCodes(codeValues, a),
		})
	}
	for _, g := range e.Authorizations {
		auth := grant.Authorization{
			Env:  grant.EnvID(c.refer(envs, "environment", g.v.Environment, g.line)),
			API:  grant.APIID(c.refer(apis, "API", g.v.API, g.line)),
			App:  grant.AppID(c.refer(apps, "app", g.v.App, g.line)),
			Role: grant.Provider,
		}
		contents.Authorizations = append(contents.Authorizations, c.once(grants, auth, g.line))
	}
	return contents
}

// appCodes reads the AppCodes of one app. Their values are unique in the instance,
// since a value alone says which app is calling.
func (c *converter) appCodes(values names, app at[gatewayAppEntry]) []grant.AppCode {
	if len(app.v.AppCodes) > grant.MaxAppCodes {
		c.problem(app.line, "app %q has more than %d AppCodes", app.v.ID.v, grant.MaxAppCodes)
	}
	var codes []grant.AppCode
	ids := names{}
	for _, e := range app.v.AppCodes {
		id := c.declare(ids, "AppCode", e.v.ID, e.line, idLength)
		if !appCodeSyntax.MatchString(e.v.Value.v) {
			c.problem(e.line, "the value of AppCode %q is not 64 to 180 letters, digits and -_!@#$%%+/=, or starts with a sign other than + and /", id)
		}
		hash := grant.HashOf(e.v.Value.v)
		if values[e.v.Value.v] {
			c.problem(e.line, "AppCode %q has the value of another one", id)
		}
		values[e.v.Value.v] = true
		codes = append(codes, grant.AppCode{ID: grant.AppCodeID(id), Value: hash})
	}
	return codes
}

func (c *converter) modelApps(entries []at[modelThingEntry]) ([]grant.App, names) {
	var apps []grant.App
	ids := names{}
	for _, a := range entries {
		apps = append(apps, grant.App{
			ID:   grant.AppID(c.declare(ids, "app", a.v.ID, a.line, modelIDLength)),
			Name: nameOr(a.v.Name, a.v.ID),
		})
	}
	return apps, ids
}

func (c *converter) modelService(realm grant.Realm, e modelServiceEntry, apps names) grant.RealmContents {
	contents := grant.RealmContents{Realm: realm, Envs: []grant.EnvID{grant.NoEnv}}
	if !c.part {
		contents.Workspace = grant.DefaultWorkspace
	}
	if e.Workspace.v != "" {
		contents.Workspace = grant.WorkspaceID(c.declare(names{}, "workspace", e.Workspace, e.Workspace.line, modelIDLength))
	}
	apis, grants := names{}, names{}
	for _, a := range e.APIs {
		contents.APIs = append(contents.APIs, grant.API{
			ID:   grant.APIID(c.declare(apis, "API", a.v.ID, a.line, modelAPILength)),
			Name: nameOr(a.v.Name, a.v.ID),
		})
	}
	for _, g := range e.Authorizations {
		auth := grant.Authorization{
			Env: grant.NoEnv,
			API: grant.APIID(c.refer(apis, "API", g.v.API, g.line)),
			App: grant.AppID(c.refer(apps, "app", g.v.App, g.line)),
		}
		contents.Authorizations = append(contents.Authorizations, c.once(grants, auth, g.line))
	}
	return contents
}

func (c *converter) dataWorkspace(realm grant.Realm, e workspaceEntry) grant.RealmContents {
	contents := grant.RealmContents{Realm: realm}
	clusters, apis, apps, grants := names{}, names{}, names{}, names{}
	for _, cluster := range e.Clusters {
		contents.Envs = append(contents.Envs, grant.EnvID(c.declare(clusters, "cluster", cluster, cluster.line, idLength)))
	}
	for _, a := range e.APIs {
		contents.APIs = append(contents.APIs, grant.API{
			ID:        grant.APIID(c.declare(apis, "API", a.v.ID, a.line, idLength)),
			Name:      nameOr(a.v.Name, a.v.ID),
			Owner:     grant.UserName(c.refer(c.users, "user", a.v.Owner, a.line)),
			Reviewers: referAll[grant.UserName](c, c.users, "user", a.v.Reviewers),
		})
	}
	for _, a := range e.Apps {
		contents.Apps = append(contents.Apps, grant.App{
			ID:     grant.AppID(c.declare(apps, "app", a.v.ID, a.line, idLength)),
			Name:   nameOr(a.v.Name, a.v.ID),
			Owners: referAll[grant.UserName](c, c.users, "user", a.v.Owners),
		})
	}
	for _, g := range e.Authorizations {
		if g.v.Until.v == "" {
			c.problem(g.line, "until is missing")
		}
		auth := grant.Authorization{
			Env:   grant.EnvID(c.refer(clusters, "cluster", g.v.Cluster, g.line)),
			API:   grant.APIID(c.refer(apis, "API", g.v.API, g.line)),
			App:   grant.AppID(c.refer(apps, "app", g.v.App, g.line)),
			Role:  grant.Provider,
			Until: c.instant(g.v.Until).Truncate(time.Hour),
		}
		contents.Authorizations = append(contents.Authorizations, c.once(grants, auth, g.line))
	}
	return contents
}

// once refuses a second authorization of the same app for the same API in the
// same environment.
func (c *converter) once(known names, auth grant.Authorization, line int) grant.Authorization {
	place := fmt.Sprintf("%s/%s/%s", auth.Env, auth.API, auth.App)
	if known[place] {
		c.problem(line, "duplicate authorization of app %q for API %q", auth.App, auth.API)
	}
	known[place] = true
	return auth
}

func nameOr(name, id at[string]) string {
	if name.v != "" {
		return name.v
	}
	return id.v
}
