package grant

import (
	"context"
	"slices"
	"time"
)

// maxFaults is how many faults a project may have.
const maxFaults = 100

// Pair is an API and an app.
type Pair struct {
	API APIID
	App AppID
}

// Fault is something that a test wants to go wrong: the next Times calls of an
// operation in a project wait for Delay, fail with Status, or both; or those of
// them that ask for one of Pairs find that it fails.
type Fault struct {
	ID         int64
	Operation  string // operationId
	Times      int
	Delay      time.Duration
	Status     int // 0: the call goes on after the delay
	RetryAfter int // seconds, told with the failure; 0: nothing is told
	Pairs      []Pair
}

// AddFault adds a fault to a project.
//
// Errors: NotFound project; Invalid for a fault that does nothing or mixes pairs
// with the rest; Conflict if the project has too many.
//
// openapi: AddFault
func (a *Authority) AddFault(ctx context.Context, caller Caller, project ProjectID, f Fault) error {
	fails := f.Status != 0 || f.Delay != 0
	switch {
	case fails == (len(f.Pairs) > 0):
		return &Error{Kind: Invalid, Field: "pairs", Msg: "a fault has a status, a delay or both, or else pairs"}
	case len(f.Pairs) > 0 && f.Operation != string(MayAuthorizeApps):
		return &Error{Kind: Invalid, Field: "pairs", Msg: "this operation has none"}
	}
	return a.operate(ctx, caller, project, "AddFault", func(w *work) error {
		known, err := w.Faults(ctx, project)
		if err != nil {
			return err
		}
		if len(known) >= maxFaults {
			return &Error{Kind: Conflict, Msg: "the project has too many faults"}
		}
		return w.InsertFault(ctx, project, f)
	})
}

// Faults lists a project's faults, the next first.
//
// openapi: ListFaults
func (a *Authority) Faults(ctx context.Context, project ProjectID) (faults []Fault, err error) {
	err = a.look(ctx, project, func(r Reader, _ time.Time) (err error) {
		faults, err = r.Faults(ctx, project)
		return err
	})
	return faults, err
}

// ClearFaults forgets a project's faults.
//
// openapi: ClearFaults
func (a *Authority) ClearFaults(ctx context.Context, caller Caller, project ProjectID) error {
	return a.operate(ctx, caller, project, "ClearFaults", func(w *work) error {
		faults, err := w.Faults(ctx, project)
		if err != nil {
			return err
		}
		for _, f := range faults {
			if err := w.SetFaultTimes(ctx, f.ID, 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// TakeFault returns what is to go wrong with a member's call that has just come
// in, and counts it; nil if nothing is.
func (a *Authority) TakeFault(ctx context.Context, caller Caller, project ProjectID, operation string) (*Fault, error) {
	faulty := false
	err := a.store.View(ctx, func(r Reader) error {
		faulty = false
		revision, err := r.Revision(ctx, project)
		if err != nil || !revision.Faulty {
			return err
		}
		_, faulty, err = r.Permissions(ctx, caller.Name, project)
		return err
	})
	if err != nil || !faulty {
		if IsNotFound(err) {
			err = nil
		}
		return nil, err
	}
	var taken *Fault
	err = a.store.Update(ctx, project, func(tx Tx) (err error) {
		taken, err = takeFault(ctx, tx, project, func(f Fault) bool { return f.Operation == operation && len(f.Pairs) == 0 })
		return err
	})
	return taken, err
}

// failingPairs are the pairs that a test wants to fail this time.
func (w *work) failingPairs(ctx context.Context, apis []APIID, apps []AppID) (map[Pair]bool, error) {
	if !w.faulty {
		return nil, nil
	}
	asked := func(p Pair) bool { return slices.Contains(apis, p.API) && slices.Contains(apps, p.App) }
	f, err := takeFault(ctx, w.Tx, w.ID, func(f Fault) bool { return slices.ContainsFunc(f.Pairs, asked) })
	if err != nil || f == nil {
		return nil, err
	}
	failing := make(map[Pair]bool, len(f.Pairs))
	for _, p := range f.Pairs {
		failing[p] = true
	}
	return failing, nil
}

// takeFault counts and returns the first fault that fits, or nil.
func takeFault(ctx context.Context, tx Tx, project ProjectID, fits func(Fault) bool) (*Fault, error) {
	faults, err := tx.Faults(ctx, project)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(faults, fits)
	if i < 0 {
		return nil, nil
	}
	return &faults[i], tx.SetFaultTimes(ctx, faults[i].ID, faults[i].Times-1)
}
