package sqlstore

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// rowList is a list of lists in JSON, as a parameter for the word rows of a dialect.
type rowList []byte

// begin begins a row.
func (l *rowList) begin() {
	if len(*l) == 0 {
		*l = append(*l, '[', '[')
	} else {
		*l = append(*l, ']', ',', '[')
	}
}

// next separates what is about to be added from what is before it in the row.
func (l *rowList) next() {
	if (*l)[len(*l)-1] != '[' {
		*l = append(*l, ',')
	}
}

func (l *rowList) integer(n int64) {
	l.next()
	*l = strconv.AppendInt(*l, n, 10)
}

func (l *rowList) null() {
	l.next()
	*l = append(*l, "null"...)
}

func (l *rowList) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c > '~' {
			l.json(s)
			return
		}
	}
	l.next()
	*l = append(append(append(*l, '"'), s...), '"')
}

func (l *rowList) json(v any) {
	l.next()
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("%T: %v", v, err)) // what is stored always encodes
	}
	*l = append(*l, b...)
}

// end is the whole list.
func (l *rowList) end() string {
	if len(*l) == 0 {
		return "[]"
	}
	return string(append(*l, ']', ']'))
}
