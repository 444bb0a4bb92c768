// Package measure takes the figures of one SQLite driver.
package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Task is what a driver's program reads from its input. Without a Way it makes the
// database that others copy.
type Task struct {
	Way      string
	Dir      string // where the database goes
	Template string // the database that is copied
	Schema   string // SQL
	Pragmas  []string
	Counts   Counts
}

// Counts is how often things are done.
type Counts struct{ Rows, Commits, Batches, Bulks, Lookups int }

// Figures are what it writes, by name.
type Figures map[string]float64

// Main is the main function of a driver's program.
func Main(ways ...Way) {
	if err := run(os.Stdin, os.Stdout, ways); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, ways []Way) error {
	var task Task
	if err := json.NewDecoder(in).Decode(&task); err != nil {
		return err
	}
	if task.Way == "" {
		return fill(ways[0], task)
	}
	for _, way := range ways {
		if way.Name == task.Way {
			figures, err := take(way, task)
			return errors.Join(err, json.NewEncoder(out).Encode(figures))
		}
	}
	return fmt.Errorf("there is no way %q", task.Way)
}

const (
	apis = 1000
	apps = 1030 // the last 30 have no authorization but those of bulks
)

// pair is where the nth authorization is: all over the index, and never twice.
func pair(n int) (api, app int64) {
	at := n * 611953 % (apis * 1000)
	return int64(at/1000 + 1), int64(at%1000 + 1)
}

const role, micros = "provider", int64(1_750_000_000_000_000)

func fill(way Way, task Task) (err error) {
	w, err := openWork(way, task, task.Template)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	w.run(task.Schema)
	w.run("INSERT INTO realms VALUES (1, 'apig', 'p', 'default')")
	w.run("INSERT INTO envs VALUES (1, 1, 'RELEASE')")
	for table, count := range map[string]int{"apis": apis, "apps": apps} {
		w.run(fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO %s SELECT i, 1, printf('%%032x', i * 7919) FROM n", count, table))
	}
	w.run("BEGIN")
	w.exec(w.prepare(insertList), list(task.Counts.Rows, func(text []byte, i int) []byte {
		api, app := pair(i)
		return appendRow(text, i+1, api, app)
	}))
	w.run("COMMIT")
	return w.err
}

// work is a session and the first error, after which nothing more is done.
type work struct {
	session    Session
	statements []Statement
	err        error
}

func (w *work) close() (err error) {
	for _, s := range w.statements {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, w.session.Close())
}

func openWork(way Way, task Task, file string) (*work, error) {
	session, err := way.Open(file)
	if err != nil {
		return nil, err
	}
	w := &work{session: session}
	for _, pragma := range append(task.Pragmas, "busy_timeout = 10000", "journal_mode = wal", "synchronous = full", "foreign_keys = on") {
		w.run("PRAGMA " + pragma)
	}
	return w, w.err
}

// run runs a script, whose statements end in semicolons at the ends of lines.
func (w *work) run(script string) {
	for query := range splitScript(script) {
		s := w.prepare(query)
		if w.err == nil {
			w.statements = w.statements[:len(w.statements)-1]
			w.err = errors.Join(s.Exec(), s.Close()) // at once: mattn's would go on
		}
	}
}

func (w *work) prepare(query string) Statement {
	if w.err != nil {
		return nil
	}
	s, err := w.session.Prepare(query)
	if err != nil {
		w.err = fmt.Errorf("prepare %s: %w", query, err)
		return nil
	}
	w.statements = append(w.statements, s)
	return s
}

func (w *work) exec(s Statement, args ...any) {
	if w.err == nil {
		w.err = s.Exec(args...)
	}
}

// count returns how many rows there were.
func (w *work) rows(s Statement, ints []int64, args ...any) (count int) {
	if w.err == nil {
		w.err = s.Rows(ints, func() { count++ }, args...)
	}
	return count
}

// took is how long something took, and how much of the processors.
func took(f func()) (wall, used time.Duration) {
	start, before := time.Now(), cpu()
	f()
	used = cpu() - before
	return time.Since(start), used
}

func take(way Way, task Task) (_ Figures, err error) {
	file := filepath.Join(task.Dir, "drivers.db")
	if err := copyFile(file, task.Template); err != nil {
		return nil, err
	}
	defer func() {
		for _, end := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(file + end)
		}
	}()
	figures := Figures{}
	if err := raw(figures, task.Dir, task.Counts.Commits); err != nil {
		return nil, err
	}
	w, err := openWork(way, task, file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	m := measurement{work: w, figures: figures, counts: task.Counts, next: task.Counts.Rows}
	m.prepareAll()
	m.lookups()
	m.commits(file)
	m.batches()
	m.bulks()
	figures["memory"] = float64(resident()) / (1 << 20)
	if m.err == nil {
		m.err = m.readers(way, task, file)
	}
	return figures, m.err
}

// readers is what further connections need, once each has looked around.
func (m *measurement) readers(way Way, task Task, file string) error {
	const connections = 16
	before := resident()
	for range connections {
		w, err := openWork(way, task, file)
		if err != nil {
			return err
		}
		defer w.close()
		r := measurement{work: w, counts: m.counts}
		if r.lookup(r.prepare(lookup), m.counts.Lookups/10+1, 0); r.err != nil {
			return r.err
		}
	}
	m.figures["connection"] = float64(resident()-before) / connections / (1 << 20)
	return nil
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// raw is what the disk does without a database: writes at the end of a file, each
// followed by fdatasync.
func raw(figures Figures, dir string, count int) error {
	for name, size := range map[string]int{"sync 4 KiB": 4 << 10, "sync 32 KiB": 32 << 10} {
		f, err := os.CreateTemp(dir, "raw")
		if err != nil {
			return err
		}
		block := make([]byte, size)
		wall, _ := took(func() {
			for range count {
				if _, err = f.Write(block); err != nil {
					return
				}
				if err = dataSync(f); err != nil {
					return
				}
			}
		})
		if err := errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
			return err
		}
		figures[name] = float64(count) / wall.Seconds()
	}
	return nil
}
