package storetest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// lister reads one page of a list.
type lister[T any] func(r grant.Reader, page grant.Page) (list []T, next string, err error)

type pageOf[T any] struct {
	List []T
	Next string
}

// page reads what must be a page: no longer than asked for, and full if another
// one follows.
func page[T any](s scene, list lister[T], p grant.Page) pageOf[T] {
	s.Helper()
	got := mustLook(s, func(r grant.Reader) (got pageOf[T], err error) {
		got.List, got.Next, err = list(r, p)
		return got, err
	})
	if len(got.List) > p.Limit || got.Next != "" && len(got.List) < p.Limit {
		s.Fatalf("a page of %d has %d items and the next cursor %q", p.Limit, len(got.List), got.Next)
	}
	return got
}

// walk reads a list to its end, between whose pages something may happen.
func walk[T any](s scene, list lister[T], limit int, between func(pages int)) (found []T) {
	s.Helper()
	cursor := ""
	for pages := 1; ; pages++ {
		got := page(s, list, grant.Page{Limit: limit, Cursor: cursor})
		found = append(found, got.List...)
		if got.Next == "" {
			return found
		}
		if pages > 100 {
			s.Fatal("the list has no end")
		}
		between(pages)
		cursor = got.Next
	}
}

func nothing(int) {}

// wantList reads a list by pages of every size, and page by page twice, for a
// cursor may be used again.
func wantList[T any](s scene, what string, want []T, list lister[T]) {
	s.Helper()
	for limit := 1; limit <= len(want)+1; limit++ {
		s.diff(fmt.Sprintf("%s, by %d", what, limit), want, walk(s, list, limit, nothing))
	}
	first := page(s, list, grant.Page{Limit: 1})
	if first.Next == "" {
		return
	}
	for range 2 {
		got := page(s, list, grant.Page{Limit: 1, Cursor: first.Next})
		s.diff(what+", the second one", want[1:2], got.List)
	}
}

// wantStable reads a list by pages of every size while others come and go. Those
// that stay must appear once, in their order, and no other twice. Before each walk
// fresh makes what is to be listed, and returns those that stay.
func wantStable[T any, ID comparable](s scene, id func(T) ID, fresh func(limit int) (list lister[T], stay []ID, between func(pages int))) {
	s.Helper()
	most := 1
	for limit := 1; limit <= most; limit++ {
		list, stay, between := fresh(limit)
		most = len(stay) + 1
		changes := 0
		found := each(walk(s, list, limit, func(pages int) { changes++; between(pages) }), id)
		seen := map[ID]bool{}
		for _, each := range found {
			if seen[each] {
				s.Errorf("by %d: %v is listed twice", limit, each)
			}
			seen[each] = true
		}
		if limit < len(stay) && changes == 0 {
			s.Errorf("by %d: there was but one page", limit)
		}
		s.diff(fmt.Sprintf("what stayed, by %d", limit), stay,
			slices.DeleteFunc(found, func(id ID) bool { return !slices.Contains(stay, id) }))
	}
}

// wantBadCursors makes sure that these are refused, given as what stands in them,
// and those that nothing can stand in.
func wantBadCursors[T any](s scene, list lister[T], texts ...string) {
	s.Helper()
	cursors := []string{"!", "A", "AA==", "größe", "\x00", "' OR 1=1 --", "%"}
	for _, text := range texts {
		cursors = append(cursors, base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	for _, cursor := range cursors {
		err := s.store.View(s.Context(), func(r grant.Reader) error {
			_, _, err := list(r, grant.Page{Limit: 1, Cursor: cursor})
			return err
		})
		if e, ok := errors.AsType[*grant.Error](err); !ok || *e != (grant.Error{Kind: grant.Invalid, Field: "cursor"}) {
			s.Errorf("the cursor %q: got the error %v", cursor, err)
		}
	}
}

// What stands in no cursor of a list whose rows have one key, or two.
var (
	notOneKey  = []string{"x", "-1", "1.2", "1.", ".", ".1", "9223372036854775808", "1 ", "1;2", "0x1", "1\x00", "\xff"}
	notTwoKeys = []string{"1", "1.2.3", "x.1", "1.x", "-1.1", "1.-1", "1.", ".1", ".", "1.9223372036854775808", "1,2", "1.2\x00", "\xff"}
)
