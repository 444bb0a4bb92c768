package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"
)

// disk compares the server on SQLite with the disk, and with itself on a store that
// answers at once.
func (b *bench) disk(ctx context.Context) error {
	instant, err := b.yardstick(ctx, both, "instant")
	if err != nil {
		return err
	}
	defer instant.stop()
	records := uint64(100_000)
	first := records
	if b.postgres == "" {
		if err := fill(ctx, filepath.Join(b.dir, "durable.db"), b.catalog, records, nil); err != nil {
			return err
		}
	} else { // it is empty, and the bulk requests begin at the other end
		records, first = 0, everything.pairs()/2
	}
	durable, err := b.server(ctx, both, "durable")
	if err != nil {
		return err
	}
	defer durable.stop()
	table := section{
		title: "Beside the disk",
		text: "The same request; each is on the disk before it is answered. The server and the load share the processors. The database has " + strconv.FormatUint(records, 10) + " records. " +
			"The disk alone: 4 KiB to the end of a file, and fdatasync, one after the other.",
		columns: []string{"connections", "server", "throughput", "CPU a request", "p50", "p99"},
	}
	next, none := load{World: everything, First: first}, load{World: everything}
	var syncs sample
	for _, connections := range []int{1, 32, 256} {
		var a, d outcomes
		var rates sample
		for range b.rounds {
			rate, err := syncRate(b.dir, b.slice/2)
			if err != nil {
				return err
			}
			for _, s := range []struct {
				p  *process
				l  *load
				to *outcomes
			}{{instant, &none, &a}, {durable, &next, &d}} {
				s.l.What, s.l.Connections, s.l.For = "authorize", connections, b.slice
				o, err := s.p.put(ctx, both, *s.l)
				if err != nil {
					return err
				}
				s.l.First = o.Next
				*s.to = append(*s.to, o)
			}
			again, err := syncRate(b.dir, b.slice/2)
			if err != nil {
				return err
			}
			rates = append(rates, (rate+again)/2)
		}
		syncs = append(syncs, rates...)
		table.rows = append(table.rows,
			append([]string{strconv.Itoa(connections), "on an instant store"}, a.cells()...),
			append([]string{strconv.Itoa(connections), b.engine()}, d.cells()...))
		at := fmt.Sprintf("durable authorizations, %d connections: ", connections)
		if want := map[int]float64{1: 0.5, 32: 2}[connections]; want > 0 {
			b.atLeast(at+"throughput beside the disk's syncs", fmt.Sprint(want, " ×"), want, d.throughput().over(rates), times)
		}
		if connections > 1 {
			b.atLeast(at+"throughput beside an instant store", "0.7 ×", 0.7, d.throughput().over(a.throughput()), times)
		}
		if connections == 32 {
			b.atMost(at+"p99 beside an instant store", "3 ×", 3, d.p99().over(a.p99()), times)
		}
	}
	table.rows = append([][]string{{"", "the disk alone", perSecond(syncs), "", "", ""}}, table.rows...)
	b.add(table)
	return nil
}

// engine is what the database is called.
func (b *bench) engine() string {
	if b.postgres != "" {
		return "on PostgreSQL"
	}
	return "on SQLite"
}

// bulk measures requests for many pairs.
func (b *bench) bulk(ctx context.Context) error {
	p, err := b.server(ctx, both, "bulk")
	if err != nil {
		return err
	}
	defer p.stop()
	before, err := p.memory()
	if err != nil {
		return err
	}
	turns, err := b.inTurn(ctx, both, subject{p, &load{What: "bulk", Connections: 1, For: b.slice, World: everything}})
	if err != nil {
		return err
	}
	found := turns[0]
	after, err := p.memory()
	if err != nil {
		return err
	}
	pairs := found.of(func(o outcome) float64 { return o.perSecond() * bulkApps * bulkAPIs })
	want := 200_000.0
	if b.postgres != "" {
		want = 80_000
	}
	b.atLeast("pairs authorized in requests of 30 × 100, "+b.engine(), fmt.Sprintf("%.0f /s", want), want, pairs, perSecond)
	b.add(section{
		title:   "Many pairs in a request",
		text:    "30 apps × 100 APIs in each request, on one connection.",
		columns: []string{"server", "pairs", "CPU a request", "a request, p50", "memory before", "after"},
		rows: [][]string{{
			b.engine(), perSecond(pairs), micros(found.cpu()), micros(found.p50()), megabytes(before.now), fmt.Sprintf("%s, %s at most", megabytes(after.now), megabytes(after.most)),
		}},
	})
	return nil
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

// inMillis is a sample of durations.
func inMillis(list []time.Duration) sample {
	s := make(sample, len(list))
	for i, d := range list {
		s[i] = float64(d.Microseconds()) / 1000
	}
	return s
}
