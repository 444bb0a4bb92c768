package grant

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Authority decides and carries out the operations. It is safe for concurrent
// use.
type Authority struct {
	directory directory
	store     Store
	clock     func() time.Time
}

// New makes an Authority over what exists and what is recorded. clock tells the
// present time.
func New(c Catalog, s Store, clock func() time.Time) *Authority {
	return &Authority{directory: newDirectory(c), store: s, clock: clock}
}

// now is the present in the precision that stores keep.
func (a *Authority) now() time.Time { return a.clock().UTC().Truncate(time.Microsecond) }

// Authenticate finds the user a token belongs to.
//
// Errors: UnknownToken; ExpiredToken from the token's last instant on.
func (a *Authority) Authenticate(token string) (*User, error) {
	user := a.directory.user(token)
	if user == nil {
		return nil, &Error{Kind: UnknownToken}
	}
	if !user.ExpiresAt.IsZero() && !a.now().Before(user.ExpiresAt) {
		return nil, &Error{Kind: ExpiredToken, Msg: user.ExpiresAt.UTC().Format(time.RFC3339)}
	}
	return user, nil
}

// permit checks the first thing every operation checks: that the caller belongs
// to the project and may use the operation there.
func (u *User) permit(project ProjectID, p Permission) error {
	permissions, member := u.Permissions[project]
	if !member {
		return &Error{Kind: WrongProject}
	}
	if !slices.Contains(permissions, p) {
		return &Error{Kind: NoPermission, Msg: string(p)}
	}
	return nil
}

// Seed puts the records that the catalog starts with into the store, each once
// in the life of the store: one that was removed since is not brought back, and
// one that exists anyway is left as it is.
func (a *Authority) Seed(ctx context.Context) error {
	at := a.now()
	return a.store.Update(ctx, func(tx Tx) error {
		for _, r := range a.directory.list {
			if err := r.seedAuthorizations(ctx, tx, at); err != nil {
				return err
			}
			if err := r.seedAppCodes(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *realm) seedAuthorizations(ctx context.Context, tx Tx, at time.Time) error {
	byName := make(map[string]Authorization, len(r.Authorizations))
	for _, auth := range r.Authorizations {
		auth.At = at
		byName[r.seedName("authorization", string(auth.Env), string(auth.API), string(auth.App))] = auth
	}
	return seed(ctx, tx, byName, func(fresh []Authorization) error {
		var missing []Authorization
		for _, auth := range fresh {
			existing, err := tx.Authorizations(ctx, r.Realm, auth.Env, []APIID{auth.API}, []AppID{auth.App})
			if err != nil {
				return err
			}
			if len(existing) == 0 {
				missing = append(missing, auth)
			}
		}
		return tx.Insert(ctx, r.Realm, missing)
	})
}

func (r *realm) seedAppCodes(ctx context.Context, tx Tx) error {
	for _, app := range r.Apps {
		byName := make(map[string]AppCode, len(app.AppCodes))
		for _, code := range app.AppCodes {
			byName[r.seedName("app-code", string(app.ID), string(code.ID))] = code
		}
		err := seed(ctx, tx, byName, func(fresh []AppCode) error {
			return tx.InsertAppCodes(ctx, r.Realm, app.ID, fresh)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// seed hands those records to insert whose names the store has not seen yet.
func seed[T any](ctx context.Context, tx Tx, byName map[string]T, insert func([]T) error) error {
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	unseen, err := tx.Seed(ctx, names)
	if err != nil || len(unseen) == 0 {
		return err
	}
	slices.Sort(unseen)
	fresh := make([]T, 0, len(unseen))
	for _, name := range unseen {
		fresh = append(fresh, byName[name])
	}
	return insert(fresh)
}

// seedName is unambiguous because no id has a slash in it.
func (r *realm) seedName(parts ...string) string {
	return strings.Join(append([]string{string(r.Service), string(r.Project), string(r.ID)}, parts...), "/")
}
