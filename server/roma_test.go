package server_test

import (
	"net/http"
	"testing"
)

func TestDeleteCodeRoles(t *testing.T) {
	t.Parallel()
	f := start(t, inWorld)
	noCode := failure{404, "APIG.3082", "The AppCode does not exist."}
	notOwner := failure{403, "APIG.1005", "No permissions to request this method"}
	for _, test := range []struct { // in this order
		name string
		call call
		want failure // zero: done
	}{
		{"another app's code", worldDeleteCode("depot", "code"), noCode},
		{"existence before role, code", worldDeleteCode("shop", "none").as(carol), noCode},
		{"existence before role, app", worldDeleteCode("none", "code").as(carol), failure{404, "APIG.3004", "App none does not exist"}},
		{"not the app's owner", worldDeleteCode("shop", "code").as(carol), notOwner},
		{"the refused changed nothing", worldDeleteCode("shop", "code"), failure{}},
		{"twice", worldDeleteCode("shop", "code"), noCode},
		{"gone for everybody", worldDeleteCode("shop", "code").as(carol), noCode},
		{"the other one stays", worldDeleteCode("depot", "other"), failure{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := f.do(t, test.call)
			if test.want == (failure{}) {
				expect(t, r, http.StatusNoContent, nil)
				return
			}
			test.want.expect(t, r)
		})
	}
}

// All five of the demo, each on its own.
func TestDeleteEveryCode(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, last := range []string{"3", "1", "5", "2", "4"} {
		code := romaCode[:len(romaCode)-1] + last
		expect(t, f.do(t, deleteCode(romaApp, code).as(ownerToken)), http.StatusNoContent, nil)
		failure{404, "APIG.3082", "The AppCode does not exist."}.expect(t, f.do(t, deleteCode(romaApp, code)))
	}
}
