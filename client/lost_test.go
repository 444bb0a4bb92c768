package client_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appgrant/appgrant/client"
)

// losses are the ways in which an answer gets lost.
var losses = []struct {
	name       string
	carriedOut bool
	status     int // that is known all the same
	loses      func(op operation) act
}{
	{name: "closed before", loses: func(operation) act { return drops }},
	{name: "closed after", carriedOut: true, loses: func(operation) act { return done(drops) }},
	{name: "reset after", carriedOut: true, loses: func(operation) act { return done(resets) }},
	{name: "half a header", carriedOut: true, loses: func(operation) act { return done(writes("HTTP/1.1 20")) }},
	{name: "no HTTP", carriedOut: true, loses: func(operation) act { return done(writes("SSH-2.0-OpenSSH_9.6\r\n\r\n")) }},
	{name: "shorter than told", carriedOut: true, loses: func(op operation) act { return done(cuts(withBody(op), `{"auths": [`, false)) }},
	{name: "chunks cut off", carriedOut: true, loses: func(op operation) act { return done(cuts(withBody(op), `{"auths": [`, true)) }},
	{name: "error cut off", carriedOut: true, status: 500, loses: func(operation) act {
		return done(traced(cuts(500, `{"error_code": "A`, true)))
	}},
	{name: "refusal cut off", status: 404, loses: func(operation) act { return traced(cuts(404, `{"error_code": "A`, false)) }},
}

// withBody is the status of success, or another one if that has no body.
func withBody(op operation) int {
	if op.status == 204 {
		return 200
	}
	return op.status
}

func TestAnswerIsLostForEver(t *testing.T) {
	t.Parallel()
	for _, loss := range losses {
		t.Run(loss.name, func(t *testing.T) {
			t.Parallel()
			forEachOperation(t, func(t *testing.T, op operation) {
				s, c := newStage(t, []act{loss.loses(op)})
				err := op.call(t.Context(), c)
				wantCutOff(t, err, op.name, op.attempts(), loss.status)
				if got := len(s.arrived()); got != op.attempts() {
					t.Errorf("%d requests, want %d", got, op.attempts())
				}
				if got := s.carriedOut(); !op.repeatable && got > 1 {
					t.Errorf("carried out %d times", got)
				}
			})
		})
	}
}

func TestAnswerIsLostOnce(t *testing.T) {
	t.Parallel()
	for _, loss := range losses {
		t.Run(loss.name, func(t *testing.T) {
			t.Parallel()
			forEachOperation(t, func(t *testing.T, op operation) {
				s, c := newStage(t, []act{loss.loses(op), op.works()})
				err := op.call(t.Context(), c)
				requests, effects := 2, 1
				if loss.carriedOut {
					effects++ // which does what one does
				}
				if op.repeatable {
					if err != nil {
						t.Errorf("got %v, want it to be repeated", err)
					}
				} else {
					wantCutOff(t, err, op.name, 1, loss.status)
					requests, effects = 1, effects-1
				}
				if got := len(s.arrived()); got != requests {
					t.Errorf("%d requests, want %d", got, requests)
				}
				if got := s.carriedOut(); got != effects {
					t.Errorf("carried out %d times, want %d", got, effects)
				}
			})
		})
	}
}

// On a connection that was used before, net/http would repeat some requests by itself.
func TestAnswerIsLostOnUsedConnection(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		s, c := newStage(t, []act{op.works(), done(drops)})
		if err := op.call(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		wantUnreachable(t, op.call(t.Context(), c), op.name, op.attempts())
		if got, want := s.carriedOut(), 1+op.attempts(); got != want {
			t.Errorf("carried out %d times, want %d", got, want)
		}
	})
}

// A listener that closes connections as soon as it has them: nobody can tell whether
// the request was read.
func TestConnectionIsClosedAtOnce(t *testing.T) {
	t.Parallel()
	forEachOperation(t, func(t *testing.T, op operation) {
		s := &stage{t: t, acts: []act{op.works()}}
		server := httptest.NewUnstartedServer(s)
		slams := &slamming{Listener: server.Listener, times: 1}
		server.Listener = slams
		server.Start()
		t.Cleanup(server.Close)
		err := op.call(t.Context(), newClient(t, server.URL))
		if op.repeatable {
			if err != nil {
				t.Errorf("got %v, want it to be repeated", err)
			}
		} else {
			wantUnreachable(t, err, op.name, 1)
		}
		if got, want := slams.accepted.Load(), int64(min(op.attempts(), 2)); got != want {
			t.Errorf("%d connections, want %d", got, want)
		}
	})
}

// slamming closes the first connections.
type slamming struct {
	net.Listener
	times    int64
	accepted atomic.Int64
}

// Accept implements net.Listener.
func (l *slamming) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || l.accepted.Add(1) > l.times {
			return conn, err
		}
		_ = conn.Close()
	}
}

// stallings are the ways in which an answer does not come to an end.
var stallings = []struct {
	name   string
	status int // that is known all the same
	stalls func(op operation) act
}{
	{name: "before the header", stalls: func(operation) act { return done(stalls) }},
	{name: "in the body", stalls: func(op operation) act { return done(stallsInBody(withBody(op), `{"auths": [`)) }},
	{name: "in a refusal's body", status: 404, stalls: func(operation) act { return done(traced(stallsInBody(404, `{"error_code": `))) }},
	{name: "in an error's body", status: 500, stalls: func(operation) act { return done(traced(stallsInBody(500, `{"error_code": `))) }},
}

func TestAnswerStalls(t *testing.T) {
	t.Parallel()
	for _, stalling := range stallings {
		t.Run(stalling.name, func(t *testing.T) {
			t.Parallel()
			forEachOperation(t, func(t *testing.T, op operation) {
				synctest.Test(t, func(t *testing.T) {
					s, c := newPipedStage(t, []act{stalling.stalls(op)}, client.WithTimeout(time.Minute))
					begin := time.Now()
					err := op.call(t.Context(), c)
					wantCutOff(t, err, op.name, op.attempts(), stalling.status)
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%v is not context.DeadlineExceeded", err)
					}
					if got, want := time.Since(begin).Round(time.Minute), time.Duration(op.attempts())*time.Minute; got != want {
						t.Errorf("it took %v, want %v", got, want)
					}
					if got := s.carriedOut(); got != op.attempts() {
						t.Errorf("carried out %d times, want %d", got, op.attempts())
					}
				})
			})
		})
	}
}

func TestAnswerStallsOnce(t *testing.T) {
	t.Parallel()
	for _, stalling := range stallings {
		t.Run(stalling.name, func(t *testing.T) {
			t.Parallel()
			forEachOperation(t, func(t *testing.T, op operation) {
				synctest.Test(t, func(t *testing.T) {
					s, c := newPipedStage(t, []act{stalling.stalls(op), op.works()})
					begin := time.Now()
					err := op.call(t.Context(), c)
					if op.repeatable && err != nil {
						t.Errorf("got %v, want it to be repeated", err)
					}
					if !op.repeatable {
						wantCutOff(t, err, op.name, 1, stalling.status)
					}
					if got := time.Since(begin).Round(time.Second); got != client.DefaultTimeout {
						t.Errorf("it took %v, want %v", got, client.DefaultTimeout)
					}
					if got, want := s.carriedOut(), min(op.attempts(), 2); got != want {
						t.Errorf("carried out %d times, want %d", got, want)
					}
				})
			})
		})
	}
}
