package judge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/appgrant/appgrant/conformance/report"
)

// relations hold a good answer against its request, by operation.
var relations = map[string]func(*consideration){
	"CreateAuthorizingAppsV2": (*consideration).relatePairs,
	"DeleteApiAppAuth":        (*consideration).relateApps,
	"DeleteApiAppAuthAlias":   (*consideration).relateApps,
}

type pair struct{ app, api string }

func (p pair) String() string { return fmt.Sprintf("app %s and API %s", p.app, p.api) }

// relatePairs: one item for each app and API asked for, each complete in its way.
func (c *consideration) relatePairs() {
	sent, _ := c.sent().(map[string]any)
	got, _ := c.decoded.(map[string]any)
	want := map[pair]bool{}
	for _, app := range texts(items(sent["app_ids"])...) {
		for _, api := range texts(items(sent["api_ids"])...) {
			want[pair{app, api}] = true
		}
	}
	seen, ids := map[pair]bool{}, map[string]bool{}
	for i, item := range items(got["auths"]) {
		at := fmt.Sprintf("/auths/%d", i)
		member, _ := item.(map[string]any)
		p := pair{text(member["app_id"]), text(member["api_id"])}
		switch {
		case !want[p]:
			c.find(report.Meaning, at, "%s were not asked for", p)
		case seen[p] && c.Rulings:
			c.find(report.Meaning, at, "%s are there twice", p)
		}
		seen[p] = true
		if id := text(member["id"]); id != "" && ids[id] {
			c.find(report.Meaning, at+"/id", "another pair has this id, too")
		} else {
			ids[id] = true
		}
		c.relateResult(at, member)
	}
	for _, p := range slices.SortedFunc(maps.Keys(want), compare) {
		if !seen[p] {
			c.find(report.Meaning, "/auths", "%s were asked for and are not there", p)
		}
	}
}

func compare(a, b pair) int {
	return cmp.Or(strings.Compare(a.app, b.app), strings.Compare(a.api, b.api))
}

// relateResult: a failed pair says why, the others have a record.
func (c *consideration) relateResult(at string, item map[string]any) {
	if !c.Rulings {
		return
	}
	result, _ := item["auth_result"].(map[string]any)
	failed := result["status"] == "FAILED"
	for _, name := range []string{"error_code", "error_msg", "api_name", "app_name"} {
		if _, has := result[name]; has != failed {
			c.find(report.Meaning, at+"/auth_result/"+name, "%s belongs to FAILED alone, and this is %v", name, result["status"])
		}
	}
	for _, name := range []string{"id", "auth_time", "auth_role"} {
		if has := text(item[name]) != ""; has == failed {
			c.find(report.Meaning, at+"/"+name, "%s is there exactly if there is a record, and this is %v", name, result["status"])
		}
	}
}

// relateApps: one result for each distinct app asked for, in that order.
func (c *consideration) relateApps() {
	sent, _ := c.sent().(map[string]any)
	got, _ := c.decoded.(map[string]any)
	var want []string
	for _, item := range items(sent["apps"]) {
		app, _ := item.(map[string]any)
		if id := text(app["app_id"]); !slices.Contains(want, id) {
			want = append(want, id)
		}
	}
	results := items(got["unauth_result"])
	if len(results) != len(want) {
		c.find(report.Meaning, "/unauth_result", "%d results for %d apps", len(results), len(want))
		return
	}
	if !c.Rulings { // in whatever order
		slices.SortFunc(results, func(a, b any) int { return strings.Compare(appOf(a), appOf(b)) })
		slices.Sort(want)
	}
	for i, item := range results {
		at := fmt.Sprintf("/unauth_result/%d", i)
		result, _ := item.(map[string]any)
		if id := appOf(item); id != want[i] {
			c.find(report.Meaning, at+"/app_id", "is %s, and the request has %s in this place", id, want[i])
		}
		if id := text(result["api_id"]); id != c.path["api_id"] {
			c.find(report.Meaning, at+"/api_id", "is %s, and the request is about %s", id, c.path["api_id"])
		}
		c.relateCancellation(at, result)
	}
}

func appOf(result any) string {
	object, _ := result.(map[string]any)
	return text(object["app_id"])
}

func (c *consideration) relateCancellation(at string, result map[string]any) {
	success, _ := result["success"].(bool)
	switch {
	case success && text(result["reason"]) != "":
		c.find(report.Meaning, at+"/reason", "a success has a reason")
	case !success && text(result["auth_id"]) != "":
		c.find(report.Meaning, at+"/auth_id", "a failure has an authorization")
	case !success && text(result["reason"]) == "":
		c.find(report.Meaning, at+"/reason", "a failure has no reason")
	case success && c.Rulings && text(result["auth_id"]) == "":
		c.find(report.Meaning, at+"/auth_id", "a success does not say which authorization it was")
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// decodeLoosely reads what a request has sent, as far as it is JSON.
func decodeLoosely(data []byte) (v any, err error) {
	err = json.Unmarshal(data, &v)
	return v, err
}
