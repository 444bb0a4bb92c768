package measure

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
)

// Session is one connection to a database.
type Session interface {
	Prepare(query string) (Statement, error)
	Close() error
}

// Statement is prepared once and run often.
type Statement interface {
	Exec(args ...any) error
	// Rows hands each row, of integers alone, to row in ints.
	Rows(ints []int64, row func(), args ...any) error
	Close() error
}

// Way is a way to use a driver.
type Way struct {
	Name string
	Open func(file string) (Session, error)
}

// sqlSession is a connection of database/sql.
type sqlSession struct {
	db   *sql.DB
	conn *sql.Conn
	ctx  context.Context
}

type connector struct {
	driver driver.Driver
	file   string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.file) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// OverSQL is a driver under database/sql.
func OverSQL(d driver.Driver) func(string) (Session, error) {
	return func(file string) (Session, error) { return openSQL(sql.OpenDB(connector{d, file})) }
}

func openSQL(db *sql.DB) (Session, error) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &sqlSession{db, conn, ctx}, nil
}

func (s *sqlSession) Prepare(query string) (Statement, error) {
	prepared, err := s.conn.PrepareContext(context.Background(), query)
	return sqlStatement{s, prepared}, err
}

func (s *sqlSession) Close() error { return errors.Join(s.conn.Close(), s.db.Close()) }

type sqlStatement struct {
	session *sqlSession
	stmt    *sql.Stmt
}

func (s sqlStatement) Exec(args ...any) error {
	_, err := s.stmt.ExecContext(s.session.ctx, args...)
	return err
}

func (s sqlStatement) Rows(ints []int64, row func(), args ...any) error {
	rows, err := s.stmt.QueryContext(s.session.ctx, args...)
	if err != nil {
		return err
	}
	return scan(rows, ints, row)
}

func (s sqlStatement) Close() error { return s.stmt.Close() }

func scan(rows *sql.Rows, ints []int64, row func()) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	into := make([]any, len(ints))
	for i := range ints {
		into[i] = &ints[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row()
	}
	return rows.Err()
}

// unprepared is a query that is given as a text each time.
type unprepared struct {
	session *sqlSession
	query   string
}

func (s unprepared) Exec(args ...any) error {
	_, err := s.session.conn.ExecContext(s.session.ctx, s.query, args...)
	return err
}

func (s unprepared) Rows(ints []int64, row func(), args ...any) error {
	rows, err := s.session.conn.QueryContext(s.session.ctx, s.query, args...)
	if err != nil {
		return err
	}
	return scan(rows, ints, row)
}

func (unprepared) Close() error { return nil }

type directSession struct{ conn driver.Conn }

// Direct is what lies under database/sql, used as it is.
func Direct(d driver.Driver) func(string) (Session, error) {
	return func(file string) (Session, error) {
		conn, err := d.Open(file)
		return directSession{conn}, err
	}
}

func (s directSession) Prepare(query string) (Statement, error) {
	stmt, err := s.conn.(driver.ConnPrepareContext).PrepareContext(context.Background(), query)
	return &directStatement{stmt: stmt}, err
}

func (s directSession) Close() error { return s.conn.Close() }

type directStatement struct {
	stmt   driver.Stmt
	args   []driver.NamedValue
	values []driver.Value
}

func (s *directStatement) bind(args []any) []driver.NamedValue {
	s.args = s.args[:0]
	for i, a := range args {
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return s.args
}

func (s *directStatement) Exec(args ...any) error {
	_, err := s.stmt.(driver.StmtExecContext).ExecContext(context.Background(), s.bind(args))
	return err
}

func (s *directStatement) Rows(ints []int64, row func(), args ...any) (err error) {
	rows, err := s.stmt.(driver.StmtQueryContext).QueryContext(context.Background(), s.bind(args))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if s.values == nil {
		s.values = make([]driver.Value, len(rows.Columns()))
	}
	for {
		if err := rows.Next(s.values); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		for i := range ints {
			ints[i] = s.values[i].(int64)
		}
		row()
	}
}

func (s *directStatement) Close() error { return s.stmt.Close() }
