package client

import (
	"context"
	"slices"
	"sync"
)

// each does the n parts of a call in their order, some at a time. When one goes wrong or
// ctx ends it starts no more, and waits for those under way. It returns what went wrong, in
// order, or that ctx ended if nothing else kept it from the rest.
func (c *Client) each(ctx context.Context, op string, n int, do func(i int) error) (problems []error) {
	if n == 1 && ctx.Err() == nil { // what most calls are, and a goroutine would have to grow its stack for it
		if err := do(0); err != nil {
			return []error{err}
		}
		return nil
	}
	errs := make([]error, n)
	var stop, left bool
	var mu sync.Mutex
	var running sync.WaitGroup
	free := make(chan struct{}, c.atOnce)
	for i := range n {
		free <- struct{}{}
		mu.Lock()
		stopped := stop || ctx.Err() != nil
		mu.Unlock()
		if stopped {
			left = true
			break
		}
		running.Go(func() {
			defer func() { <-free }()
			if err := do(i); err != nil {
				mu.Lock()
				errs[i], stop = err, true
				mu.Unlock()
			}
		})
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			problems = append(problems, err)
		}
	}
	if left && len(problems) == 0 {
		problems = append(problems, &Error{Op: op, Err: ended(ctx)})
	}
	return problems
}

// distinct leaves out repetitions, which count once.
func distinct(ids []string) []string {
	if len(ids) == 1 {
		return ids
	}
	kept := make([]string, 0, len(ids))
	if len(ids) <= few {
		for _, id := range ids {
			if !slices.Contains(kept, id) {
				kept = append(kept, id)
			}
		}
		return kept
	}
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		if !known[id] {
			known[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

// few ids are found sooner one after the other than in a map.
const few = 8

// index finds ids, which are distinct, in a list.
type index struct {
	ids []string
	at  map[string]int // nil if they are few
}

func newIndex(ids []string) index {
	if len(ids) <= few {
		return index{ids: ids}
	}
	at := make(map[string]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	return index{ids, at}
}

// find is the place of an id, and whether it has one.
func (x index) find(id string) (int, bool) {
	if x.at == nil {
		i := slices.Index(x.ids, id)
		return max(i, 0), i >= 0
	}
	i, known := x.at[id]
	return i, known
}

// span is a part of a list.
type span struct{ from, to int }

func (s span) has(i int) bool { return s.from <= i && i < s.to }

func (s span) len() int { return s.to - s.from }

// split cuts a list of n into parts of at most size; an empty one into one empty part,
// which the service refuses.
func split(n, size int) (parts []span) {
	for from := 0; from < n || len(parts) == 0; from += size {
		parts = append(parts, span{from, min(from+size, n)})
	}
	return parts
}

// only keeps those of a list that are wanted.
func only[T any](list []T, want func(T) bool) (kept []T) {
	for _, item := range list {
		if want(item) {
			kept = append(kept, item)
		}
	}
	return kept
}
