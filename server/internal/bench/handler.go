package main

import (
	"context"
	"fmt"
	"strconv"
)

// handlers compares the whole server on a store that answers at once with a handler
// that does nothing but decode and encode.
func (b *bench) handlers(ctx context.Context) error {
	bare, err := b.yardstick(ctx, serverOn, "bare")
	if err != nil {
		return err
	}
	defer bare.stop()
	ours, err := b.yardstick(ctx, serverOn, "instant")
	if err != nil {
		return err
	}
	defer ours.stop()
	table := section{
		title:   "Beside a bare handler",
		text:    "The documented authorization request, each for a pair of its own. The server has one processor, the load another.",
		columns: []string{"connections", "handler", "throughput", "CPU a request", "p50", "p99"},
	}
	for _, connections := range []int{1, 32, 256} {
		l := load{What: "authorize", Connections: connections, For: b.slice, World: everything}
		found, err := b.inTurn(ctx, loadOn, subject{bare, &l}, subject{ours, &l})
		if err != nil {
			return err
		}
		for i, name := range []string{"bare", "the server on an instant store"} {
			table.rows = append(table.rows, append([]string{strconv.Itoa(connections), name}, found[i].cells()...))
		}
		at := fmt.Sprintf("the server on an instant store beside a bare handler, %d connections: ", connections)
		b.atLeast(at+"throughput", "0.8 ×", 0.8, found[1].throughput().over(found[0].throughput()), times)
		b.atMost(at+"CPU a request", "1.3 ×", 1.3, found[1].cpu().over(found[0].cpu()), times)
	}
	b.add(table)
	return nil
}

// subject is a process and what it is measured with.
type subject struct {
	p *process
	l *load
}

// inTurn puts a load on each of some processes, one after the other, in each round.
func (b *bench) inTurn(ctx context.Context, cpus []int, subjects ...subject) ([]outcomes, error) {
	found := make([]outcomes, len(subjects))
	for range b.rounds {
		for i, s := range subjects {
			o, err := s.p.put(ctx, cpus, *s.l)
			if err != nil {
				return nil, err
			}
			s.l.First = o.Next
			found[i] = append(found[i], o)
		}
	}
	return found, nil
}

// cells are what the tables say of a load.
func (list outcomes) cells() []string {
	return []string{perSecond(list.throughput()), micros(list.cpu()), micros(list.p50()), micros(list.p99())}
}
