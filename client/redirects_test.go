package client_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/appgrant/appgrant/client"
)

// A redirect is not followed, to the same host or to another one, which might keep the
// token; nor does a policy of the program's own change that.
func TestRedirect(t *testing.T) {
	t.Parallel()
	follows := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return nil },
		// httptest.Server.Close, in whichever test, cuts connections of the default one.
		Transport: http.DefaultTransport.(*http.Transport).Clone(),
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		forEachOperation(t, func(t *testing.T, op operation) {
			elsewhere := &stage{t: t, acts: []act{op.works()}}
			for _, location := range []string{"/elsewhere", serve(t, elsewhere) + "/elsewhere"} {
				for _, opts := range [][]client.Option{nil, {client.WithHTTPClient(follows)}} {
					s, c := newStage(t, []act{answers(status, "", "", "Location", location), op.works()},
						append(opts, client.WithToken("secret"))...)
					wantAnswerError(t, op.call(t.Context(), c), client.AnswerError{
						Op: op.name, Status: status, Where: "status", Problem: "is not " + map[int]string{200: "200", 201: "201", 204: "204"}[op.status],
					})
					if got := len(s.arrived()); got != 1 {
						t.Errorf("%d requests, want 1", got)
					}
				}
			}
			if got := elsewhere.arrived(); len(got) != 0 {
				t.Errorf("the other host was asked %v", got)
			}
		})
	}
	if follows.CheckRedirect(httptest.NewRequest(http.MethodGet, "/", nil), nil) != nil {
		t.Error("the program's client was changed")
	}
}
