package broken

import "slices"

var pairFaults = []Fault{
	fault("last-pair-missing", "the last of several pairs is missing", paired(func(_ *call, items []object) []object {
		return items[:max(1, len(items)-1)]
	})),
	fault("first-app-alone", "only the pairs of the first app are made", before(func(c *call) {
		if apps := c.list("app_ids"); c.op == authorizeApps && len(apps) > 1 && c.allExist() {
			c.change(func(body object) { body["app_ids"] = apps[:1] })
		}
	})),
	fault("zipped", "the first app gets the first API, the second the second, and that is all", paired(func(c *call, items []object) []object {
		apps, apis := distinct(c.list("app_ids")), distinct(c.list("api_ids"))
		return slices.DeleteFunc(items, func(item object) bool {
			app, _ := item["app_id"].(string)
			api, _ := item["api_id"].(string)
			i, j := slices.Index(apps, app), slices.Index(apis, api)
			return len(apps) == len(apis) && i != j
		})
	})),
	fault("extra-pair", "there is a pair that was not asked for", paired(func(_ *call, items []object) []object {
		extra := object{}
		for name, value := range items[0] {
			extra[name] = value
		}
		extra["id"], extra["app_id"] = newID(), newID()
		return append(items, extra)
	})),
	fault("pair-twice", "the first pair is there twice", paired(func(_ *call, items []object) []object { return append(items, items[0]) })),
	fault("transposed", "app_id is the API's id, and api_id the app's", paired(func(_ *call, items []object) []object {
		for _, item := range items {
			item["app_id"], item["api_id"] = item["api_id"], item["app_id"]
		}
		return items
	})),
	fault("one-id-for-all", "all pairs have the id of the first", paired(func(_ *call, items []object) []object {
		for _, item := range items {
			item["id"] = items[0]["id"]
		}
		return items
	})),
	fault("ids-shifted", "each pair has the id of the next", paired(func(_ *call, items []object) []object {
		ids := make([]any, len(items))
		for i, item := range items {
			ids[i] = item["id"]
		}
		for i, item := range items {
			item["id"] = ids[(i+1)%len(ids)]
		}
		return items
	})),
	fault("repeated-ids-counted", "an app that is named twice has its pairs twice", paired(func(c *call, items []object) []object {
		apps, once := c.list("app_ids"), slices.Clone(items)
		for i, id := range apps {
			if !slices.Contains(apps[:i], id) {
				continue
			}
			for _, item := range once {
				if item["app_id"] == id {
					items = append(items, item)
				}
			}
		}
		return items
	})),
	fault("repeated-ids-refused", "an app that is named twice is refused", func(c *call) *answer {
		if a := c.pass(); a.status != 201 || len(distinct(c.list("app_ids"))) == len(c.list("app_ids")) {
			return a
		}
		return failure(400, "APIG.2011", "Invalid parameter value,parameterName:app_ids. Please refer to the support documentation")
	}),
	fault("repeated-apis-skipped", "an API that is named twice is SUCCESS and SKIPPED", paired(func(c *call, items []object) []object {
		apis, once := c.list("api_ids"), slices.Clone(items)
		for i, id := range apis {
			for _, item := range once {
				if slices.Contains(apis[:i], id) && item["api_id"] == id {
					again := object{"auth_result": object{"status": "SKIPPED"}}
					for name, value := range item {
						if name != "auth_result" {
							again[name] = value
						}
					}
					items = append(items, again)
				}
			}
		}
		return items
	})),
	fault("unknown-half-done", "with an unknown app among them, the others are authorized and the answer is 404", func(c *call) *answer {
		a := c.pass()
		if a.is("APIG.3004", "APIG.3002") {
			c.again().withoutUnknown()
		}
		return a
	}),
	fault("unknown-left-out", "unknown apps and APIs are left out of the answer", instead("APIG.3004", (*call).withoutUnknown)),
	fault("unknown-apis-left-out", "unknown APIs are left out of the answer", instead("APIG.3002", (*call).withoutUnknown)),
	fault("unknown-skipped", "an unknown app is SKIPPED", instead("APIG.3004", unknownAs(object{"status": "SKIPPED"}))),
	fault("unknown-failed", "an unknown app is FAILED inside the 201", instead("APIG.3004", unknownAs(object{
		"status": "FAILED", "error_code": "APIG.3004", "error_msg": "App does not exist", "api_name": "api", "app_name": "app",
	}))),
	fault("unknown-api-failed", "an unknown API is FAILED inside the 201", instead("APIG.3002", unknownAs(object{
		"status": "FAILED", "error_code": "APIG.3002", "error_msg": "API does not exist", "api_name": "api", "app_name": "app",
	}))),
}

// paired changes the items of an authorization, if there are any.
func paired(change func(c *call, items []object) []object) behaviour {
	return afterSuccess(authorizeApps, func(c *call, a *answer) {
		a.items(func(items []object) []object {
			if len(items) == 0 {
				return items
			}
			return change(c, items)
		})
	})
}

func distinct(ids []string) []string {
	var all []string
	for _, id := range ids {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// onlyKnown are those of the ids that are things'.
func onlyKnown(ids []string, things []thing) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return named(things, id).ID == "" })
}

// allExist reports whether there is nothing unknown in an authorization.
func (c *call) allExist() bool {
	r := c.realm()
	return len(onlyKnown(c.list("app_ids"), r.Apps)) == len(c.list("app_ids")) && len(onlyKnown(c.list("api_ids"), r.APIs)) == len(c.list("api_ids"))
}

// withoutUnknown authorizes what exists of what was asked for.
func (c *call) withoutUnknown() *answer {
	r := c.realm()
	c.change(func(body object) {
		body["app_ids"], body["api_ids"] = onlyKnown(c.list("app_ids"), r.Apps), onlyKnown(c.list("api_ids"), r.APIs)
	})
	if len(c.list("app_ids")) > 0 && len(c.list("api_ids")) > 0 {
		return c.pass()
	}
	a := done(201)
	a.encode(object{"auths": []any{}})
	return a
}

// unknownAs authorizes what exists, and has an item for each pair that does not.
func unknownAs(result object) behaviour {
	return func(c *call) *answer {
		apps, apis := distinct(c.list("app_ids")), distinct(c.list("api_ids"))
		a := c.again().withoutUnknown()
		var made []object
		a.items(func(items []object) []object {
			made = items
			for _, app := range apps {
				for _, api := range apis {
					if !slices.ContainsFunc(made, func(item object) bool { return item["app_id"] == app && item["api_id"] == api }) {
						items = append(items, object{"app_id": app, "api_id": api, "auth_result": result})
					}
				}
			}
			return items
		})
		return a
	}
}
