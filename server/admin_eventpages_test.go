package server_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// However many events are asked for, a page ends when it has become long, and the
// next one goes on from there.
func TestEventPagesEndBySize(t *testing.T) {
	t.Parallel()
	const gateways, apps, apis = 5, 50, 200
	f := startAdmin(t)
	names := func(what string, n int, more object) (ids []string, things array) {
		for i := range n {
			id := fmt.Sprintf("%s-%03d", what, i)
			ids, things = append(ids, id), append(things, with(object{"id": id}, more))
		}
		return ids, things
	}
	appIDs, appList := names("app", apps, nil)
	apiIDs, apiList := names("api", apis, object{"owner": "alice"})
	instances, _ := names("gw", gateways, nil)
	list := array{}
	for _, id := range instances {
		list = append(list, object{"id": id, "environments": array{"dev"}, "apis": apiList, "apps": appList})
	}
	f.ok(t, upsertProject("home", object{"apig": object{"instances": list}}))
	from := f.trail(t, "home").cursor

	var requests []string
	var made [][]string // by call
	for _, instance := range instances {
		r := f.ok(t, worldAuthorize("dev", appIDs, apiIDs).withParam("instance_id", instance))
		requests = append(requests, r.header.Get("X-Request-Id"))
		made = append(made, column(t, r, "auths", "id"))
	}
	f.ok(t, advance("home", 1))

	var got []any
	var sizes []int
	for cursor := from; ; {
		r := f.ok(t, operate("ListEvents", "home").withQuery("limit=500&"+cursor))
		events := r.member(t, "events").(array)
		if len(events) == 0 {
			break
		}
		got, sizes = append(got, events...), append(sizes, len(events))
		cursor = "cursor=" + r.text(t, "next_cursor")
	}
	if len(sizes) < 2 || len(sizes) > gateways+1 {
		t.Errorf("pages of %v events: they are not cut by size", sizes)
	}
	if len(got) != gateways+1 {
		t.Fatalf("%d events in pages of %v, want %d", len(got), sizes, gateways+1)
	}
	for i, want := range requests {
		event := got[i].(object)
		if event["request_id"] != want || event["realm_id"] != instances[i] {
			t.Errorf("event %d is of %v in %v, want %s in %s", i, event["request_id"], event["realm_id"], want, instances[i])
		}
		if diff := cmp.Diff(asSet(made[i]), asSet(texts(event["authorization_ids"]))); diff != "" {
			t.Errorf("records of event %d (-want +got):\n%s", i, diff)
		}
		if diff := cmp.Diff([]int{apps * apis, apps, apis}, []int{len(texts(event["authorization_ids"])), len(texts(event["app_ids"])), len(texts(event["api_ids"]))}); diff != "" {
			t.Errorf("lengths of event %d (-want +got):\n%s", i, diff)
		}
	}
	if op := got[gateways].(object)["operation"]; op != "AdvanceClock" {
		t.Errorf("the last event is %v", op)
	}
}

// texts are a list's items.
func texts(list any) (all []string) {
	items, _ := list.(array)
	for _, item := range items {
		all = append(all, fmt.Sprint(item))
	}
	return all
}

func asSet(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, item := range list {
		set[item] = true
	}
	return set
}
