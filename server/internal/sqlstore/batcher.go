package sqlstore

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// maxBatch is how many updates share a transaction at the most.
const maxBatch = 256

// update is one call of Update on its way through a batch.
type update struct {
	ctx  context.Context
	fn   func(grant.Tx) error
	done chan error

	mu    sync.Mutex
	state updateState
	panic any
}

type updateState int

const (
	waiting updateState = iota
	taken               // a batch has it, and will answer
	gone                // the caller has left
)

// take gives the update to a batch, unless the caller has left.
func (u *update) take() bool { return u.move(taken) }

// leave takes the update back, unless a batch has it.
func (u *update) leave() bool { return u.move(gone) }

func (u *update) move(to updateState) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.state == waiting {
		u.state = to
	}
	return u.state == to
}

// run lets the update do its work. A panic is kept for the caller; an update whose
// caller has stopped waiting has failed, whatever it did.
func (u *update) run(tx grant.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			u.panic = fmt.Sprintf("%v\n%s", p, debug.Stack())
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	u.panic = nil
	if err := u.fn(tx); err != nil {
		return err
	}
	return u.ctx.Err()
}

// batcher lets updates that wait at the same time share one transaction, and with
// it the wait for the disk. Updates of different lanes don't wait for each other.
type batcher struct {
	// run carries out a batch and answers each of its updates that it takes.
	run func(lane string, batch []*update)

	mu    sync.Mutex
	lanes map[string][]*update // those that wait; a lane is there while it is served
}

// do hands an update to its lane and waits for the answer.
func (b *batcher) do(ctx context.Context, lane string, fn func(grant.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	u := &update{ctx: ctx, fn: fn, done: make(chan error, 1)}
	b.mu.Lock()
	queue, served := b.lanes[lane]
	if b.lanes == nil {
		b.lanes = make(map[string][]*update)
	}
	b.lanes[lane] = append(queue, u)
	b.mu.Unlock()
	if !served {
		go b.serve(lane)
	}

	select {
	case err := <-u.done:
		return u.answer(err)
	case <-ctx.Done():
		if u.leave() {
			return ctx.Err()
		}
		return u.answer(<-u.done)
	}
}

func (u *update) answer(err error) error {
	if u.panic != nil {
		panic(u.panic)
	}
	return err
}

// serve carries out what waits in a lane until nothing does.
func (b *batcher) serve(lane string) {
	for {
		b.mu.Lock()
		queue := b.lanes[lane]
		if len(queue) == 0 {
			delete(b.lanes, lane)
			b.mu.Unlock()
			return
		}
		batch := queue[:min(len(queue), maxBatch)]
		b.lanes[lane] = queue[len(batch):]
		b.mu.Unlock()
		b.run(lane, batch)
	}
}
