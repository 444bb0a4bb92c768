// Bench measures the server: against a handler that does next to nothing, against the
// disk, against itself on a store that answers at once, with few records and with
// many, and against mock servers. What is compared is measured in turn, round after
// round, and what counts is the median of the ratios within the rounds.
//
// It needs Linux, for processors and processes. `make bench` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type experiment struct {
	name string
	run  func(*bench, context.Context) error
}

// experiments are all there are, in the order of the report.
var experiments = []experiment{
	{"handler", (*bench).handlers},
	{"disk", (*bench).disk},
	{"bulk", (*bench).bulk},
	{"growth", (*bench).growth},
	{"access", (*bench).access},
	{"client", (*bench).client},
	{"peers", (*bench).peers},
	{"tools", (*bench).tools},
}

// bench is what the experiments share.
type bench struct {
	report
	binary   string        // the server's program
	root     string        // the repository
	dir      string        // for what is measured
	catalog  string        // file of the world
	slice    time.Duration // how long a load is put on at a time
	rounds   int
	sizes    []uint64 // how many records growth looks at
	postgres string   // URL, or empty
}

func run(ctx context.Context, args []string) (err error) {
	switch { // the processes that it starts
	case len(args) == 3 && args[0] == "serve":
		return serve(ctx, args[1], args[2])
	case len(args) == 2 && args[0] == "load":
		return generate(ctx, args[1])
	}
	cpus, err := processors()
	if err != nil {
		return err
	}
	if len(cpus) < 2 {
		return errors.New("it needs two processors")
	}
	both, serverOn, loadOn = cpus[:2], cpus[:1], cpus[1:2]
	var b bench
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("only", "handler,disk,bulk,growth,access,client", "experiments to run, of handler, disk, bulk, growth, access, client, peers and tools")
	sizes := flags.String("sizes", "1e4,1e6", "how many records growth looks at, the least first")
	dir := flags.String("dir", os.TempDir(), "folder on the disk to measure")
	out := flags.String("out", "build/reports/bench.md", "file of the report")
	flags.StringVar(&b.binary, "binary", "bin/appgrant", "the server's program")
	flags.StringVar(&b.root, "root", ".", "the repository")
	flags.DurationVar(&b.slice, "slice", time.Second, "how long a load is put on at a time")
	flags.IntVar(&b.rounds, "rounds", 9, "how often each is measured")
	flags.StringVar(&b.postgres, "postgres", "", "URL of a PostgreSQL database, to measure instead of SQLite where that makes sense")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("%q is no flag", flags.Arg(0))
	case b.rounds < 1 || b.slice <= 0:
		return errors.New("-rounds and -slice must be positive")
	}
	if err := onDisk(*dir); err != nil {
		return err
	}
	for text := range strings.SplitSeq(*sizes, ",") {
		size, err := strconv.ParseFloat(text, 64)
		if most := float64(everything.Apps-1) * float64(everything.APIs); err != nil || size < 100 || size > most {
			return fmt.Errorf("-sizes has %q, no number from 100 to %.0f", text, most)
		}
		b.sizes = append(b.sizes, uint64(size))
	}
	names := strings.Split(*only, ",")
	for _, name := range names {
		if !slices.ContainsFunc(experiments, func(e experiment) bool { return e.name == name }) {
			return fmt.Errorf("-only has %q, which is no experiment", name)
		}
	}
	if b.dir, err = os.MkdirTemp(*dir, "appgrant-bench"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	b.catalog = filepath.Join(b.dir, "catalog.yaml")
	if err := os.WriteFile(b.catalog, everything.catalog(), 0o600); err != nil {
		return err
	}
	for _, e := range experiments {
		if !slices.Contains(names, e.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "bench:", e.name)
		if err := e.run(&b, ctx); err != nil { // what was found before is not lost
			return errors.Join(fmt.Errorf("%s: %w", e.name, err), b.write(context.WithoutCancel(ctx), *out))
		}
	}
	return b.write(context.WithoutCancel(ctx), *out)
}

// The processors: both, or the server on one and the load on the other.
var both, serverOn, loadOn []int

// server starts the program on a SQLite file of that name, or on the PostgreSQL
// database.
func (b *bench) server(ctx context.Context, cpus []int, name string) (*process, error) {
	where := filepath.Join(b.dir, name+".db")
	if b.postgres != "" {
		where = b.postgres
	}
	return start(ctx, cpus, filepath.Join(b.dir, name+".log"),
		b.binary, "serve", "--listen", "127.0.0.1:0", "--catalog", b.catalog, "--store", where)
}

// yardstick starts a handler of yardsticks.
func (b *bench) yardstick(ctx context.Context, cpus []int, kind string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, cpus, filepath.Join(b.dir, kind+".log"), self, "serve", kind, b.catalog)
}
