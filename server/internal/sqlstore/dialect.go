package sqlstore

import (
	"regexp"
	"sync"
)

// dialect is what two databases say differently. The statements of this package
// are written in what both understand and three words of their own: texts($1) and
// keys($1) are the items of a JSON list of texts or integers, to be used after IN
// or in place of a SELECT; rows($1) is a table of the items, each a list in the
// column value, numbered in the column key.
type dialect struct {
	texts, keys, rows string
	known             sync.Map // statements by what they are written as
}

var ownWords = regexp.MustCompile(`\b(texts|keys|rows)\((\$[0-9]+)\)`)

// sql puts a statement into the words of the database.
func (d *dialect) sql(statement string) string {
	if known, ok := d.known.Load(statement); ok {
		return known.(string)
	}
	translated := ownWords.ReplaceAllStringFunc(statement, func(word string) string {
		parts := ownWords.FindStringSubmatch(word)
		form := map[string]string{"texts": d.texts, "keys": d.keys, "rows": d.rows}[parts[1]]
		return ownParameter.ReplaceAllLiteralString(form, parts[2])
	})
	d.known.Store(statement, translated)
	return translated
}

// ownParameter stands in a form of a dialect for the word's parameter.
var ownParameter = regexp.MustCompile(`@`)
