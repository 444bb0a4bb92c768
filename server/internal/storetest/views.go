package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var viewCases = []testCase{
	{"view/sees the last finished update", viewSeesLast},
	{"view/doesn't wait for an update", viewDoesNotWait},
	{"view/is of one state", viewOfOneState},
	{"view/is of one state among updates", viewAmongUpdates},
}

// viewUntil reads the end of a record in a view of its own.
func (s scene) viewUntil(ctx context.Context, id grant.AuthorizationID) (until time.Time, err error) {
	return until, s.store.View(ctx, func(r grant.Reader) error {
		auth, err := r.Authorization(ctx, here, id)
		until = auth.Until
		return err
	})
}

// Everybody sees at least what they have done themselves.
func viewSeesLast(s scene) {
	apps := make([]grant.AppID, 8)
	for i := range apps {
		apps[i] = grant.AppID(fmt.Sprint("app", i))
	}
	made := s.insert(here, each(apps, func(app grant.AppID) grant.Authorization { return pair("api", app) })...)
	s.concurrently(len(made), func(i int) error {
		for round := range 20 {
			want := noon.Add(time.Duration(round) * time.Second)
			if err := s.try(func(tx grant.Tx) error { return tx.SetUntil(s.Context(), made[i].ID, want) }); err != nil {
				return err
			}
			if got, err := s.viewUntil(s.Context(), made[i].ID); err != nil || !got.Equal(want) {
				return fmt.Errorf("set %v, found %v, %w", want, got, err)
			}
		}
		return nil
	})
}

// A view inside an update ends before it does, and sees the state before it.
func viewDoesNotWait(s scene) {
	before := s.before()
	for _, project := range []grant.ProjectID{here.Project, ""} {
		ctx, cancel := context.WithTimeout(s.Context(), patience)
		defer cancel()
		var viewed state
		var viewErr error
		refusal := errors.New("refused")
		err := s.store.Update(s.Context(), project, func(tx grant.Tx) error {
			if err := before.everything(s.Context(), tx); err != nil {
				return err
			}
			viewErr = s.store.View(ctx, func(r grant.Reader) (err error) {
				viewed, err = before.state(ctx)(r)
				return err
			})
			return refusal
		})
		if !errors.Is(err, refusal) || viewErr != nil {
			s.Fatalf("update: %v, view: %v", err, viewErr)
		}
		s.diff("viewed", before.was, viewed)
	}
	s.wantBefore(before)
}

// What an update does while a view is under way, a view that has looked at
// something already doesn't see, or else it starts afresh and sees all of it.
func viewOfOneState(s scene) {
	before := s.before()
	runs := 0
	var viewed state
	err := s.store.View(s.Context(), func(r grant.Reader) error {
		runs++
		if _, err := r.AppliedCatalog(s.Context()); err != nil {
			return err
		}
		if runs == 1 {
			ctx, cancel := context.WithTimeout(s.Context(), patience)
			defer cancel()
			err := s.store.Update(ctx, here.Project, func(tx grant.Tx) error { return before.everything(ctx, tx) })
			if err != nil {
				return err
			}
		}
		var err error
		viewed, err = before.state(s.Context())(r)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	want := before.was
	if runs > 1 {
		want = mustLook(s, before.state(s.Context()))
	}
	s.diff("viewed", want, viewed)
	s.diff("afterwards", grant.AppliedCatalog{Sum: grant.HashOf("new")}, s.appliedCatalog())
}

// Two records that always end together are never seen apart.
func viewAmongUpdates(s scene) {
	made := s.insert(here, pair("api", "app1"), pair("api", "app2"))
	const writers, readers, rounds = 2, 4, 30
	var working atomic.Int64
	working.Store(writers)
	s.concurrently(writers+readers, func(i int) error {
		if i < writers {
			defer working.Add(-1)
			for range rounds {
				if err := later(s, made...); err != nil {
					return err
				}
			}
			return nil
		}
		for working.Load() > 0 {
			if err := s.viewBoth(made[0].ID, made[1].ID); err != nil {
				return err
			}
		}
		return nil
	})
	for _, auth := range made {
		got, err := s.viewUntil(s.Context(), auth.ID)
		if err != nil {
			s.Error(err)
		}
		s.diff("after all updates", noon.Add(writers*rounds*time.Second), got)
	}
}

// viewBoth makes sure that two records end together.
func (s scene) viewBoth(a, b grant.AuthorizationID) error {
	return s.store.View(s.Context(), func(r grant.Reader) error {
		first, err := r.Authorization(s.Context(), here, a)
		if err != nil {
			return err
		}
		second, err := r.Authorization(s.Context(), here, b)
		if err == nil && !first.Until.Equal(second.Until) {
			err = fmt.Errorf("one ends at %v, the other at %v", first.Until, second.Until)
		}
		return err
	})
}

// later adds a second to the ends of records, that of the first counting.
func later(s scene, records ...grant.Authorization) error {
	return s.try(func(tx grant.Tx) error { return addSecond(s.Context(), tx, records) })
}

func addSecond(ctx context.Context, tx grant.Tx, records []grant.Authorization) error {
	first, err := tx.Authorization(ctx, here, records[0].ID)
	if err != nil {
		return err
	}
	until := first.Until
	if until.IsZero() {
		until = noon
	}
	for _, record := range records {
		if err := tx.SetUntil(ctx, record.ID, until.Add(time.Second)); err != nil {
			return err
		}
	}
	return nil
}
