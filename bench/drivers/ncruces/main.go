// Command ncruces measures github.com/ncruces/go-sqlite3.
package main

import (
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/appgrant/appgrant/bench/drivers/internal/measure"
)

func main() {
	measure.Main(
		measure.Way{Name: "sql", Open: measure.OverSQL(&driver.SQLite{})},
		measure.Way{Name: "direct", Open: open},
	)
}

// session is that driver's own interface.
type session struct{ conn *sqlite3.Conn }

func open(file string) (measure.Session, error) {
	conn, err := sqlite3.Open(file)
	return session{conn}, err
}

func (s session) Prepare(query string) (measure.Statement, error) {
	stmt, _, err := s.conn.Prepare(query)
	return statement{stmt}, err
}

func (s session) Close() error { return s.conn.Close() }

type statement struct{ stmt *sqlite3.Stmt }

func (s statement) bind(args []any) (err error) {
	for i, a := range args {
		switch a := a.(type) {
		case nil:
			err = s.stmt.BindNull(i + 1)
		case int64:
			err = s.stmt.BindInt64(i+1, a)
		case string:
			err = s.stmt.BindText(i+1, a)
		case []byte:
			err = s.stmt.BindBlob(i+1, a)
		default:
			err = fmt.Errorf("an argument is a %T", a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s statement) Exec(args ...any) error {
	if err := s.bind(args); err != nil {
		return err
	}
	return s.stmt.Exec()
}

func (s statement) Rows(ints []int64, row func(), args ...any) error {
	if err := s.bind(args); err != nil {
		return err
	}
	for s.stmt.Step() {
		for i := range ints {
			ints[i] = s.stmt.ColumnInt64(i)
		}
		row()
	}
	return errors.Join(s.stmt.Err(), s.stmt.Reset())
}

func (s statement) Close() error { return s.stmt.Close() }
