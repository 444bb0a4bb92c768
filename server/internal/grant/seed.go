package grant

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Applied reports whether the catalog file applied last is the one with a sum.
func (a *Authority) Applied(ctx context.Context, sum Hash) (bool, error) {
	var last AppliedCatalog
	err := a.store.View(ctx, func(r Reader) (err error) {
		last, err = r.AppliedCatalog(ctx)
		return err
	})
	return err == nil && last.Sum == sum, err
}

// Apply makes what exists what a catalog file says, if the file is another than
// the one applied last; sum is the hash of its text. Users and projects of that
// one which the new one lacks are dropped, those it has replace what was there
// by that name, and all others stay. The file's records are put into the store
// once in its life: one that was removed since is not brought back, and one that
// exists anyway is left as it is. Records of what is dropped are kept.
func (a *Authority) Apply(ctx context.Context, c Catalog, sum Hash) error {
	if done, err := a.Applied(ctx, sum); done || err != nil {
		return err
	}
	applied := AppliedCatalog{
		Sum:      sum,
		Users:    each(c.Users, func(u User) UserName { return u.Name }),
		Projects: each(c.Projects, func(p Project) ProjectID { return p.ID }),
	}
	return a.store.Update(ctx, "", func(tx Tx) error {
		last, err := tx.AppliedCatalog(ctx)
		if err != nil {
			return err
		}
		touched, err := drop(ctx, tx, last, applied)
		if err != nil {
			return err
		}
		if err := put(ctx, tx, c); err != nil {
			return err
		}
		for _, p := range c.Projects {
			if err := a.seedProject(ctx, tx, p); err != nil {
				return err
			}
		}
		for _, id := range distinct(touched) {
			if slices.Contains(applied.Projects, id) { // and so its trail has it
				continue
			}
			err := tx.AppendEvent(ctx, Event{Project: id, At: a.now(), Actor: CatalogFile, Operation: applyCatalog})
			if err != nil {
				return err
			}
		}
		return tx.SetAppliedCatalog(ctx, applied)
	})
}

// applyCatalog is the operation that a catalog file's events tell of.
const applyCatalog = "ApplyCatalog"

// drop forgets what the last file had and the new one has not, and the users that
// both have, whom the new one makes anew. It returns the projects that are gone or
// lose a member.
func drop(ctx context.Context, tx Tx, last, applied AppliedCatalog) (touched []ProjectID, err error) {
	for _, name := range slices.Concat(last.Users, applied.Users) {
		user, err := tx.UserNamed(ctx, name)
		if IsNotFound(err) {
			continue
		} else if err != nil {
			return nil, err
		}
		touched = slices.AppendSeq(touched, maps.Keys(user.Permissions))
		if err := tx.DeleteUser(ctx, name); err != nil {
			return nil, err
		}
	}
	for _, id := range last.Projects {
		if !slices.Contains(applied.Projects, id) {
			touched = append(touched, id)
			if err := tx.DropProject(ctx, id); err != nil {
				return nil, err
			}
		}
	}
	return touched, nil
}

// put stores what exists, without the records.
func put(ctx context.Context, tx Tx, c Catalog) error {
	for _, p := range c.Projects {
		if err := tx.PutProject(ctx, p); err != nil {
			return err
		}
	}
	for _, u := range c.Users {
		if err := tx.PutUser(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

func (a *Authority) seedProject(ctx context.Context, tx Tx, p Project) error {
	revision, err := a.revision(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	w := &work{Tx: tx, now: revision.Clock}
	event := Event{Project: p.ID, At: a.now(), Actor: CatalogFile, Operation: applyCatalog}
	for i := range p.Realms {
		r := &p.Realms[i]
		auths, err := unseen(ctx, tx, r, r.Authorizations, func(auth Authorization) string {
			return fmt.Sprintf("authorization/%s/%s/%s", auth.Env, auth.API, auth.App)
		})
		if err != nil {
			return err
		}
		made, err := w.insertMissing(ctx, r.Realm, auths)
		if err != nil {
			return err
		}
		event.Authorizations = append(event.Authorizations, made...)
		for _, app := range r.Apps {
			codes, err := unseen(ctx, tx, r, app.AppCodes, func(code AppCode) string {
				return fmt.Sprintf("app-code/%s/%s", app.ID, code.ID)
			})
			if err != nil {
				return err
			}
			if err := tx.InsertAppCodes(ctx, r.Realm, app.ID, codes); err != nil {
				return err
			}
			event.AppCodes = append(event.AppCodes, each(codes, func(code AppCode) AppCodeID { return code.ID })...)
		}
	}
	return tx.AppendEvent(ctx, event)
}

// insertMissing makes those records whose app is not authorized already, and
// returns the ids of what it made.
func (w *work) insertMissing(ctx context.Context, r Realm, auths []Authorization) ([]AuthorizationID, error) {
	var missing []Authorization
	for _, auth := range auths {
		relation, err := w.relation(ctx, r, auth.Env, auth.API, auth.App)
		if err != nil {
			return nil, err
		}
		if relation.authorization == nil {
			auth.At = w.now
			missing = append(missing, auth)
		}
	}
	if err := w.Insert(ctx, r, missing); err != nil {
		return nil, err
	}
	return each(missing, idOf), nil
}

// unseen keeps those records whose names the store has not seen yet. Names are
// unambiguous because no id has a slash in it.
func unseen[T any](ctx context.Context, tx Tx, r *RealmContents, records []T, name func(T) string) ([]T, error) {
	if len(records) == 0 {
		return nil, nil
	}
	names := each(records, func(record T) string {
		return strings.Join([]string{string(r.Service), string(r.ID), name(record)}, "/")
	})
	fresh, err := tx.Seed(ctx, r.Project, names)
	if err != nil {
		return nil, err
	}
	isFresh := make(map[string]bool, len(fresh))
	for _, name := range fresh {
		isFresh[name] = true
	}
	var kept []T
	for i, record := range records {
		if isFresh[names[i]] {
			kept = append(kept, record)
		}
	}
	return kept, nil
}
