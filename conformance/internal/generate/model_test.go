package generate_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/generate"
)

// Indices of the models' lists.
const (
	owner    = 0 // reviews the first API and owns the first app
	consumer = 1 // reviews the second API and owns both apps
	provider = 2 // reviews the first API
	reader   = 4
	nobody   = 7

	in96, in48, in49, in24, now, past = 1, 2, 3, 4, 10, 12 // end times
	minutes40, day                    = 1, 2               // waits
)

// The model says what the lifecycle does.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	type a = generate.Action
	const illegal = "400 DLM.4182"
	tests := []struct {
		name    string
		actions []a
		want    string // what is answered, and then what is seen, with what is waited for
	}{
		{"authorize", []a{{Do: generate.Grant}}, "204 | authorized +71h39m0s authorized +1m0s expired"},
		{"authorize within the hour", []a{{Do: generate.Grant, Form: 1}}, "204 | authorized +71h39m0s authorized +1m0s expired"},
		{"extend", []a{{Do: generate.Grant}, {Do: generate.Grant, Time: in96}}, "204 204 | authorized +95h39m0s authorized +1m0s expired"},
		{"shorten", []a{{Do: generate.Grant}, {Do: generate.Grant, Time: in48}}, "204 " + illegal + " | authorized +71h39m0s authorized +1m0s expired"},
		{"repeat", []a{{Do: generate.Grant}, {Do: generate.Grant}}, "204 204 | authorized +71h39m0s authorized +1m0s expired"},
		{"at once", []a{{Do: generate.Apply, As: consumer, Together: 3}}, "1*204,2*" + illegal + " | awaits_approval +71h39m0s awaits_approval +1m0s not_authorized"},
		{"apply", []a{{Do: generate.Apply, As: consumer}}, "204 | awaits_approval +71h39m0s awaits_approval +1m0s not_authorized"},
		{"apply for one's own", []a{{Do: generate.Apply}}, "204 | authorized +71h39m0s authorized +1m0s expired"},
		{
			"apply twice", []a{{Do: generate.Apply, As: consumer}, {Do: generate.Apply, As: consumer, Time: in96}},
			"204 " + illegal + " | awaits_approval +71h39m0s awaits_approval +1m0s not_authorized",
		},
		{"approve", []a{{Do: generate.Apply, As: consumer}, {Do: generate.Approve}}, "204 200 200 | authorized +71h39m0s authorized +1m0s expired"},
		{
			"approve twice", []a{{Do: generate.Apply, As: consumer}, {Do: generate.Approve}, {Do: generate.Approve}},
			"204 200 200 409 ADMIN.0409 | authorized +71h39m0s authorized +1m0s expired",
		},
		{"approve nothing", []a{{Do: generate.Approve}}, "404 ADMIN.0404 | not_authorized"},
		{"reject", []a{{Do: generate.Apply, As: consumer}, {Do: generate.Reject}}, "204 200 200 | not_authorized"},
		{"authorize what is applied for", []a{{Do: generate.Apply, As: consumer}, {Do: generate.Grant, Time: in96}}, "204 204 | authorized +95h39m0s authorized +1m0s expired"},
		{
			"renew", []a{{Do: generate.Grant}, {Do: generate.Renew, As: consumer, Time: in96}},
			"204 204 | authorized +71h39m0s authorized +1m0s awaits_approval +23h59m0s awaits_approval +1m0s expired",
		},
		{
			"renew and approve", []a{{Do: generate.Grant}, {Do: generate.Renew, As: consumer, Time: in96}, {Do: generate.Approve}},
			"204 204 200 200 | authorized +95h39m0s authorized +1m0s expired",
		},
		{"renew nothing", []a{{Do: generate.Renew, As: consumer}}, illegal + " | not_authorized"},
		{"leave", []a{{Do: generate.Grant}, {Do: generate.CancelByApp, As: consumer, Form: 2}}, "204 204 | cancelled"},
		{"leave nothing", []a{{Do: generate.CancelByApp, As: consumer}}, illegal + " | not_authorized"},
		{"leave with an application", []a{{Do: generate.Grant}, {Do: generate.Renew, As: consumer, Time: in96}, {Do: generate.CancelByApp}}, "204 204 204 | cancelled"},
		{"give notice", []a{{Do: generate.Grant}, {Do: generate.CancelByAPI, As: provider, Time: in49}}, "204 204 | authorized +48h39m0s authorized +1m0s cancelled"},
		{"give short notice", []a{{Do: generate.Grant}, {Do: generate.CancelByAPI, As: provider, Time: in48}}, "204 " + illegal + " | authorized +71h39m0s authorized +1m0s expired"},
		{"give notice beyond the end", []a{{Do: generate.Grant}, {Do: generate.CancelByAPI, Time: in96}}, "204 204 | authorized +71h39m0s authorized +1m0s cancelled"},
		{
			"give notice twice", []a{{Do: generate.Grant}, {Do: generate.CancelByAPI}, {Do: generate.CancelByAPI}},
			"204 204 " + illegal + " | authorized +71h39m0s authorized +1m0s cancelled",
		},
		{
			"authorize under notice", []a{{Do: generate.Grant}, {Do: generate.CancelByAPI}, {Do: generate.Grant, Time: in96}},
			"204 204 " + illegal + " | authorized +71h39m0s authorized +1m0s cancelled",
		},
		{"carry out a notice", []a{{Do: generate.Grant}, {Do: generate.CancelByAPI}, {Do: generate.Execute}}, "204 204 200 200 | cancelled"},
		{"leave under notice", []a{{Do: generate.Grant}, {Do: generate.CancelByAPI}, {Do: generate.CancelByApp}}, "204 204 204 | cancelled"},
		{"after the end", []a{{Do: generate.Grant, Time: in24}, {Do: generate.Wait, Time: day}, {Do: generate.Renew}}, "204 +24h0m0s " + illegal + " | expired"},
		{
			"again after the end", []a{{Do: generate.Grant, Time: in24}, {Do: generate.Wait, Time: day}, {Do: generate.Grant}},
			"204 +24h0m0s 204 | authorized +47h39m0s authorized +1m0s expired",
		},
		{
			"to the very hour", []a{{Do: generate.Wait, Time: minutes40}, {Do: generate.CancelByAPI, Time: in49}, {Do: generate.Grant}, {Do: generate.CancelByAPI, Time: in49}},
			"+40m0s " + illegal + " 204 204 | authorized +47h59m0s authorized +1m0s cancelled",
		},
		{"past times", []a{{Do: generate.Grant, Time: now}, {Do: generate.Grant, Time: past}, {Do: generate.Grant, Form: 2}}, "400 DLS.1000 400 DLS.1000 400 DLS.1000 |"},
		{
			"wrong roles", []a{{Do: generate.Grant, As: consumer}, {Do: generate.Apply, As: provider}, {Do: generate.Grant, As: owner, API: 1}},
			illegal + " " + illegal + " " + illegal + " |",
		},
		{
			"role before time, permission before existence", []a{{Do: generate.Grant, As: consumer, Time: past}, {Do: generate.Grant, As: reader, API: 2}, {Do: generate.Grant, As: nobody, API: 2}},
			illegal + " 403 APIGW.0302 401 APIGW.0301 |",
		},
		{
			"unknown things", []a{{Do: generate.Grant, Realm: 3}, {Do: generate.Grant, Env: 2}, {Do: generate.Grant, API: 2}, {Do: generate.Grant, App: 2}, {Do: generate.Grant, API: 2, App: 2}},
			"400 DLM.4001 400 DLM.4215 400 DLM.4018 400 DLM.4063 400 |",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := generate.Sequence{Service: "dataarts", Actions: test.actions}.Case()
			if diff := cmp.Diff(test.want, told(c)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The models of the others say what is authorized and what not.
func TestModels(t *testing.T) {
	t.Parallel()
	type a = generate.Action
	tests := []struct {
		name    string
		service cases.Feature
		actions []a
		want    string
	}{
		{"authorize", "apig", []a{{Do: generate.Authorize}, {Do: generate.Authorize}}, "201 SUCCESS 201 SKIPPED | authorized"},
		{"authorize at once", "apig", []a{{Do: generate.Authorize, Together: 3}}, "1*201 SUCCESS,2*201 SKIPPED 201 SKIPPED | authorized"},
		{"authorize an unpublished API", "apig", []a{{Do: generate.Authorize, API: 1}}, "201 SUCCESS | unpublished"},
		{"authorize for another's API", "apig", []a{{Do: generate.Authorize, API: 2, App: 2, As: consumer}}, "403 APIG.1005 |"},
		{"cancel", "apig", []a{{Do: generate.Authorize}, {Do: generate.Cancel, Together: 2}, {Do: generate.Cancel}}, "201 SUCCESS 1*204,1*404 APIG.3009 404 APIG.3009 | cancelled"},
		{"cancel another's", "apig", []a{{Do: generate.Authorize, App: 2}, {Do: generate.Cancel, App: 2, As: consumer}}, "201 SUCCESS 403 APIG.1109 | authorized"},
		{
			"cancel an earlier record", "apig", []a{{Do: generate.Authorize}, {Do: generate.Cancel}, {Do: generate.Authorize}, {Do: generate.Cancel, Back: 1}},
			"201 SUCCESS 204 201 SUCCESS 404 APIG.3009 | authorized",
		},
		{"several pairs", "apig", []a{{Do: generate.Authorize, MoreAPIs: 1}}, "201 201 SKIPPED 201 SKIPPED | authorized unpublished"},
		{
			"unknown things", "apig", []a{{Do: generate.Authorize, API: 3}, {Do: generate.Authorize, API: 3, App: 3}, {Do: generate.Authorize, Realm: 2, API: 3}},
			"404 APIG.3002 404 404 APIG.3030 |",
		},
		{"delete an AppCode", "roma", []a{{Do: generate.Delete, Together: 2}, {Do: generate.Delete}}, "1*204,1*404 APIG.3082 404 APIG.3082 | unknown_app_code authorized authorized"},
		{
			"delete another's AppCode", "roma", []a{{Do: generate.Delete, As: provider}, {Do: generate.Delete, App: 1}, {Do: generate.Delete, As: provider, Code: 3}},
			"403 APIG.1005 404 APIG.3082 404 APIG.3082 | authorized authorized authorized",
		},
		{
			"unauthorize", "modelarts", []a{{Do: generate.Unauthorize, MoreApps: 2}, {Do: generate.Unauthorize, Way: 1}},
			"200 true true false 200 false | cancelled cancelled not_authorized not_authorized not_authorized not_authorized authorized not_authorized not_authorized",
		},
		{
			"workspaces", "modelarts", []a{{Do: generate.Unauthorize, Form: 4}, {Do: generate.Unauthorize, Form: 1, Env: 2}, {Do: generate.Unauthorize, Form: 2, Env: 1}, {Do: generate.Unauthorize, API: 1}},
			"400 ModelArts.0101 400 ModelArts.0102 404 ModelArts.3502 403 ModelArts.3936 | authorized authorized not_authorized not_authorized not_authorized not_authorized authorized not_authorized not_authorized",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := generate.Sequence{Service: test.service, Actions: test.actions}.Case()
			if diff := cmp.Diff(test.want, told(c)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// told writes what a case expects, in one line.
func told(c cases.Case) string {
	var words []string
	bar := false
	for _, s := range c.Steps {
		switch {
		case s.Decision != nil:
			if !bar {
				words, bar = append(words, "|"), true
			}
			words = append(words, s.Decision.Reason)
		case s.Advance != "":
			words = append(words, "+"+s.Advance)
		case s.Together > 0:
			var shares []string
			for _, share := range s.Expect.Among {
				shares = append(shares, fmt.Sprintf("%d*%s", share.Count, answerOf(share.Status, share.Error, share.Has)))
			}
			words = append(words, strings.Join(shares, ","))
		default:
			words = append(words, answerOf(s.Expect.Status, s.Expect.Error, s.Expect.Has))
		}
	}
	if !bar {
		words = append(words, "|")
	}
	return strings.Join(words, " ")
}

// answerOf writes an answer: its status, and code or what came of each thing asked.
func answerOf(status int, code string, has any) string {
	words := []string{strconv.Itoa(status)}
	if code != "" {
		words = append(words, code)
	}
	body, _ := has.(map[string]any)
	for _, name := range []string{"auths", "unauth_result"} {
		items, _ := body[name].([]any)
		for _, item := range items {
			if result, ok := item.(map[string]any)["auth_result"].(map[string]any); ok {
				words = append(words, result["status"].(string))
			} else {
				words = append(words, fmt.Sprint(item.(map[string]any)["success"]))
			}
		}
	}
	return strings.Join(words, " ")
}
