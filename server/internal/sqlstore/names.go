package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// dictionary is a table that gives the ids of one kind small integer keys.
type dictionary string

const (
	envs dictionary = "envs"
	apis dictionary = "apis"
	apps dictionary = "apps"
)

// listOf is a parameter for the words of a dialect.
func listOf[T any](values []T) string {
	if len(values) == 0 {
		return "[]" // not null, which would unfold to one row
	}
	b, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings and integers always encode
	}
	return string(b)
}

// realmKey returns the key of a realm, or 0 if the database doesn't know it.
func (t *reader) realmKey(ctx context.Context, r grant.Realm) (key int64, err error) {
	if known, ok := recall[int64](t, realmOf{r}); ok {
		return known, nil
	}
	err = t.one(ctx, "look up a realm", "", "", func(rows *sql.Rows) error { return rows.Scan(&key) },
		`SELECT key FROM realms WHERE project = $1 AND service = $2 AND id = $3`, r.Project, r.Service, r.ID)
	return t.key(realmOf{r}, key, err)
}

// key remembers a key that was looked for, 0 if it was not found.
func (t *reader) key(about any, key int64, err error) (int64, error) {
	if err != nil && !grant.IsNotFound(err) {
		return 0, err
	}
	t.remember(about, key)
	return key, nil
}

// makeRealm is realmKey that makes what is missing.
func (t *tx) makeRealm(ctx context.Context, r grant.Realm) (int64, error) {
	key, err := t.realmKey(ctx, r)
	if key != 0 || err != nil {
		return key, err
	}
	key, err = t.returning(ctx, "note a realm",
		`INSERT INTO realms (service, project, id) VALUES ($1, $2, $3) RETURNING key`, r.Service, r.Project, r.ID)
	if err == nil {
		t.remember(realmOf{r}, key)
	}
	return key, err
}

// returning runs a statement that makes a row, and returns its key.
func (t *tx) returning(ctx context.Context, what, statement string, args ...any) (key int64, err error) {
	if err := t.direct(); err != nil {
		return 0, err
	}
	t.wrote = true
	err = t.run(ctx, t.ctx, what, func(rows *sql.Rows) error { return rows.Scan(&key) }, statement, args...)
	return key, err
}

// nameKey returns the key of one id, or 0 if the database doesn't know it.
func (t *reader) nameKey(ctx context.Context, d dictionary, realm int64, id string) (key int64, err error) {
	about := nameOf{d, realm, id}
	if known, ok := recall[int64](t, about); ok {
		return known, nil
	}
	err = t.one(ctx, "look up a name", "", "", func(rows *sql.Rows) error { return rows.Scan(&key) },
		`SELECT key FROM `+string(d)+` WHERE realm = $1 AND id = $2`, realm, id)
	return t.key(about, key, err)
}

// placeOf is where an authorization stands, in keys. One is 0 if the database doesn't
// know the id.
func (t *reader) placeOf(ctx context.Context, at where) (p place, err error) {
	realm, err := t.realmKey(ctx, at.realm)
	if realm == 0 || err != nil {
		return p, err
	}
	if p.env, err = t.nameKey(ctx, envs, realm, string(at.env)); err != nil {
		return p, err
	}
	if p.api, err = t.nameKey(ctx, apis, realm, string(at.api)); err != nil {
		return p, err
	}
	p.app, err = t.nameKey(ctx, apps, realm, string(at.app))
	return p, err
}

// whereIs is where an authorization stands.
func whereIs(r grant.Realm, a grant.Authorization) where { return where{r, a.Env, a.API, a.App} }

// isReal reports whether anything can be there.
func (p place) isReal() bool { return p.env != 0 && p.api != 0 && p.app != 0 }

// names maps ids to keys and back.
type names[T ~string] struct {
	keys map[T]int64
	ids  map[int64]T
}

func (n names[T]) keyList() string {
	keys := make([]int64, 0, len(n.ids))
	for key := range n.ids {
		keys = append(keys, key)
	}
	return listOf(keys)
}

// lookUp finds those of the ids that the database knows.
func lookUp[T ~string](ctx context.Context, t *reader, d dictionary, realm int64, ids []T) (names[T], error) {
	found := names[T]{make(map[T]int64, len(ids)), make(map[int64]T, len(ids))}
	unknown := ids[:0:0]
	for _, id := range ids {
		if _, ok := found.keys[id]; ok {
			continue
		}
		if key, ok := recall[int64](t, nameOf{d, realm, string(id)}); !ok {
			unknown = append(unknown, id)
		} else if key != 0 {
			found.keys[id], found.ids[key] = key, id
		}
	}
	return found, found.read(ctx, t, d, realm, unknown)
}

// read adds those of the ids that the database knows.
func (n names[T]) read(ctx context.Context, t *reader, d dictionary, realm int64, ids []T) error {
	if len(ids) == 0 {
		return nil
	}
	scan := func(rows *sql.Rows) error {
		var key int64
		var id T
		if err := rows.Scan(&key, &id); err != nil {
			return err
		}
		n.keys[id], n.ids[key] = key, id
		t.remember(nameOf{d, realm, string(id)}, key)
		return nil
	}
	return t.query(ctx, fmt.Sprintf("look up %s", d), scan,
		`SELECT key, id FROM `+string(d)+` WHERE realm = $1 AND id in_texts($2)`, realm, listOf(ids))
}

// intern is lookUp that makes what is missing.
func intern[T ~string](ctx context.Context, t *tx, d dictionary, realm int64, ids []T) (names[T], error) {
	found, err := lookUp(ctx, &t.reader, d, realm, ids)
	if err != nil {
		return found, err
	}
	var missing []T // each once, in the order of ids, which that of the keys will follow
	for _, id := range ids {
		if _, ok := found.keys[id]; !ok {
			found.keys[id] = 0
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	_, err = t.execKnown(ctx, fmt.Sprintf("note %s", d),
		`INSERT INTO `+string(d)+` (realm, id) SELECT CAST($1 AS BIGINT), value FROM (texts($2)) AS list`, realm, listOf(missing))
	if err != nil {
		return found, err
	}
	return found, found.read(ctx, &t.reader, d, realm, missing)
}
