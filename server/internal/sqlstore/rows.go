package sqlstore

import (
	"strconv"
	"strings"
	"sync"
)

// maxRows is how many rows a statement writes at the most. Each number of rows is a
// statement of its own, which is prepared once; so the numbers are powers of two.
const maxRows = 64

// rowStatement is a statement that writes rows: what stands before them, a row with ?
// for each parameter, and what stands after them.
type rowStatement struct{ head, row, tail string }

// width is how many parameters a row has.
func (s rowStatement) width() int { return strings.Count(s.row, "?") }

// texts are the statements by rowStatement and number of rows.
var texts sync.Map

type rowText struct {
	rowStatement
	rows int
}

// text is the statement for a number of rows.
func (s rowStatement) text(rows int) string {
	if known, ok := texts.Load(rowText{s, rows}); ok {
		return known.(string)
	}
	var b strings.Builder
	b.WriteString(s.head)
	number := 0
	for n := range rows {
		if n > 0 {
			b.WriteString(", ")
		}
		for i, part := range strings.Split(s.row, "?") {
			if i > 0 {
				number++
				b.WriteString("$" + strconv.Itoa(number))
			}
			b.WriteString(part)
		}
	}
	b.WriteString(s.tail)
	texts.Store(rowText{s, rows}, b.String())
	return b.String()
}

// writeRows runs a statement for rows whose parameters stand one after the other.
func (t *tx) writeRows(what string, s rowStatement, args []any) error {
	width := s.width()
	for rows := maxRows; rows > 0; rows /= 2 {
		for ; len(args) >= rows*width; args = args[rows*width:] {
			if _, err := t.execPending(t.unhurried(), what, s.text(rows), args[:rows*width]...); err != nil {
				return err
			}
		}
	}
	return nil
}
