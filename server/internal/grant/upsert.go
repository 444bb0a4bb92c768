package grant

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// operate is do for the operator: it asks for no permission, and always notes
// what was done.
func (a *Authority) operate(ctx context.Context, caller Caller, project ProjectID, operation string, fn func(*work) error) error {
	return a.store.Update(ctx, project, func(tx Tx) error {
		return a.doPermitted(ctx, tx, caller, project, operation, func(w *work) error {
			w.happened = true
			return fn(w)
		})
	})
}

// UpsertCatalog merges a catalog into what exists, all of it or, on an error,
// nothing. APIs and apps are replaced whole, users keep the token and the end that
// the catalog doesn't give, lists of environments grow. Authorizations are made
// unless the app has a live one, AppCodes get the value that is given.
//
// Errors: Invalid, with the reason, for references to nothing, and a new user
// without a token; Conflict for a token or AppCode value that somebody else has.
//
// openapi: UpsertCatalog
func (a *Authority) UpsertCatalog(ctx context.Context, caller Caller, c Catalog) error {
	return a.store.Update(ctx, "", func(tx Tx) error {
		for _, p := range c.Projects {
			existing, err := tx.Contents(ctx, p.ID)
			if err != nil && !IsNotFound(err) {
				return err
			}
			if err := tx.PutProject(ctx, existing.merge(p)); err != nil {
				return err
			}
		}
		touched := c.Projects
		for _, u := range c.Users {
			projects, err := upsertUser(ctx, tx, u)
			if err != nil {
				return err
			}
			for _, id := range projects {
				if !slices.ContainsFunc(touched, func(p Project) bool { return p.ID == id }) {
					touched = append(slices.Clip(touched), Project{ID: id})
				}
			}
		}
		for _, p := range c.Projects {
			if err := checkUsers(ctx, tx, p); err != nil {
				return err
			}
		}
		for _, p := range touched {
			err := a.doPermitted(ctx, tx, caller, p.ID, "UpsertCatalog", func(w *work) error {
				w.happened = true
				return w.upsertRecords(ctx, p)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// merge adds what another project of that id has.
func (p Project) merge(other Project) Project {
	p.ID = other.ID
	p.Apps = replaced(p.Apps, other.Apps, func(a App) AppID { return a.ID })
	for _, r := range other.Realms {
		i := slices.IndexFunc(p.Realms, func(known RealmContents) bool { return known.Realm == r.Realm })
		if i < 0 {
			p.Realms = append(p.Realms, RealmContents{Realm: r.Realm})
			i = len(p.Realms) - 1
			if r.Service == ModelArts {
				p.Realms[i].Workspace = DefaultWorkspace
			}
		}
		known := &p.Realms[i]
		if r.Workspace != "" {
			known.Workspace = r.Workspace
		}
		known.Envs = replaced(known.Envs, r.Envs, func(env EnvID) EnvID { return env })
		known.APIs = replaced(known.APIs, r.APIs, func(a API) APIID { return a.ID })
		known.Apps = replaced(known.Apps, r.Apps, func(a App) AppID { return a.ID })
	}
	return p
}

// replaced puts new items into the places of those with their ids, or else behind.
func replaced[T any, ID comparable](list, news []T, id func(T) ID) []T {
	places := make(map[ID]int, len(list))
	for i, item := range list {
		places[id(item)] = i
	}
	for _, item := range news {
		if i, ok := places[id(item)]; ok {
			list[i] = item
		} else {
			list = append(list, item)
		}
	}
	return list
}

// upsertUser returns the projects that the user is a member of.
func upsertUser(ctx context.Context, tx Tx, u User) ([]ProjectID, error) {
	known, err := tx.UserNamed(ctx, u.Name)
	switch {
	case IsNotFound(err):
		known = User{Name: u.Name, Permissions: map[ProjectID][]Permission{}}
	case err != nil:
		return nil, err
	}
	if u.Token != (Hash{}) {
		known.Token = u.Token
	}
	if known.Token == (Hash{}) {
		return nil, refused("users", "user %q needs a token or a token_sha256", u.Name)
	}
	if other, err := tx.User(ctx, known.Token); err == nil && other.Name != u.Name {
		return nil, &Error{Kind: Conflict, Msg: fmt.Sprintf("user %q has the token of another user", u.Name)}
	} else if err != nil && !IsNotFound(err) {
		return nil, err
	}
	if !u.ExpiresAt.IsZero() {
		known.ExpiresAt = u.ExpiresAt
	}
	for project, permissions := range u.Permissions {
		if _, err := tx.Revision(ctx, project); IsNotFound(err) {
			return nil, refused("users", "there is no project %q", project)
		} else if err != nil {
			return nil, err
		}
		known.Permissions[project] = permissions
	}
	return slices.Sorted(maps.Keys(known.Permissions)), tx.PutUser(ctx, known)
}

func refused(field, format string, args ...any) error {
	return &Error{Kind: Invalid, Field: field, Msg: fmt.Sprintf(format, args...)}
}

// checkUsers makes sure that those exist who own and review the things mentioned.
func checkUsers(ctx context.Context, tx Tx, p Project) error {
	var names []UserName
	for _, r := range p.Realms {
		for _, api := range r.APIs {
			if api.Owner != "" {
				names = append(names, api.Owner)
			}
			names = append(names, api.Reviewers...)
		}
		for _, app := range r.Apps {
			names = append(names, app.Owners...)
		}
	}
	for _, name := range distinct(names) {
		if _, err := tx.UserNamed(ctx, name); IsNotFound(err) {
			return refused("projects", "there is no user %q", name)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// upsertRecords makes the records that a catalog has for a project.
func (w *work) upsertRecords(ctx context.Context, p Project) error {
	for _, contents := range p.Realms {
		realm := w.realms[contents.Realm]
		for _, api := range contents.APIs {
			for _, env := range api.Published {
				if !slices.Contains(realm.Envs, env) {
					return refused("projects", "there is no environment %q", env)
				}
			}
		}
		for _, auth := range contents.Authorizations {
			if !slices.Contains(realm.Envs, auth.Env) || realm.apis[auth.API] == nil || realm.apps[auth.App] == nil {
				return refused("projects", "an authorization refers to environment %q, API %q and app %q, not all of which exist", auth.Env, auth.API, auth.App)
			}
		}
		made, err := w.insertMissing(ctx, contents.Realm, contents.Authorizations)
		if err != nil {
			return err
		}
		w.event.Authorizations = append(w.event.Authorizations, made...)
		for _, app := range contents.Apps { // all of them first, so that they can swap their values
			for _, code := range app.AppCodes {
				if err := w.RemoveAppCode(ctx, contents.Realm, app.ID, code.ID); err != nil && !IsNotFound(err) {
					return err
				}
			}
		}
		for _, app := range contents.Apps {
			if err := w.upsertAppCodes(ctx, contents.Realm, app); err != nil {
				return err
			}
			w.event.AppCodes = append(w.event.AppCodes, each(app.AppCodes, func(code AppCode) AppCodeID { return code.ID })...)
		}
	}
	return nil
}

func (w *work) upsertAppCodes(ctx context.Context, r Realm, app App) error {
	if len(app.AppCodes) == 0 {
		return nil
	}
	for _, code := range app.AppCodes {
		if _, err := w.AppOfCode(ctx, r, code.Value); err == nil {
			return &Error{Kind: Conflict, Msg: fmt.Sprintf("AppCode %q has the value of another one", code.ID)}
		} else if !IsNotFound(err) {
			return err
		}
		if err := w.InsertAppCodes(ctx, r, app.ID, []AppCode{code}); err != nil {
			return err
		}
	}
	all, _, err := w.ListAppCodes(ctx, r.Project, Filter{Service: r.Service, Realm: r.ID, App: app.ID}, Page{Limit: MaxAppCodes + 1})
	if err == nil && len(all) > MaxAppCodes {
		return refused("projects", "app %q has more than %d AppCodes", app.ID, MaxAppCodes)
	}
	return err
}

// ReadProject returns a project and its members, without records and secrets.
//
// Errors: NotFound project.
//
// openapi: ReadProject
func (a *Authority) ReadProject(ctx context.Context, id ProjectID) (c Catalog, err error) {
	err = a.store.View(ctx, func(r Reader) error {
		contents, err := r.Contents(ctx, id)
		if err != nil {
			return err
		}
		members, err := r.Members(ctx, id)
		c = Catalog{Users: members, Projects: []Project{contents}}
		return err
	})
	return c, err
}

// ListProjects lists the projects there are.
//
// Errors: Invalid cursor.
//
// openapi: ListProjects
func (a *Authority) ListProjects(ctx context.Context, page Page) (ids []ProjectID, next string, err error) {
	err = a.store.View(ctx, func(r Reader) (err error) {
		ids, next, err = r.Projects(ctx, page)
		return err
	})
	return ids, next, err
}

// DeleteProject deletes a project with all that hangs on it. Its events stay.
//
// Errors: NotFound project.
//
// openapi: DeleteProject
func (a *Authority) DeleteProject(ctx context.Context, caller Caller, id ProjectID) error {
	return a.operate(ctx, caller, id, "DeleteProject", func(w *work) error { return w.DeleteProject(ctx, id) })
}
