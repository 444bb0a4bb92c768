package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/sqlstore"
)

// grown is a database with some records, and the server on it.
type grown struct {
	*process
	size     uint64
	fresh    uint64 // the first pair that is not authorized
	decision sample // in process, µs
	startups []time.Duration
	disk     int64
	memory   [2]memory // after the start and after the load
	found    map[string]outcomes
}

// growth measures the same calls with few records and with many.
func (b *bench) growth(ctx context.Context) error {
	var list []*grown
	for _, size := range b.sizes {
		g, err := b.grow(ctx, size)
		if err != nil {
			return err
		}
		defer g.stop()
		list = append(list, g)
	}
	kinds := []string{"authorize", "cancel", "list", "access"}
	for range b.rounds {
		for _, kind := range kinds {
			for _, g := range list {
				l := load{What: kind, Connections: 1, For: b.slice / 2, World: everything, First: g.fresh, Known: g.size}
				o, err := g.put(ctx, both, l)
				if err != nil {
					return err
				}
				if kind == "authorize" || kind == "cancel" {
					g.fresh = o.Next
				}
				g.found[kind] = append(g.found[kind], o)
			}
		}
	}
	table := section{
		title:   "With many records",
		text:    "One connection; p50 of each call, with the same apps and APIs in all databases. Cancelling is of an authorization made just before. A list is a page of 100 of one app. Pairs are drawn at random.",
		columns: []string{"records", "authorize", "cancel", "list", "access decision", "in process", "start to first answer", "a record on disk", "memory idle", "after the load"},
	}
	first := list[0]
	for _, g := range list {
		var err error
		if g.memory[1], err = g.process.memory(); err != nil {
			return err
		}
		row := []string{fmt.Sprintf("%.0e", float64(g.size))}
		for _, kind := range kinds {
			row = append(row, micros(g.found[kind].p50()))
			if g != first {
				b.atMost(fmt.Sprintf("p50 of %s at %.0e records beside %.0e", kind, float64(g.size), float64(first.size)), "1.5 ×", 1.5,
					g.found[kind].p50().over(first.found[kind].p50()), times)
			}
		}
		startup := inMillis(g.startups)
		table.rows = append(table.rows, append(row, micros(g.decision), millis(startup),
			fmt.Sprintf("%.0f B", float64(g.disk)/float64(g.size)), megabytes(g.memory[0].now), megabytes(g.memory[1].now)))
		b.atMost(fmt.Sprintf("start to first answer at %.0e records", float64(g.size)), "100 ms", 100, startup, millis)
	}
	last := list[len(list)-1]
	b.atMost(fmt.Sprintf("access decision in process at %.0e records", float64(last.size)), "20 µs", 20, last.decision, micros)
	b.add(table)
	return nil
}

// grow makes a database, asks it in process, and starts a server on it a few times.
func (b *bench) grow(ctx context.Context, size uint64) (*grown, error) {
	name := fmt.Sprintf("growth-%d", size)
	g := &grown{size: size, fresh: size, found: map[string]outcomes{}}
	file := filepath.Join(b.dir, name+".db")
	if err := fill(ctx, file, b.catalog, size, g.decide); err != nil {
		return nil, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	g.disk = info.Size()
	for range 5 {
		if g.process != nil {
			g.stop()
		}
		began := time.Now()
		if g.process, err = b.server(ctx, both, name); err != nil {
			return nil, err
		}
		l := load{What: "access", Connections: 1, World: everything, Known: size, Endpoint: g.endpoint}
		if _, err := l.run(ctx); err != nil { // one request
			g.stop()
			return nil, err
		}
		g.startups = append(g.startups, time.Since(began))
	}
	g.memory[0], err = g.process.memory()
	return g, err
}

// fill makes a database in which the first pairs of the world are authorized, and lets
// then, if it is set, ask it.
func fill(ctx context.Context, file, catalogFile string, records uint64, then func(context.Context, *grant.Authority) error) error {
	store, err := sqlstore.OpenSQLite(ctx, file)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }() // what was acknowledged is kept
	exists, sum, err := readCatalog(catalogFile)
	if err != nil {
		return err
	}
	authority := grant.New(store, time.Now)
	if err := authority.Apply(ctx, exists, sum); err != nil {
		return err
	}
	const step = 500 // APIs of an app at a time
	for done := uint64(0); done < records; {
		app, api := done/uint64(everything.APIs), done%uint64(everything.APIs)
		ask := grant.AuthorizeApps{Project: project, Instance: instance, Env: env, Apps: []grant.AppID{grant.AppID(appID(int(app)))}}
		for i := range min(step, records-done, uint64(everything.APIs)-api) {
			ask.APIs = append(ask.APIs, grant.APIID(apiID(int(api+i))))
		}
		if _, err := authority.AuthorizeApps(ctx, grant.Caller{Name: "owner", RequestID: fmt.Sprintf("%032x", done)}, ask); err != nil {
			return err
		}
		done += uint64(len(ask.APIs))
	}
	if then == nil {
		return nil
	}
	return then(ctx, authority)
}

// decide decides on some of the pairs, in process.
func (g *grown) decide(ctx context.Context, authority *grant.Authority) error {
	for range 5000 {
		app, api := everything.pair(rand.Uint64N(g.size))
		began := time.Now()
		d, err := authority.Decide(ctx, grant.Question{
			Project: project, Service: grant.APIG, Realm: instance, Env: env, API: grant.APIID(api), App: grant.AppID(app),
		})
		if err != nil {
			return err
		}
		if !d.Allowed {
			return fmt.Errorf("the decision is %+v", d)
		}
		g.decision = append(g.decision, float64(time.Since(began).Nanoseconds())/1000)
	}
	return nil
}
