package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// User implements [grant.Reader].
func (t *reader) User(ctx context.Context, token grant.Hash) (u grant.User, err error) {
	if known, ok := recall[grant.User](t, tokenOf(token)); ok {
		return known, nil
	}
	u.Token = token
	scan := func(rows *sql.Rows) error {
		var expires sql.NullInt64
		err := rows.Scan(&u.Name, &expires)
		u.ExpiresAt = fromNullMicros(expires)
		return err
	}
	err = t.one(ctx, "look up a user", grant.NounUser, "", scan,
		`SELECT name, expires_at FROM users WHERE token = $1`, token[:])
	if err == nil {
		t.remember(tokenOf(token), u)
	}
	return u, err
}

// Permissions implements [grant.Reader].
func (t *reader) Permissions(ctx context.Context, user grant.UserName, project grant.ProjectID) (permissions []grant.Permission, member bool, err error) {
	about := memberOf{user, project}
	if known, ok := recall[[]grant.Permission](t, about); ok {
		return known, true, nil
	}
	scan := func(rows *sql.Rows) error {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return err
		}
		member = true
		return json.Unmarshal(text, &permissions)
	}
	err = t.one(ctx, "look up permissions", "", "", scan,
		`SELECT permissions FROM members WHERE name = $1 AND project = $2`, user, project)
	if err != nil && !grant.IsNotFound(err) {
		return nil, false, err
	}
	if member { // else about whatever somebody asks for
		t.remember(about, permissions)
	}
	return permissions, member, nil
}

// Revision implements [grant.Reader].
func (t *reader) Revision(ctx context.Context, project grant.ProjectID) (r grant.Revision, err error) {
	if known, ok := recall[grant.Revision](t, revisionOf(project)); ok {
		return known, nil
	}
	scan := func(rows *sql.Rows) error {
		var clock sql.NullInt64
		err := rows.Scan(&r.Number, &clock, &r.Faulty)
		r.Clock = fromNullMicros(clock)
		return err
	}
	err = t.one(ctx, "look up a project", grant.NounProject, string(project), scan,
		`SELECT revision, clock, EXISTS (SELECT 1 FROM faults WHERE project = projects.id) FROM projects WHERE id = $1`, project)
	if err == nil {
		t.remember(revisionOf(project), r)
	}
	return r, err
}

// Contents implements [grant.Reader].
func (t *reader) Contents(ctx context.Context, project grant.ProjectID) (p grant.Project, err error) {
	scan := func(rows *sql.Rows) error {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return err
		}
		return json.Unmarshal(text, &p)
	}
	err = t.one(ctx, "read a project", grant.NounProject, string(project), scan,
		`SELECT contents FROM projects WHERE id = $1`, project)
	p.ID = project
	for i := range p.Realms {
		p.Realms[i].Project = project
	}
	return p, err
}

// Projects implements [grant.Reader].
func (t *reader) Projects(ctx context.Context, page grant.Page) (ids []grant.ProjectID, next string, err error) {
	after, err := textCursor(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	scan := func(rows *sql.Rows) error {
		var id grant.ProjectID
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}
	err = t.query(ctx, "list projects", scan,
		`SELECT id FROM projects WHERE id > $1 ORDER BY id LIMIT $2`, after, page.Limit+1)
	return cut(ids, page.Limit, func(last int) string { return textCursorOf(string(ids[last])) }, err)
}

// UserNamed implements [grant.Reader].
func (t *reader) UserNamed(ctx context.Context, name grant.UserName) (grant.User, error) {
	u := grant.User{Name: name, Permissions: map[grant.ProjectID][]grant.Permission{}}
	scan := func(rows *sql.Rows) error {
		var token []byte
		var expires sql.NullInt64
		err := rows.Scan(&token, &expires)
		copy(u.Token[:], token)
		u.ExpiresAt = fromNullMicros(expires)
		return err
	}
	err := t.one(ctx, "look up a user", grant.NounUser, string(name), scan, `SELECT token, expires_at FROM users WHERE name = $1`, name)
	if err != nil {
		return u, err
	}
	err = t.query(ctx, "look up memberships", func(rows *sql.Rows) error {
		var project grant.ProjectID
		var text []byte
		if err := rows.Scan(&project, &text); err != nil {
			return err
		}
		permissions := []grant.Permission{}
		err := json.Unmarshal(text, &permissions)
		u.Permissions[project] = permissions
		return err
	}, `SELECT project, permissions FROM members WHERE name = $1`, name)
	return u, err
}

// Members implements [grant.Reader].
func (t *reader) Members(ctx context.Context, project grant.ProjectID) (users []grant.User, err error) {
	scan := func(rows *sql.Rows) error {
		var u grant.User
		var expires sql.NullInt64
		var text []byte
		if err := rows.Scan(&u.Name, &expires, &text); err != nil {
			return err
		}
		permissions := []grant.Permission{}
		if err := json.Unmarshal(text, &permissions); err != nil {
			return err
		}
		u.ExpiresAt = fromNullMicros(expires)
		u.Permissions = map[grant.ProjectID][]grant.Permission{project: permissions}
		users = append(users, u)
		return nil
	}
	err = t.query(ctx, "list members", scan, `
		SELECT users.name, users.expires_at, members.permissions
		FROM members JOIN users ON users.name = members.name
		WHERE members.project = $1 ORDER BY users.name`, project)
	return users, err
}

// AppliedCatalog implements [grant.Reader].
func (t *reader) AppliedCatalog(ctx context.Context) (c grant.AppliedCatalog, err error) {
	scan := func(rows *sql.Rows) error {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return err
		}
		return json.Unmarshal(text, &c)
	}
	err = t.query(ctx, "look up the applied catalog", scan, `SELECT contents FROM applied_catalog`)
	return c, err
}

// SetAppliedCatalog implements [grant.Tx].
func (t *tx) SetAppliedCatalog(ctx context.Context, c grant.AppliedCatalog) error {
	const what = "note the applied catalog"
	if _, err := t.exec(ctx, what, `DELETE FROM applied_catalog`); err != nil {
		return err
	}
	_, err := t.exec(ctx, what, `INSERT INTO applied_catalog (contents) VALUES ($1)`, asJSON(c))
	return err
}

// PutUser implements [grant.Tx].
func (t *tx) PutUser(ctx context.Context, u grant.User) error {
	const what = "put a user"
	_, err := t.exec(ctx, what, `
		INSERT INTO users (name, token, expires_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at`,
		u.Name, u.Token[:], nullMicros(u.ExpiresAt))
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, what, `DELETE FROM members WHERE name = $1`, u.Name); err != nil {
		return err
	}
	for project, permissions := range u.Permissions {
		_, err := t.exec(ctx, what, `INSERT INTO members (name, project, permissions) VALUES ($1, $2, $3)`,
			u.Name, project, asJSON(permissions))
		if err != nil {
			return err
		}
	}
	return nil
}

// DeleteUser implements [grant.Tx].
func (t *tx) DeleteUser(ctx context.Context, name grant.UserName) error {
	_, err := t.exec(ctx, "delete a user", `DELETE FROM users WHERE name = $1`, name)
	return err
}

// PutProject implements [grant.Tx].
func (t *tx) PutProject(ctx context.Context, p grant.Project) error {
	_, err := t.exec(ctx, "put a project", `
		INSERT INTO projects (id, revision, contents) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, contents = excluded.contents`,
		p.ID, newRevision(), asJSON(p))
	return err
}

// DropProject implements [grant.Tx].
func (t *tx) DropProject(ctx context.Context, id grant.ProjectID) error {
	_, err := t.exec(ctx, "drop a project", `DELETE FROM projects WHERE id = $1`, id)
	return err
}

// DeleteProject implements [grant.Tx].
func (t *tx) DeleteProject(ctx context.Context, id grant.ProjectID) error {
	const realms = `SELECT key FROM realms WHERE project = $1`
	const apps = `SELECT key FROM apps WHERE realm IN (` + realms + `)`
	for _, statement := range []string{
		`DELETE FROM users WHERE name IN (SELECT name FROM members WHERE project = $1)
			AND NOT EXISTS (SELECT 1 FROM members WHERE members.name = users.name AND members.project <> $1)`,
		`DELETE FROM projects WHERE id = $1`,
		`DELETE FROM seeds WHERE project = $1`,
		`DELETE FROM app_codes WHERE app IN (` + apps + `)`,
		`DELETE FROM applications WHERE realm IN (` + realms + `)`,
		`DELETE FROM authorizations WHERE app IN (` + apps + `)`,
		`DELETE FROM apps WHERE realm IN (` + realms + `)`,
		`DELETE FROM apis WHERE realm IN (` + realms + `)`,
		`DELETE FROM envs WHERE realm IN (` + realms + `)`,
		`DELETE FROM realms WHERE project = $1`,
	} {
		if _, err := t.exec(ctx, "delete a project", statement, id); err != nil {
			return err
		}
	}
	return nil
}

// newRevision is a positive number that has never been used and never will be,
// as far as chance can tell.
func newRevision() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return int64(binary.BigEndian.Uint64(b[:])>>1 | 1)
}

// Seed implements [grant.Tx].
func (t *tx) Seed(ctx context.Context, project grant.ProjectID, names []string) ([]string, error) {
	var unseen []string
	scan := func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		unseen = append(unseen, name)
		return nil
	}
	if err := t.direct(); err != nil {
		return nil, err
	}
	t.wrote, t.blind = true, true
	err := t.run(ctx, t.ctx, "note what is seeded", scan, `
		INSERT INTO seeds (project, name) SELECT CAST($1 AS TEXT), value FROM (texts($2)) AS list WHERE true
		ON CONFLICT DO NOTHING RETURNING name`, project, listOf(names))
	return unseen, err
}

// asJSON is a value as a column keeps it.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("%T: %v", v, err)) // what is stored always encodes
	}
	return string(b)
}
