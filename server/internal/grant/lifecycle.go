package grant

import (
	"context"
	"fmt"
	"slices"
)

// State is where an app stands with an API in a cluster of DataArts Studio.
type State string

// The states. Unlinked is ours; the others have the names of the service.
const (
	Unlinked       State = "UNLINKED"              // nothing between them
	LinkWaiting    State = "LINK_WAITING_CHECK"    // an application waits, the app can't call
	Linked         State = "LINKED"                // authorized
	RenewWaiting   State = "RENEW_WAITING_CHECK"   // authorized, and an application for more time waits
	OfflineWaiting State = "OFFLINE_WAITING_CHECK" // authorized, until a notice is carried out
)

// move is what can happen to an app and an API.
type move string

const (
	// The actions of the contract.
	authorize   move = "authorize"
	apply       move = "apply"
	applyForOwn move = "apply for one's own API"
	renew       move = "renew"
	renewOwn    move = "renew one's own API"
	leave       move = "cancel as the app's owner"
	giveNotice  move = "cancel as a reviewer"
	// The answers to an application or a notice.
	approve move = "approve"
	reject  move = "reject"
	execute move = "execute"
	// What time does.
	expire move = "expire" // the authorization's end has come
	lapse  move = "lapse"  // the end that an application asks for has come
	force  move = "force"  // the deadline of a notice has come
)

// transition is an arrow of the lifecycle: on any of the moves, the steps lead
// from one state to another.
type transition struct {
	from  State
	on    []move
	to    State
	steps []step
}

type step func(ctx context.Context, r *relation) error

func on(moves ...move) []move { return moves }
func by(steps ...step) []step { return steps }

// lifecycle is all that can happen; ARCHITECTURE.md draws it. What is not here is
// refused.
var lifecycle = []transition{
	{Unlinked, on(authorize, applyForOwn), Linked, by(link)},
	{Unlinked, on(apply), LinkWaiting, by(ask)},

	{LinkWaiting, on(approve, authorize, applyForOwn), Linked, by(pass, link)},
	{LinkWaiting, on(reject, lapse), Unlinked, by(turnDown)},

	{Linked, on(authorize, applyForOwn, renewOwn), Linked, by(extend)},
	{Linked, on(apply, renew), RenewWaiting, by(ask)},
	{Linked, on(giveNotice), OfflineWaiting, by(announce)},
	{Linked, on(leave, expire), Unlinked, by(unlink)},

	{RenewWaiting, on(approve, authorize, applyForOwn, renewOwn), Linked, by(pass, extend)},
	{RenewWaiting, on(reject, lapse), Linked, by(turnDown)},
	{RenewWaiting, on(giveNotice), OfflineWaiting, by(turnDown, announce)},
	{RenewWaiting, on(leave), Unlinked, by(turnDown, unlink)},
	{RenewWaiting, on(expire), LinkWaiting, by(unlink)},

	{OfflineWaiting, on(execute, leave, force), Unlinked, by(carryOut, unlink)},
}

// find returns the arrow that a move follows, or nil.
func find(from State, m move) *transition {
	for i := range lifecycle {
		if t := &lifecycle[i]; t.from == from && slices.Contains(t.on, m) {
			return t
		}
	}
	return nil
}

// whyNot tells why a state has no arrow for a move.
func whyNot(from State, m move) string {
	switch {
	case from == OfflineWaiting:
		return "a cancellation is under way"
	case from == RenewWaiting:
		return "an application is waiting already"
	case m == renew || m == renewOwn:
		return "there is no authorization to renew"
	case m == leave || m == giveNotice:
		return "there is no authorization to cancel"
	default:
		return "an application is waiting already"
	}
}

// proposals are the moves that ask for an end time.
var proposals = on(authorize, apply, applyForOwn, renew, renewOwn)

// make lets a move happen, now.
func (r *relation) make(ctx context.Context, m move) error {
	t := find(r.state(), m)
	if t == nil {
		return illegal(whyNot(r.state(), m))
	}
	if r.authorization != nil && slices.Contains(proposals, m) {
		switch end := r.authorization.Until; {
		case end.IsZero(), r.until.Before(end):
			return illegal("the validity can be extended, not shortened")
		case r.until.Equal(end):
			return nil
		}
	}
	if m == giveNotice {
		if r.until.Before(r.at.Add(noticeTime)) {
			return illegal("the app has at least two days to prepare")
		}
		if end := r.authorization.Until; due(end, r.until) {
			r.until = end // when nothing is left to cancel
		}
	}
	return r.follow(ctx, t, m)
}

// follow takes the steps of an arrow.
func (r *relation) follow(ctx context.Context, t *transition, m move) error {
	r.move = m
	for _, s := range t.steps {
		if err := s(ctx, r); err != nil {
			return err
		}
	}
	if r.state() != t.to {
		return fmt.Errorf("to %s led from %s to %s, not to %s", m, t.from, r.state(), t.to)
	}
	return nil
}
