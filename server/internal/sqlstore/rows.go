package sqlstore

import (
	"strings"
)

// maxRows is how many rows a statement writes at the most. Each number of rows is a
// statement of its own, which is prepared once; so the numbers are powers of two.
const maxRows = 64

// rowStatement is a statement that writes rows: what stands before them, a row with ?
// for each parameter, and what stands after them.
type rowStatement struct{ head, row, tail string }

// width is how many parameters a row has.
func (s rowStatement) width() int { return strings.Count(s.row, "?") }

// rowText is a rowStatement for a number of rows.
type rowText struct {
	rowStatement
	rows int
}

// rows puts a statement for a number of rows into the words of the database.
func (d *dialect) rows(s rowStatement, rows int) string {
	if known, ok := d.known.Load(rowText{s, rows}); ok {
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
				b.WriteString(d.parameter(number))
			}
			b.WriteString(part)
		}
	}
	b.WriteString(s.tail)
	text := d.sql(b.String())
	d.known.Store(rowText{s, rows}, text)
	return text
}

// writeRows runs a statement for rows whose parameters stand one after the other.
func (t *tx) writeRows(what string, s rowStatement, args []any) error {
	width, words := s.width(), t.store.engine.words()
	for rows := maxRows; rows > 0; rows /= 2 {
		for ; len(args) >= rows*width; args = args[rows*width:] {
			if _, err := t.execPending(t.unhurried(), what, words.rows(s, rows), args[:rows*width]...); err != nil {
				return err
			}
		}
	}
	return nil
}
