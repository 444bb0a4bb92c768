package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// access compares decisions, as gateways ask for them, with a handler that does
// nothing.
func (b *bench) access(ctx context.Context) error {
	const records = 10_000
	name := "access"
	if err := fill(ctx, filepath.Join(b.dir, name+".db"), b.catalog, records, nil); err != nil {
		return err
	}
	empty, err := b.yardstick(ctx, serverOn, "empty")
	if err != nil {
		return err
	}
	defer empty.stop()
	ours, err := b.server(ctx, serverOn, name)
	if err != nil {
		return err
	}
	defer ours.stop()
	table := section{
		title:   "Access decisions",
		text:    fmt.Sprintf("Forward-auth requests about %d authorized pairs, drawn at random. The server has one processor, the load another.", records),
		columns: []string{"connections", "handler", "throughput", "CPU a request", "p50", "p99"},
	}
	for _, connections := range []int{1, 32} {
		l := load{What: "forward-auth", Connections: connections, For: b.slice, World: everything, Known: records}
		if _, err := ours.put(ctx, loadOn, l); err != nil { // so that it has seen them
			return err
		}
		found, err := b.inTurn(ctx, loadOn, subject{empty, &l}, subject{ours, &l})
		if err != nil {
			return err
		}
		for i, name := range []string{"empty", "forward-auth, " + b.engine()} {
			table.rows = append(table.rows, append([]string{strconv.Itoa(connections), name}, found[i].cells()...))
		}
		b.atLeast(fmt.Sprintf("forward-auth beside an empty handler, %d connections", connections), "0.8 ×", 0.8,
			found[1].throughput().over(found[0].throughput()), times)
	}
	b.add(table)
	return nil
}
