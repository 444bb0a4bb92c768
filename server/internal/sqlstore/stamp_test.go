package sqlstore

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func stampAt(change uint32) (s stamp) {
	binary.NativeEndian.PutUint32(s[stampChange:], change)
	s[stampIsInit] = 1
	return s
}

// A state is carried on only if nobody else can have committed meanwhile.
func TestStampFollows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		before, after stamp
		wrote, want   bool
	}{
		{"our commit alone", stampAt(7), stampAt(8), true, true},
		{"another's besides", stampAt(7), stampAt(9), true, false},
		{"nothing was written", stampAt(7), stampAt(7), false, true},
		{"another's alone", stampAt(7), stampAt(8), false, false},
		{"ours is not there", stampAt(7), stampAt(7), true, false},
		{"the counter is full", stampAt(1<<32 - 1), stampAt(0), true, true},
		{"nothing is known of before", stamp{}, stampAt(1), true, false},
		{"nothing is known of after", stampAt(7), stamp{}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.after.follows(c.before, c.wrote); got != c.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

// What is known ends with a commit of others, also if it comes between ours and our
// look at it.
func TestMemoEnds(t *testing.T) {
	t.Parallel()
	state := stampAt(1)
	m := &memo{state: func() stamp { return state }}
	known := func() map[string]bool {
		got := map[string]bool{}
		at := m.now()
		for _, name := range []string{"a", "b"} {
			_, got[name] = m.recall(at, name)
		}
		return got
	}
	want := func(what string, a, b bool) {
		t.Helper()
		if d := cmp.Diff(map[string]bool{"a": a, "b": b}, known()); d != "" {
			t.Errorf("%s (-want +got):\n%s", what, d)
		}
	}
	commit := func(to uint32, wrote bool, changed facts) {
		m.writing.Lock()
		before := m.begin()
		state = stampAt(to)
		m.committed(before, wrote, changed)
		m.writing.Unlock()
	}
	m.learn(m.now(), facts{"a": 1})
	want("learnt", true, false)
	commit(2, true, facts{"b": 1})
	want("ours", true, true)
	commit(3, true, nil)
	want("ours, of which nothing is known", false, false)
	m.learn(m.now(), facts{"a": 1})
	commit(5, true, facts{"b": 1})
	want("ours and another's", false, false)
	past := m.now()
	state = stampAt(6)
	want("another's", false, false)
	m.learn(past, facts{"a": 1})
	want("learnt of a state that is past", false, false)
	m.learn(m.now(), facts{"a": 1})
	m.writing.Lock()
	state = stampAt(7)
	want("while one is writing", false, false)
	m.writing.Unlock()
	want("another's", false, false)
}

// Old facts go when there are many new ones, and what is new counts.
func TestMemoIsBounded(t *testing.T) {
	t.Parallel()
	m := &memo{state: func() stamp { return stampAt(1) }}
	at := m.now()
	for i := range 5 * maxFacts {
		m.learn(at, facts{i: i, "always": i})
		if n := len(m.new) + len(m.old); n > 2*maxFacts {
			t.Fatalf("%d facts", n)
		}
	}
	for about, want := range map[any]any{5*maxFacts - 1: 5*maxFacts - 1, "always": 5*maxFacts - 1, 0: nil} {
		if got, _ := m.recall(at, about); got != want {
			t.Errorf("%v: got %v, want %v", about, got, want)
		}
	}
}

// The index of a log is opened once, and closed with the last store that uses it.
func TestWALIndexIsShared(t *testing.T) {
	t.Parallel()
	first := openStore(t)
	file := first.engine.(*sqlite).file
	second, err := OpenSQLite(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	index := first.engine.(*sqlite).index
	if second.engine.(*sqlite).index != index {
		t.Error("it is opened twice")
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if index.state() == (stamp{}) {
		t.Error("it is closed while it is used")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if index.state() != (stamp{}) {
		t.Error("it is never closed")
	}
}
