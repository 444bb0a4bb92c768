package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var contextCases = []testCase{
	{"context/ended before", endedBefore},
	{"context/ends inside", endsInside},
	{"context/ends while waiting", endsWaiting},
	{"context/ends at any time", endsAnyTime},
	{"context/ends in a view", endsInView},
}

// patience is for what should not take long and would be waited for forever.
const patience = 20 * time.Second

func endedBefore(s scene) {
	before := s.before()
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	err := s.store.Update(ctx, here.Project, func(tx grant.Tx) error { return before.everything(ctx, tx) })
	if !errors.Is(err, context.Canceled) {
		s.Errorf("got the error %v", err)
	}
	s.wantBefore(before)
}

// A context that ends at any point inside a transaction undoes it, whether or not
// the transaction uses the context again.
func endsInside(s scene) {
	before := s.before()
	for _, again := range []bool{false, true} {
		ctx, cancel := context.WithCancel(s.Context())
		err := s.store.Update(ctx, here.Project, func(tx grant.Tx) error {
			if err := before.everything(ctx, tx); err != nil {
				return err
			}
			cancel()
			if again {
				return tx.Insert(ctx, here, []grant.Authorization{pair("new", "app2")})
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			s.Errorf("got the error %v", err)
		}
	}
	s.wantBefore(before)
}

// A transaction whose context ends while another one is under way gives up
// without waiting for it to end.
func endsWaiting(s scene) {
	before := s.before()
	for _, project := range []grant.ProjectID{here.Project, ""} {
		var waiting error
		s.update(func(tx grant.Tx) error {
			if _, err := before.state(s.Context())(tx); err != nil {
				return err
			}
			ctx, cancel := context.WithCancel(s.Context())
			done := make(chan error, 1)
			go func() {
				done <- s.store.Update(ctx, project, func(tx grant.Tx) error { return before.everything(ctx, tx) })
			}()
			cancel()
			select {
			case waiting = <-done:
			case <-time.After(patience):
				waiting = errors.New("still waiting")
			}
			return nil
		})
		if !errors.Is(waiting, context.Canceled) {
			s.Errorf("got the error %v", waiting)
		}
	}
	s.wantBefore(before)
}

// Wherever the end of the context strikes, all is done or nothing, and the error
// says which, and why.
func endsAnyTime(s scene) {
	want := s.insert(here, pair("api", "app"))
	for i := range 100 {
		ctx, cancel := context.WithTimeout(s.Context(), time.Duration(i)*20*time.Microsecond)
		until := noon.Add(time.Duration(i) * time.Second)
		err := s.store.Update(ctx, here.Project, func(tx grant.Tx) error {
			return errors.Join(
				tx.SetUntil(ctx, want[0].ID, until),
				tx.SetNotice(ctx, want[0].ID, until),
			)
		})
		cancel()
		if err == nil {
			want[0].Until, want[0].Notice = until, until
		} else if !errors.Is(err, context.DeadlineExceeded) {
			s.Errorf("got the error %v", err)
		}
		s.diff("after "+time.Duration(i).String(), want, s.findOne(here, "api"))
	}
}

func endsInView(s scene) {
	before := s.before()
	ctx, cancel := context.WithCancel(s.Context())
	ran := false
	err := s.store.View(ctx, func(r grant.Reader) error {
		ran = true
		if _, err := before.state(ctx)(r); err != nil {
			return err
		}
		cancel()
		_, err := r.AppliedCatalog(ctx)
		return err
	})
	if !errors.Is(err, context.Canceled) || !ran {
		s.Errorf("ended inside: got the error %v, ran: %v", err, ran)
	}
	err = s.store.View(ctx, func(r grant.Reader) error {
		_, err := r.AppliedCatalog(s.Context())
		return err
	})
	if !errors.Is(err, context.Canceled) {
		s.Errorf("ended before: got the error %v", err)
	}
	s.wantBefore(before)
}
