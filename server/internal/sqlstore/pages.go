package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// conditions gathers what a list is narrowed by. Each ? in a condition stands for
// an argument.
type conditions struct {
	list []string
	args []any
}

func (q *conditions) add(condition string, args ...any) {
	for _, arg := range args {
		condition = strings.Replace(condition, "?", q.value(arg), 1)
	}
	q.list = append(q.list, condition)
}

// value adds an argument and returns the sign that stands for it.
func (q *conditions) value(arg any) string {
	q.args = append(q.args, arg)
	return "$" + strconv.Itoa(len(q.args))
}

func (q *conditions) text() string { return strings.Join(q.list, " AND ") }

// after starts behind the row at a cursor, in the order of two columns. The first
// comparison is for the database, which can begin with it in an index.
func (q *conditions) after(first, second, cursor string) error {
	if cursor == "" {
		return nil
	}
	place, err := keyCursor(cursor, 2)
	if err != nil {
		return err
	}
	q.add(first+` >= ? AND (`+first+` > ? OR `+second+` > ?)`, place[0], place[0], place[1])
	return nil
}

// addRealms narrows a list to the realms of a project that a filter lets pass, and
// to an app if it names one. The list of their keys is the first argument.
func (t *reader) addRealms(ctx context.Context, q *conditions, column string, project grant.ProjectID, f grant.Filter) error {
	var r conditions
	r.add(`project = ?`, project)
	if f.Service != "" {
		r.add(`service = ?`, f.Service)
	}
	if f.Realm != "" {
		r.add(`id = ?`, f.Realm)
	}
	keys, err := t.keysOf(ctx, `SELECT key FROM realms WHERE `+r.text(), r.args...)
	q.add(column+` in_keys(?)`, listOf(keys))
	if f.App != "" {
		q.add(`apps.id = ?`, f.App)
	}
	return err
}

// keysOf runs a query for keys.
func (t *reader) keysOf(ctx context.Context, query string, args ...any) (keys []int64, err error) {
	err = t.query(ctx, "look up keys", func(rows *sql.Rows) error {
		var key int64
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	}, query, args...)
	return keys, err
}

// cursorOf is the place of a row, as callers carry it.
func cursorOf(keys ...int64) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = strconv.FormatInt(key, 10)
	}
	return textCursorOf(strings.Join(texts, "."))
}

func textCursorOf(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

var errCursor = &grant.Error{Kind: grant.Invalid, Field: "cursor"}

// keyCursor is the inverse of cursorOf for n keys; no cursor is the beginning.
func keyCursor(cursor string, n int) ([]int64, error) {
	keys := make([]int64, n)
	if cursor == "" {
		return keys, nil
	}
	text, err := textCursor(cursor)
	if err != nil {
		return nil, err
	}
	parts := strings.Split(text, ".")
	if len(parts) != n {
		return nil, errCursor
	}
	for i, part := range parts {
		if keys[i], err = strconv.ParseInt(part, 10, 64); err != nil || keys[i] < 0 {
			return nil, errCursor
		}
	}
	return keys, nil
}

// textCursor is the inverse of textCursorOf.
func textCursor(cursor string) (string, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || !utf8.Valid(text) || bytes.ContainsRune(text, 0) {
		return "", errCursor
	}
	return string(text), nil
}

// cut takes the row away that was asked for only to see whether there is one, and
// returns the cursor of the last one left if so.
func cut[T any](list []T, limit int, cursor func(last int) string, err error) ([]T, string, error) {
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], cursor(limit - 1), nil
}
