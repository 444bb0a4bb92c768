package grant

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Authority decides and carries out the operations. It is safe for concurrent
// use.
type Authority struct {
	// TestControls makes faults happen that tests have asked for. It is set before
	// the first operation.
	TestControls bool

	store    Store
	clock    func() time.Time
	projects directories
}

// New makes an Authority over what is in a store. clock tells the present time.
func New(s Store, clock func() time.Time) *Authority {
	return &Authority{store: s, clock: clock}
}

// now is the present in the precision that stores keep.
func (a *Authority) now() time.Time { return a.clock().UTC().Truncate(time.Microsecond) }

// Caller is on whose behalf an operation is carried out.
type Caller struct {
	Name      UserName // empty: the operator, who holds the admin token
	RequestID string
}

func (c Caller) isOperator() bool { return c.Name == "" }

func (c Caller) actor() string {
	if c.isOperator() {
		return Operator
	}
	return string(c.Name)
}

// Authenticate finds the user a token belongs to.
//
// Errors: UnknownToken; ExpiredToken from the token's last instant on.
func (a *Authority) Authenticate(ctx context.Context, token string) (UserName, error) {
	var user User
	err := a.store.View(ctx, func(r Reader) (err error) {
		user, err = r.User(ctx, HashOf(token))
		return err
	})
	switch {
	case IsNotFound(err):
		return "", &Error{Kind: UnknownToken}
	case err != nil:
		return "", err
	case due(user.ExpiresAt, a.now()):
		return "", &Error{Kind: ExpiredToken, Msg: user.ExpiresAt.UTC().Format(time.RFC3339)}
	}
	return user.Name, nil
}

// work is an operation under way: a transaction on one project.
type work struct {
	Tx
	*directory
	caller Caller
	now    time.Time // by the project's clock
	faulty bool      // the project has faults

	event    Event // what the audit trail is told in the end
	happened bool  // whether there is anything to tell
}

// tell says what the audit trail is to be told.
func (w *work) tell(e Event) { w.event, w.happened = e, true }

// do carries out an operation: it makes sure that the caller belongs to the
// project and may use the operation there, lets fn do the rest, and notes what
// happened, all in one transaction.
func (a *Authority) do(ctx context.Context, caller Caller, project ProjectID, p Permission, fn func(*work) error) error {
	return a.store.Update(ctx, project, func(tx Tx) error {
		permissions, member, err := tx.Permissions(ctx, caller.Name, project)
		switch {
		case err != nil:
			return err
		case !member:
			return &Error{Kind: WrongProject}
		case !slices.Contains(permissions, p):
			return &Error{Kind: NoPermission, Msg: string(p)}
		}
		return a.doPermitted(ctx, tx, caller, project, string(p), fn)
	})
}

func (a *Authority) doPermitted(ctx context.Context, tx Tx, caller Caller, project ProjectID, operation string, fn func(*work) error) error {
	exists, revision, err := a.project(ctx, tx, project)
	if err != nil {
		return err
	}
	w := &work{Tx: tx, directory: exists, caller: caller, now: revision.Clock, faulty: revision.Faulty && a.TestControls}
	if err := fn(w); err != nil {
		return err
	}
	if !w.happened {
		return nil
	}
	w.event.Project, w.event.At = project, a.now()
	w.event.Actor, w.event.Operation, w.event.RequestID = caller.actor(), operation, caller.RequestID
	return tx.AppendEvent(ctx, w.event)
}

// project looks up what exists in a project, and its revision, in which the clock
// is what time it is there.
func (a *Authority) project(ctx context.Context, r Reader, id ProjectID) (*directory, Revision, error) {
	revision, err := a.revision(ctx, r, id)
	if err != nil {
		return nil, revision, err
	}
	if known := a.projects.get(id, revision.Number); known != nil {
		return known, revision, nil
	}
	contents, err := r.Contents(ctx, id)
	if err != nil {
		return nil, revision, err
	}
	d := newDirectory(contents)
	a.projects.put(id, revision.Number, d)
	return d, revision, nil
}

// revision is the store's, with a running clock read.
func (a *Authority) revision(ctx context.Context, r Reader, id ProjectID) (Revision, error) {
	revision, err := r.Revision(ctx, id)
	if revision.Clock.IsZero() {
		revision.Clock = a.now()
	}
	return revision, err
}

// maxDirectories bounds how many projects are held in memory.
const maxDirectories = 1000

// directories remembers what was in projects, by revision.
type directories struct {
	mu    sync.Mutex
	known map[ProjectID]knownDirectory
}

type knownDirectory struct {
	revision int64
	*directory
}

func (d *directories) get(id ProjectID, revision int64) *directory {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known := d.known[id]; known.revision == revision {
		return known.directory
	}
	return nil
}

func (d *directories) put(id ProjectID, revision int64, known *directory) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil {
		d.known = make(map[ProjectID]knownDirectory)
	}
	for other := range d.known { // any one; it comes back when it is needed
		if len(d.known) < maxDirectories {
			break
		}
		delete(d.known, other)
	}
	d.known[id] = knownDirectory{revision, known}
}
