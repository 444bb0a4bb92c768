// Command drivers compares SQLite drivers on the tables and statements of the
// server. It is run in its own folder.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/appgrant/appgrant/bench/drivers/internal/measure"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// migration is where the server's tables are made.
const migration = "../../server/internal/sqlstore/migrations/sqlite/00001_records.sql"

func run(args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("drivers", flag.ContinueOnError)
	flags.SetOutput(stderr)
	rounds := flags.Int("rounds", 7, "how often each driver is measured, in turns")
	dir := flags.String("dir", os.TempDir(), "the folder, and so the disk, of the databases")
	asJSON := flags.Bool("json", false, "print the medians as JSON")
	task := measure.Task{}
	flags.Func("pragma", "a further pragma, such as cache_size=-16000; may be repeated", func(s string) error {
		task.Pragmas = append(task.Pragmas, s)
		return nil
	})
	flags.IntVar(&task.Counts.Rows, "rows", 100_000, "the authorizations that there are already")
	flags.IntVar(&task.Counts.Commits, "commits", 300, "the commits of one authorization each")
	flags.IntVar(&task.Counts.Batches, "batches", 60, "the commits of 32 authorizations each")
	flags.IntVar(&task.Counts.Bulks, "bulks", 3, "the commits of 3000 authorizations each")
	flags.IntVar(&task.Counts.Lookups, "lookups", 20_000, "the look-ups of each kind")
	if err := flags.Parse(args); err != nil {
		return err
	}
	schema, err := os.ReadFile(migration)
	if err != nil {
		return err
	}
	_, up, _ := strings.Cut(string(schema), "-- +goose Up")
	task.Schema, _, _ = strings.Cut(up, "-- +goose Down")

	task.Dir, err = os.MkdirTemp(*dir, "drivers")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(task.Dir)) }()
	ways, err := build(task.Dir, stderr)
	if err != nil {
		return err
	}
	task.Template = filepath.Join(task.Dir, "template.db")
	if _, err := measured(ways[0].program, task); err != nil {
		return err
	}
	for range *rounds {
		for i, w := range ways {
			task.Way = w.way
			figures, err := measured(w.program, task)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			for name, figure := range figures {
				ways[i].figures[name] = append(ways[i].figures[name], figure)
			}
		}
	}
	if *asJSON {
		return json.NewEncoder(stdout).Encode(medians(ways))
	}
	table(stdout, ways)
	return nil
}

// way is a driver, used in one of two ways, and its figures of each round.
type way struct {
	name, program, way string
	figures            map[string][]float64
}

// build makes a program of each driver, for two of them claim the same name.
func build(dir string, stderr io.Writer) ([]way, error) {
	drivers := []string{"modernc", "ncruces"}
	if cgo, err := exec.Command("go", "env", "CGO_ENABLED").Output(); err == nil && strings.TrimSpace(string(cgo)) == "1" {
		drivers = append(drivers, "mattn")
	} else {
		fmt.Fprintln(stderr, "mattn is left out: it needs cgo")
	}
	var ways []way
	for _, driver := range drivers {
		program := filepath.Join(dir, driver+".exe")
		command := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, "./"+driver)
		command.Stderr = stderr
		if err := command.Run(); err != nil {
			return nil, fmt.Errorf("build %s: %w", driver, err)
		}
		info, err := os.Stat(program)
		if err != nil {
			return nil, err
		}
		for _, kind := range []string{"sql", "direct"} {
			ways = append(ways, way{driver + ", " + kind, program, kind, map[string][]float64{
				"binary": {float64(info.Size()) / (1 << 20)},
			}})
		}
	}
	return ways, nil
}

// measured runs a driver's program.
func measured(program string, task measure.Task) (figures measure.Figures, err error) {
	input, err := json.Marshal(task)
	if err != nil {
		return nil, err
	}
	var problem bytes.Buffer
	command := exec.Command(program)
	command.Stdin, command.Stderr = bytes.NewReader(input), &problem
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(problem.Bytes()))
	}
	if task.Way != "" {
		err = json.Unmarshal(output, &figures)
	}
	return figures, err
}

func medians(ways []way) map[string]measure.Figures {
	all := map[string]measure.Figures{}
	for _, w := range ways {
		all[w.name] = measure.Figures{}
		for name, values := range w.figures {
			all[w.name][name] = median(values)
		}
	}
	return all
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// ratio is the median of the ratios to another's figures of the same rounds, and
// the least and the greatest.
func ratio(values, of []float64) (middle, low, high float64) {
	ratios := make([]float64, min(len(values), len(of)))
	for i := range ratios {
		ratios[i] = values[i] / of[i]
	}
	return median(ratios), slices.Min(ratios), slices.Max(ratios)
}

// lines are the figures in the order of the table.
var lines = []struct{ name, title string }{
	{"sync 4 KiB", "disk alone: 4 KiB appended + fdatasync, /s"},
	{"sync 32 KiB", "disk alone: 32 KiB appended + fdatasync, /s"},
	{"commits", "commits of 1 authorization + 1 event, /s"},
	{"commit CPU", "… CPU each, µs"},
	{"batch rows", "commits of 32, row by row: authorizations/s"},
	{"batch rows CPU", "… CPU each, µs"},
	{"batch JSON", "commits of 32, from JSON: authorizations/s"},
	{"batch JSON CPU", "… CPU each, µs"},
	{"batch now", "commits of 32, as the server does it now: authorizations/s"},
	{"batch now CPU", "… CPU each, µs"},
	{"bulk", "3000 from JSON, explicit keys, ms"},
	{"bulk returning", "… RETURNING, ms"},
	{"bulk auto", "3000 from JSON, AUTOINCREMENT keys, ms"},
	{"bulk auto returning", "… RETURNING, ms"},
	{"bulk packed", "3000 from JSON, a number each, explicit keys, ms"},
	{"bulk cross", "3000 as 100 APIs × 30 apps, explicit keys, ms"},
	{"hit", "look-up, hit, CPU µs"},
	{"miss", "look-up, miss, CPU µs"},
	{"hit cancellable", "look-up, hit, cancellable context, CPU µs"},
	{"hit unprepared", "look-up, hit, not prepared, CPU µs"},
	{"data_version", "PRAGMA data_version, CPU µs"},
	{"transaction", "BEGIN + COMMIT, nothing read, CPU µs"},
	{"memory", "resident memory afterwards, MiB"},
	{"connection", "… of each further connection, MiB"},
	{"binary", "program with this driver alone, stripped, MiB"},
}

// table prints the medians: the first way's with their spread, the others' with
// their ratio to that of the first in the same round, and its spread.
func table(out io.Writer, ways []way) {
	fmt.Fprint(out, "| |")
	for _, w := range ways {
		fmt.Fprintf(out, " %s |", w.name)
	}
	fmt.Fprintf(out, "\n|---|%s\n", strings.Repeat("---:|", len(ways)))
	for _, line := range lines {
		fmt.Fprintf(out, "| %s |", line.title)
		for i, w := range ways {
			values := w.figures[line.name]
			if len(values) == 0 {
				fmt.Fprint(out, " – |")
				continue
			}
			fmt.Fprintf(out, " %s ", short(median(values)))
			if i == 0 {
				fmt.Fprintf(out, "(%s–%s) |", short(slices.Min(values)), short(slices.Max(values)))
			} else {
				middle, low, high := ratio(values, ways[0].figures[line.name])
				fmt.Fprintf(out, "(×%.2f, %.2f–%.2f) |", middle, low, high)
			}
		}
		fmt.Fprintln(out)
	}
}

func short(v float64) string {
	digits := cmp.Compare(100, v) + 1 // none from 100 on
	return fmt.Sprintf("%.*f", digits, v)
}
