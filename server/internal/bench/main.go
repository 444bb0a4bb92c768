// Bench measures the server against what it could be.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch args[0] {
	case "serve":
		return serve(args[1], args[2])
	case "load":
		return generate(args[1])
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w := world{2000, 2000}
	cat := filepath.Join(dir, "catalog.yaml")
	if err := os.WriteFile(cat, w.catalog(), 0o600); err != nil {
		return err
	}
	self, _ := os.Executable()
	cpus, gen := []int{0}, []int{1}
	if args[0] == "both" {
		cpus, gen = []int{0, 1}, []int{0, 1}
	}
	first := map[string]uint64{}
	procs := map[string]*process{}
	kinds := args[1:]
	for _, kind := range kinds {
		command := []string{self, "serve", kind, cat}
		if kind == "sqlite" {
			command = []string{"bin/appgrant", "serve", "--listen", "127.0.0.1:0", "--catalog", cat, "--data-dir", filepath.Join(dir, "data")}
		}
		p, err := start(ctx, cpus, filepath.Join(dir, kind+".log"), command...)
		if err != nil {
			return err
		}
		defer p.stop()
		procs[kind] = p
	}
	for range 3 {
		rate, _ := syncRate(dir, 500*time.Millisecond)
		fmt.Printf("sync %.0f/s\n", rate)
		for _, conns := range []int{1, 32, 256} {
			for _, kind := range kinds {
				o, err := procs[kind].put(ctx, gen, load{What: "authorize", Connections: conns, For: time.Second, World: w, First: first[kind]})
				if err != nil {
					return err
				}
				first[kind] = o.Next
				fmt.Printf("%-8s %4d %8.0f/s cpu %6s p50 %8s p99 %8s\n", kind, conns, o.perSecond(), o.cpuEach(), o.P50, o.P99)
			}
		}
	}
	return nil
}
