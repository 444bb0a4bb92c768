package server_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server"
)

// crowd is how many callers there are at once.
const crowd = 50

// together runs work in n goroutines that begin at the same moment, and waits. A
// Fatal inside ends that goroutine alone; the test has failed then all the same.
func together(n int, work func(i int)) {
	gate := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-gate
			work(i)
		})
	}
	close(gate)
	wg.Wait()
}

// onSameFile makes servers that share a database.
func onSameFile(t *testing.T, n int) []*fixture {
	t.Helper()
	list := []*fixture{start(t)}
	for range n - 1 {
		list = append(list, start(t, func(c *server.Config) { c.Store = list[0].store }))
	}
	return list
}

func TestConcurrentAuthorize(t *testing.T) {
	t.Parallel()
	for name, servers := range map[string]int{"one server": 1, "two servers": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := onSameFile(t, servers)
			replies := make([]reply, crowd)
			together(crowd, func(i int) {
				replies[i] = list[i%servers].do(t, authorize([]string{appOne}, []string{apiOne}))
			})
			statuses, ids := map[string]int{}, map[string]bool{}
			for _, r := range replies {
				statuses[rows(t, r)[0].Status]++
				ids[r.text(t, "auths", 0, "id")] = true
			}
			if diff := cmp.Diff(map[string]int{"SUCCESS": 1, "SKIPPED": crowd - 1}, statuses); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(ids) != 1 {
				t.Errorf("%d ids for one record", len(ids))
			}
		})
	}
}

// Whoever wins, a pair never has two records, and a record is cancelled once.
func TestConcurrentAuthorizeAndCancel(t *testing.T) {
	t.Parallel()
	list := onSameFile(t, 2)
	c := authorize([]string{appOne}, []string{apiOne})
	var mu sync.Mutex
	made, cancelled := map[string]int{}, map[string]int{}
	together(12, func(i int) {
		f := list[i%2]
		for range 8 {
			r := f.do(t, c)
			id := r.text(t, "auths", 0, "id")
			gone := f.do(t, cancel(id))
			mu.Lock()
			if r.text(t, "auths", 0, "auth_result", "status") == "SUCCESS" {
				made[id]++
			}
			switch gone.status {
			case http.StatusNoContent:
				cancelled[id]++
			case http.StatusNotFound: // somebody else was faster
			default:
				t.Errorf("cancel answered %d %s", gone.status, gone.raw)
			}
			mu.Unlock()
		}
	})
	// Each record was made once and, as everybody cancels what they get, cancelled once.
	if diff := cmp.Diff(made, cancelled); diff != "" {
		t.Errorf("made and cancelled differ (-made +cancelled):\n%s", diff)
	}
	for id, n := range made {
		if n != 1 {
			t.Errorf("record %s was made %d times", id, n)
		}
	}
	if diff := cmp.Diff("SUCCESS", rows(t, list[0].do(t, c))[0].Status); diff != "" {
		t.Errorf("a record is left over:\n%s", diff)
	}
}

// Of many who take the same thing away, one does.
func TestConcurrentRemoval(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		call func(f *fixture) call
		won  func(r reply) bool
	}{
		{
			"apig cancel",
			func(f *fixture) call {
				return cancel(f.do(t, authorize([]string{appOne}, []string{apiOne})).text(t, "auths", 0, "id"))
			},
			func(r reply) bool { return r.status == http.StatusNoContent },
		},
		{
			"roma",
			func(*fixture) call { return deleteCode(romaApp, romaCode) },
			func(r reply) bool { return r.status == http.StatusNoContent },
		},
		{
			"modelarts",
			func(*fixture) call { return unauthorize(modelApp) },
			func(r reply) bool { return r.member(t, "unauth_result", 0, "success") == true },
		},
		{
			"dataarts",
			func(f *fixture) call {
				expect(t, f.do(t, act("AUTHORIZE", future)), http.StatusNoContent, nil)
				return act("APP_CANCEL_AUTHORIZE", "")
			},
			func(r reply) bool { return r.status == http.StatusNoContent },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list := onSameFile(t, 2)
			c := test.call(list[0])
			replies := make([]reply, 20)
			together(len(replies), func(i int) { replies[i] = list[i%2].do(t, c) })
			winners := 0
			for _, r := range replies {
				if r.status >= http.StatusInternalServerError {
					t.Errorf("%d %s", r.status, r.raw)
				}
				if test.won(r) {
					winners++
				}
			}
			if winners != 1 {
				t.Errorf("%d of %d did it", winners, len(replies))
			}
		})
	}
}

// Many who authorize in DataArts Studio leave the latest end.
func TestConcurrentActions(t *testing.T) {
	t.Parallel()
	f := start(t)
	together(20, func(i int) {
		if r := f.do(t, act("AUTHORIZE", in(50+i))); r.status != http.StatusNoContent {
			illegal("the validity can be extended, not shortened").expect(t, r)
		}
	})
	f.walk(t, []step{
		{"shorter than the last", act("AUTHORIZE", in(50+18)), illegal("the validity can be extended, not shortened")},
		{"the last", act("AUTHORIZE", in(50+19)), failure{}},
	})
}

// What was answered survives the server, and what was taken away doesn't come
// back from the catalog.
func TestRestart(t *testing.T) {
	t.Parallel()
	first := start(t)
	pair := authorize([]string{appOne}, []string{apiOne})
	made := first.do(t, pair)
	expect(t, first.do(t, deleteCode(romaApp, romaCode)), http.StatusNoContent, nil)
	expectResults(t, first.do(t, unauthorize(modelApp)), result(modelAPI, modelApp, ""))
	expect(t, first.do(t, act("AUTHORIZE", in(50))), http.StatusNoContent, nil)
	if err := first.server.Close(); err != nil {
		t.Fatal(err)
	}

	second := start(t, func(c *server.Config) { c.Store = first.store })
	want := made.member(t, "auths", 0).(map[string]any)
	want["auth_result"] = map[string]any{"status": "SKIPPED"}
	if diff := cmp.Diff(any(want), second.do(t, pair).member(t, "auths", 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	failure{404, "APIG.3082", "The AppCode does not exist."}.expect(t, second.do(t, deleteCode(romaApp, romaCode)))
	const other = "logic-app-9b9acb40-6df6-4623-9f87-e0dae781d867"
	expectResults(t, second.do(t, unauthorize(modelApp, other)),
		result(modelAPI, modelApp, unbound(modelApp)), result(modelAPI, other, ""))
	illegal("the validity can be extended, not shortened").expect(t, second.do(t, act("AUTHORIZE", in(49))))
	expect(t, second.do(t, act("APP_CANCEL_AUTHORIZE", "")), http.StatusNoContent, nil)
}
