package sqlstore

import (
	"regexp"
	"strings"
	"sync"
)

// dialect is what two databases say differently. The statements of this package
// are written in what both understand and words of their own. Those about parameters
// that are JSON lists: in_texts($1) and in_keys($1) say that what stands before is
// among the texts or integers of the list, and texts($1) is a SELECT of the texts.
// own_keys() says that an INSERT brings its keys with it.
type dialect struct {
	forms map[string]string // of the words, with @ for what is in the brackets
	// parameter is the sign of a statement's n-th parameter, where it has many.
	parameter func(n int) string
	known     sync.Map // statements by what they are written as
}

var ownWords = regexp.MustCompile(`\b(in_texts|in_keys|texts|own_keys)\(([^()]*)\)`)

// sql puts a statement into the words of the database.
func (d *dialect) sql(statement string) string {
	if known, ok := d.known.Load(statement); ok {
		return known.(string)
	}
	translated := ownWords.ReplaceAllStringFunc(statement, func(word string) string {
		parts := ownWords.FindStringSubmatch(word)
		return strings.ReplaceAll(d.forms[parts[1]], "@", parts[2])
	})
	d.known.Store(statement, translated)
	return translated
}
