package broken

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// memory is what has passed: who and what exists, and what came of it.
type memory struct {
	good http.Handler

	mu       sync.Mutex
	admin    string // the admin token
	tokens   map[string]*user
	members  map[string][]*user // by project
	projects map[string]*project
	records  map[string]record // authorizations of APIG that were answered, by id
	counts   map[string]int
	kept     map[string]any
}

// user is somebody who calls.
type user struct {
	Name      string       `json:"name"`
	Token     string       `json:"token"`
	ExpiresAt string       `json:"expires_at"`
	MemberOf  []membership `json:"member_of"`
}

type membership struct {
	Project     string   `json:"project"`
	Permissions []string `json:"permissions"`
}

// project is what exists in one.
type project struct {
	ID        string   `json:"id"`
	APIG      gateways `json:"apig"`
	ROMA      gateways `json:"roma"`
	ModelArts struct {
		Services []realm `json:"services"`
	} `json:"modelarts"`
	DataArts struct {
		Workspaces []realm `json:"workspaces"`
	} `json:"dataarts"`
}

type gateways struct {
	Instances []realm `json:"instances"`
}

// realm is a gateway, a service or a workspace, with what it has.
type realm struct {
	ID           string   `json:"id"`
	Workspace    string   `json:"workspace"`
	Environments []string `json:"environments"`
	Clusters     []string `json:"clusters"`
	APIs         []thing  `json:"apis"`
	Apps         []thing  `json:"apps"`
}

// thing is an API or an app.
type thing struct {
	ID        string   `json:"id"`
	Owner     string   `json:"owner"`
	Owners    []string `json:"owners"`
	Reviewers []string `json:"reviewers"`
	Published []string `json:"published"`
	AppCodes  []object `json:"app_codes"`
}

// record is an authorization as the admin contract lists it.
type record struct {
	ID      string `json:"id"`
	Service string `json:"service"`
	Realm   string `json:"realm_id"`
	Env     string `json:"env_id"`
	API     string `json:"api_id"`
	App     string `json:"app_id"`
	Until   string `json:"until"`
	Project string `json:"-"`
}

func newMemory(good http.Handler) *memory {
	return &memory{
		good: good, tokens: map[string]*user{}, members: map[string][]*user{}, projects: map[string]*project{},
		records: map[string]record{}, counts: map[string]int{}, kept: map[string]any{},
	}
}

func isAdmin(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/admin/") }

// administer passes a call of the admin contract on, and learns from it.
func (m *memory) administer(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPatch || r.URL.Path != "/admin/v1/catalog" {
		m.good.ServeHTTP(w, r)
		return
	}
	data, _ := io.ReadAll(r.Body)
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(data))
	a := newAnswer()
	m.good.ServeHTTP(a, r)
	if a.ok() {
		m.learnCatalog(r.Header.Get(tokenHeader), data)
	}
	a.write(w)
}

func (m *memory) learnCatalog(admin string, data []byte) {
	var catalog struct {
		Users    []*user    `json:"users"`
		Projects []*project `json:"projects"`
	}
	if json.Unmarshal(data, &catalog) != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.admin = admin
	for _, u := range catalog.Users {
		if u.Token == "" {
			continue
		}
		m.tokens[u.Token] = u
		for _, member := range u.MemberOf {
			m.members[member.Project] = append(m.members[member.Project], u)
		}
	}
	for _, p := range catalog.Projects {
		if m.projects[p.ID] == nil {
			m.projects[p.ID] = p
		}
	}
}

// learn keeps what an answer tells of records.
func (m *memory) learn(c *call, a *answer) {
	if c.op != authorizeApps || a.status != http.StatusCreated {
		return
	}
	var body struct {
		Auths []record `json:"auths"`
	}
	if json.Unmarshal(a.body, &body) != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range body.Auths {
		one.Project, one.Realm, one.Env = c.project(), c.path["instance_id"], c.text("env_id")
		m.records[one.ID] = one
	}
}

// record is an authorization of APIG that was answered once.
func (m *memory) record(id string) (record, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, known := m.records[id]
	return r, known
}

// count counts how often something has happened.
func (m *memory) count(what string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[what]++
	return m.counts[what]
}

// swap keeps a value under a key and returns the one it had before, nil at first.
func (m *memory) swap(key string, value any) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.kept[key]
	m.kept[key] = value
	return old
}

// keep keeps a value under a key unless it has one, and returns the one it has then.
func (m *memory) keep(key string, value any) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept[key] == nil {
		m.kept[key] = value
	}
	return m.kept[key]
}

// caller is who calls, nil if nobody knows the token.
func (c *call) caller() *user {
	token := c.r.Header.Get(tokenHeader)
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tokens[token]
}

func (u *user) expired() bool {
	end, err := time.Parse(time.RFC3339, u.ExpiresAt)
	return err == nil && time.Now().After(end)
}

// membership is how somebody belongs to a project, nil if not at all.
func (u *user) membership(project string) *membership {
	for i, m := range u.MemberOf {
		if m.Project == project {
			return &u.MemberOf[i]
		}
	}
	return nil
}

func (u *user) may(project, op string) bool {
	m := u.membership(project)
	return m != nil && !u.expired() && slices.Contains(m.Permissions, op)
}

// permitted are those who may use the call's operation in a project, in the order in
// which they came to exist.
func (c *call) permitted(project string) []*user {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*user
	for _, u := range c.members[project] {
		if u.may(project, c.op) {
			all = append(all, u)
		}
	}
	return all
}

// asPermitted has the first one call who may, nil if nobody may.
func (c *call) asPermitted() *answer {
	for _, u := range c.permitted(c.project()) {
		return c.as(u.Token).pass()
	}
	return nil
}

// asWhoeverMay has everybody call who has the permission, until one is not refused
// for the role. It is nil if all are.
func (c *call) asWhoeverMay() *answer {
	for _, u := range c.permitted(c.project()) {
		if a := c.as(u.Token).pass(); a.status != http.StatusForbidden && !a.is("DLM.4182") {
			return a
		}
	}
	return nil
}

// asPowerless has somebody call who belongs to the project and may do nothing.
func (c *call) asPowerless() *answer {
	c.mu.Lock()
	powerless := find(c.members[c.project()], func(u *user) bool {
		return len(u.membership(c.project()).Permissions) == 0 && !u.expired()
	})
	c.mu.Unlock()
	if powerless == nil {
		return nil
	}
	return c.as(powerless.Token).pass()
}

// exists is what exists in a project.
func (c *call) exists(id string) *project {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.projects[id]; p != nil {
		return p
	}
	return &project{}
}

// realms are those of the call's service.
func (c *call) realms() []realm {
	switch p := c.exists(c.project()); c.service {
	case "apig":
		return p.APIG.Instances
	case "roma":
		return p.ROMA.Instances
	case "modelarts":
		return p.ModelArts.Services
	case "dataarts":
		return p.DataArts.Workspaces
	default:
		return nil
	}
}

// realm is the gateway, service or workspace that the call is about.
func (c *call) realm() realm {
	id := c.path["instance_id"] + c.path["service_id"]
	if c.op == act {
		if id = c.r.Header.Get("workspace"); id == "" {
			id = "0"
		}
	}
	return find(c.realms(), func(r realm) bool { return r.ID == id })
}

func find[T any](all []T, is func(T) bool) T {
	var none T
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return none
}

// named is the API or app of an id.
func named(all []thing, id string) thing {
	return find(all, func(t thing) bool { return t.ID == id })
}

// isFor reports whether the caller owns or reviews a thing.
func (t thing) isFor(u *user) bool {
	return u != nil && (t.Owner == u.Name || slices.Contains(t.Owners, u.Name) || slices.Contains(t.Reviewers, u.Name))
}

// operate calls the admin contract.
func (c *call) operate(method, path string, body any) *answer {
	r, err := http.NewRequestWithContext(c.r.Context(), method, "http://good"+path, http.NoBody)
	if err != nil {
		panic(err) // the paths are made of ids
	}
	if body != nil {
		data := encoded(body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
		r.Header.Set("Content-Type", "application/json")
	}
	c.mu.Lock()
	r.Header.Set(tokenHeader, c.admin)
	c.mu.Unlock()
	a := newAnswer()
	c.good.ServeHTTP(a, r)
	return a
}

func (c *call) inProject(path string) string {
	return "/admin/v1/projects/" + url.PathEscape(c.project()) + path
}

// live are the authorizations of the call's service that hold now.
func (c *call) live() []record {
	a := c.operate(http.MethodGet, c.inProject("/authorizations?state=live&limit=500&service="+c.service), nil)
	var page struct {
		Authorizations []record `json:"authorizations"`
	}
	_ = json.Unmarshal(a.body, &page)
	return page.Authorizations
}

// clock is what time it is in the project.
func (c *call) clock() time.Time {
	t, err := time.Parse(time.RFC3339, c.operate(http.MethodGet, c.inProject("/clock"), nil).text("time"))
	if err != nil {
		return time.Now()
	}
	return t
}
