package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var transactionCases = []testCase{
	{"transaction/sees its own changes", seesItself},
	{"transaction/error", failing},
	{"transaction/panic", panicking},
	{"transaction/error comes back", errorComesBack},
	{"transaction/context ended before", endedBefore},
	{"transaction/context ends inside", endsInside},
	{"transaction/context ends while waiting", endsWaiting},
}

// everything changes all there is to change in a store of before, and may be run
// again.
func (s scene) everything(before []grant.Authorization) func(ctx context.Context, tx grant.Tx) error {
	return func(ctx context.Context, tx grant.Tx) error {
		_, err := tx.Seed(ctx, []string{"new seed"})
		return errors.Join(
			err,
			tx.Insert(ctx, here, []grant.Authorization{pair("new", "new")}),
			tx.Insert(ctx, elsewhere[0], []grant.Authorization{pair("kept", "app")}),
			tx.SetUntil(ctx, before[0].ID, noon),
			tx.Remove(ctx, []grant.AuthorizationID{before[1].ID}),
			tx.InsertAppCodes(ctx, here, "app", codes("new")),
			tx.RemoveAppCode(ctx, here, "app", "kept"),
		)
	}
}

// before fills a store.
func (s scene) before() []grant.Authorization {
	s.Helper()
	s.insertCodes(here, "app", "kept")
	s.seed("old seed")
	return s.insert(here, pair("kept", "app"), pair("removed", "app"))
}

// wantBefore checks that nothing of everything happened and that the store works.
func (s scene) wantBefore(before []grant.Authorization) {
	s.Helper()
	s.diff("records", before, s.find(here, []grant.APIID{"kept", "removed", "new"}, []grant.AppID{"app", "new"}))
	if got := s.findOne(elsewhere[0], "kept"); len(got) != 0 {
		s.Errorf("found %v elsewhere", got)
	}
	s.wantNoCode(here, "app", "new")
	s.wantCodes(here, "app", "kept")
	s.diff("seeds", []string{"new seed"}, s.seed("old seed", "new seed"))
	s.insert(here, pair("new", "new"))
}

func seesItself(s scene) {
	var during []grant.Authorization
	made := pair("api", "app")
	s.update(func(tx grant.Tx) (err error) {
		records := []grant.Authorization{pair("api", "app"), pair("api", "gone")}
		if err := tx.Insert(s.Context(), here, records); err != nil {
			return err
		}
		made.ID, made.Until = records[0].ID, noon
		err = errors.Join(
			tx.SetUntil(s.Context(), made.ID, noon),
			tx.Remove(s.Context(), []grant.AuthorizationID{records[1].ID}),
			tx.InsertAppCodes(s.Context(), here, "app", codes("code")),
			tx.RemoveAppCode(s.Context(), here, "app", "code"),
		)
		if err != nil {
			return err
		}
		during, err = tx.Authorizations(s.Context(), here, dev, []grant.APIID{"api"}, []grant.AppID{"app", "gone"})
		return err
	})
	s.diff("during", []grant.Authorization{made}, during)
	s.diff("after", during, s.find(here, []grant.APIID{"api"}, []grant.AppID{"app", "gone"}))
}

func failing(s scene) {
	before := s.before()
	refusal := errors.New("refused")
	err := s.store.Update(s.Context(), func(tx grant.Tx) error {
		if err := s.everything(before)(s.Context(), tx); err != nil {
			return err
		}
		return refusal
	})
	if !errors.Is(err, refusal) {
		s.Errorf("got the error %v", err)
	}
	s.wantBefore(before)
}

func panicking(s scene) {
	before := s.before()
	recovered := func() (p any) {
		defer func() { p = recover() }()
		s.update(func(tx grant.Tx) error {
			panic(fmt.Sprintf("after %v", s.everything(before)(s.Context(), tx)))
		})
		return nil
	}()
	s.diff("the panic", any("after <nil>"), recovered)
	s.wantBefore(before)
}

func errorComesBack(s scene) {
	for _, want := range []*grant.Error{
		{Kind: grant.NotOwner, Field: grant.NounApp, Msg: "why"},
		{Kind: grant.Internal, Err: errors.New("the cause")},
	} {
		err := s.store.Update(s.Context(), func(grant.Tx) error { return want })
		if got, ok := errors.AsType[*grant.Error](err); !ok || got != want {
			s.Errorf("got %v, want %v", err, want)
		}
		err = s.store.Update(s.Context(), func(grant.Tx) error { return fmt.Errorf("wrapped: %w", want) })
		if !errors.Is(err, want) {
			s.Errorf("got %v, want %v in it", err, want)
		}
	}
}

func endedBefore(s scene) {
	before := s.before()
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	err := s.store.Update(ctx, func(tx grant.Tx) error { return s.everything(before)(ctx, tx) })
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
		err := s.store.Update(ctx, func(tx grant.Tx) error {
			if err := s.everything(before)(ctx, tx); err != nil {
				return err
			}
			cancel()
			if again {
				return tx.Insert(ctx, here, []grant.Authorization{pair("new", "app")})
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
	var waiting error
	s.update(func(tx grant.Tx) error {
		found, err := tx.Authorizations(s.Context(), here, dev, []grant.APIID{"kept"}, []grant.AppID{"app"})
		if err != nil {
			return err
		}
		if !slices.EqualFunc(found, before[:1], func(a, b grant.Authorization) bool { return cmp.Equal(a, b) }) {
			return fmt.Errorf("found %v", found)
		}
		ctx, cancel := context.WithCancel(s.Context())
		done := make(chan error, 1)
		go func() {
			done <- s.store.Update(ctx, func(tx grant.Tx) error { return s.everything(before)(ctx, tx) })
		}()
		cancel()
		select {
		case waiting = <-done:
		case <-time.After(10 * time.Second):
			waiting = errors.New("still waiting")
		}
		return nil
	})
	if !errors.Is(waiting, context.Canceled) {
		s.Errorf("got the error %v", waiting)
	}
	s.wantBefore(before)
}
