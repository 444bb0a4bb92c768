package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// FuzzParse: any text either is refused with a place and a reason or makes a
// catalog that fulfils what [grant.Catalog] asks of whoever makes one.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "null", "{}", "users: &a [*a]", "users: [{name: 0, token: 0}]", "a: 1\n---\nb: 2", "\x00", "\xff", "users:\n- <<: *x\n",
		users + project + gateway + "      authorizations: [{environment: dev, api: api, app: app}]\n",
		users + project + workspace + "      authorizations: [{cluster: c, api: api, app: app, until: 2030-01-31T08:00:00Z}]\n",
		users + project + service + "      authorizations: [{api: api, app: app}, {api: api, app: app}]\n",
	} {
		f.Add([]byte(seed))
	}
	f.Add(catalog.Demo)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := catalog.Parse("file.yaml", data)
		if err == nil {
			err = resolved(c)
		} else if problems, ok := errors.AsType[*catalog.Problems](err); ok && len(problems.List) > 0 && problems.Error() != "" {
			return
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// resolved reports what is twice in a catalog or refers to nothing.
func resolved(c grant.Catalog) error {
	var userNames []grant.UserName
	var tokens []grant.Hash
	for _, u := range c.Users {
		userNames, tokens = append(userNames, u.Name), append(tokens, u.Token)
	}
	errs := []error{once("user", userNames), once("token", tokens)}
	var projects []grant.ProjectID
	for _, p := range c.Projects {
		projects = append(projects, p.ID)
		errs = append(errs, resolvedProject(p, userNames))
	}
	for _, u := range c.Users {
		for project := range u.Permissions {
			errs = append(errs, known("project", projects, project))
		}
	}
	return errors.Join(append(errs, once("project", projects))...)
}

func resolvedProject(p grant.Project, userNames []grant.UserName) error {
	idOf := func(a grant.App) grant.AppID { return a.ID }
	modelApps := each(p.Apps, idOf)
	errs := []error{once("app", modelApps)}
	for _, r := range p.Realms {
		if r.Project != p.ID {
			errs = append(errs, fmt.Errorf("realm %v in project %q", r.Realm, p.ID))
		}
		apps := each(r.Apps, idOf)
		if r.Service == grant.ModelArts {
			errs = append(errs, known("app of its own", nil, apps...))
			apps = modelApps
		}
		for _, a := range r.Apps {
			errs = append(errs, known("owner", userNames, a.Owners...))
		}
		apis := each(r.APIs, func(a grant.API) grant.APIID { return a.ID })
		for _, a := range r.APIs {
			if r.Service != grant.ModelArts {
				errs = append(errs, known("owner", userNames, a.Owner))
			}
			errs = append(errs, known("reviewer", userNames, a.Reviewers...), known("environment", r.Envs, a.Published...))
		}
		for _, a := range r.Authorizations {
			errs = append(errs, known("environment", r.Envs, a.Env), known("API", apis, a.API), known("app", apps, a.App))
			if r.Service == grant.DataArts && a.Until.IsZero() {
				errs = append(errs, fmt.Errorf("authorization of app %q for API %q without an end", a.App, a.API))
			}
		}
		errs = append(errs, once("environment", r.Envs), once("API", apis), once("app", apps))
	}
	return errors.Join(append(errs, once("realm", each(p.Realms, func(r grant.RealmContents) grant.Realm { return r.Realm })))...)
}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

func once[T comparable](kind string, list []T) error {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return fmt.Errorf("%s %v twice", kind, v)
		}
	}
	return nil
}

func known[T comparable](kind string, all []T, list ...T) error {
	for _, v := range list {
		if !slices.Contains(all, v) {
			return fmt.Errorf("no %s %v", kind, v)
		}
	}
	return nil
}
