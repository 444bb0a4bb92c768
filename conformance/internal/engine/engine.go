package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/judge"
	"github.com/appgrant/appgrant/conformance/report"
)

// Engine runs cases against a target. It may be used by any number of goroutines.
type Engine struct {
	target   *Target
	client   *http.Client
	services *judge.Judge
	admin    *judge.Judge
	shared   *world // of the cases that change nothing, whatever happens

	// alone is held by a case that changes what other cases find, too.
	alone sync.Mutex
}

// Workers is how many cases run at once.
const Workers = 16

// New makes an engine. Service operations are held against the judge services, those
// of the admin contract against admin.
func New(target *Target, services, admin *judge.Judge) *Engine {
	return &Engine{target: target, client: target.client(2 * Workers), services: services, admin: admin}
}

// Open asks whether the target can be judged at all, finds out what it offers of the
// admin contract, and makes what harmless cases share. The error says what is wrong
// with the target or how it is described.
func (e *Engine) Open(ctx context.Context) error {
	if !e.target.has(cases.Admin) {
		x := &exchange.Exchange{Method: http.MethodGet, URL: e.target.Endpoint, RequestHeader: http.Header{}}
		x.Do(ctx, e.client)
		if x.Unreachable() {
			return fmt.Errorf("nobody answers: %w", x.Err)
		}
		e.shared = e.givenWorld()
		return e.tryTokens(ctx)
	}
	shared := newWorld(time.Now())
	if err := e.makeWorld(ctx, shared, allServices); err != nil {
		return err
	}
	e.shared = shared
	if x := e.setClock(ctx, shared, time.Now()); x.Status == http.StatusOK {
		e.target.Features = append(e.target.Features, cases.Clock, cases.Faults)
	}
	e.resetClock(ctx, shared)
	return nil
}

// Close throws away what Open made.
func (e *Engine) Close(ctx context.Context) error {
	defer e.client.CloseIdleConnections()
	if e.shared == nil || !e.shared.own {
		return nil
	}
	return e.dropWorld(ctx, e.shared, allServices)
}

// Run runs cases, several at once, and hands each outcome to done, in the order they
// come. It ends early with ctx; the cases that did not run then are not handed over.
func (e *Engine) Run(ctx context.Context, all []cases.Case, done func(report.Case)) {
	queue := make(chan *run)
	var workers sync.WaitGroup
	var mu sync.Mutex
	for range Workers {
		workers.Go(func() {
			for r := range queue {
				result := r.outcome()
				if ctx.Err() != nil {
					continue // it may have failed of that
				}
				mu.Lock()
				done(result)
				mu.Unlock()
			}
		})
	}
	for _, c := range all {
		select {
		case queue <- e.prepare(ctx, c): // in order, so that what serves once goes to the first
		case <-ctx.Done():
		}
	}
	close(queue)
	workers.Wait()
}

// Case runs one case.
func (e *Engine) Case(ctx context.Context, c cases.Case) report.Case {
	return e.prepare(ctx, c).outcome()
}

// prepare finds out what a case lacks, if anything.
func (e *Engine) prepare(ctx context.Context, c cases.Case) *run {
	r := &run{Engine: e, ctx: ctx, c: c, result: report.Case{
		ID: c.ID, About: c.About, Kind: string(c.Kind), Operation: c.Operation, Document: c.Document,
		Generated: c.Generated, Status: statusOf(c), Outcome: report.Pass,
	}}
	if reason := r.missing(); reason != "" {
		r.result.Outcome, r.result.Reason = report.Skipped, reason
	}
	return r
}

// outcome runs a case that was prepared.
func (r *run) outcome() report.Case {
	if r.result.Outcome == report.Skipped {
		return r.result
	}
	if !r.c.Harmless && !r.target.has(cases.Admin) {
		r.alone.Lock()
		defer r.alone.Unlock()
	}
	start := time.Now()
	if err := r.do(); err != nil {
		r.result.Outcome, r.result.Reason = report.Errored, err.Error()
	} else if len(r.result.Findings) > 0 {
		r.result.Outcome = report.Fail
	}
	r.result.Duration = time.Since(start)
	return exchange.Tell(r.result, append(r.world.secrets(), r.target.AdminToken), r.exchanges...)
}

// statusOf is the status a case is about: the last one it expects of its operation.
func statusOf(c cases.Case) int {
	status := 0
	for _, s := range c.Steps {
		if s.Call != c.Operation {
			continue
		}
		if s.Expect.Status != 0 {
			status = s.Expect.Status
		}
		for _, share := range s.Expect.Among {
			status = share.Status
		}
	}
	return status
}

var errStopped = errors.New("the run was stopped")
