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
	err = t.query(ctx, "look up a realm", func(rows *sql.Rows) error { return rows.Scan(&key) },
		`SELECT key FROM realms WHERE project = $1 AND service = $2 AND id = $3`, r.Project, r.Service, r.ID)
	return key, err
}

// makeRealm is realmKey that makes what is missing.
func (t *tx) makeRealm(ctx context.Context, r grant.Realm) (int64, error) {
	key, err := t.realmKey(ctx, r)
	if key != 0 || err != nil {
		return key, err
	}
	err = t.query(ctx, "note a realm", func(rows *sql.Rows) error { return rows.Scan(&key) },
		`INSERT INTO realms (service, project, id) VALUES ($1, $2, $3) RETURNING key`, r.Service, r.Project, r.ID)
	return key, err
}

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
	scan := func(rows *sql.Rows) error {
		var key int64
		var id T
		if err := rows.Scan(&key, &id); err != nil {
			return err
		}
		found.keys[id], found.ids[key] = key, id
		return nil
	}
	err := t.query(ctx, fmt.Sprintf("look up %s", d), scan,
		`SELECT key, id FROM `+string(d)+` WHERE realm = $1 AND id in_texts($2)`, realm, listOf(ids))
	return found, err
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
	_, err = t.exec(ctx, fmt.Sprintf("note %s", d),
		`INSERT INTO `+string(d)+` (realm, id) SELECT CAST($1 AS BIGINT), value FROM (texts($2)) AS list`, realm, listOf(missing))
	if err != nil {
		return found, err
	}
	return lookUp(ctx, &t.reader, d, realm, ids)
}
