package client

import (
	"context"
	"sync"
)

// each does the n parts of a call in their order, some at a time. When one goes wrong or
// ctx ends it starts no more, and waits for those under way. It returns what went wrong, in
// order, or that ctx ended if nothing else kept it from the rest.
func (c *Client) each(ctx context.Context, op string, n int, do func(i int) error) (problems []error) {
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
	known := make(map[string]bool, len(ids))
	kept := make([]string, 0, len(ids))
	for _, id := range ids {
		if !known[id] {
			known[id] = true
			kept = append(kept, id)
		}
	}
	return kept
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
