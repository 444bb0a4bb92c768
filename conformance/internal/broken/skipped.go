package broken

import "time"

var skippedFaults = []Fault{
	fault("skipped-without-id", "a SKIPPED pair has no record", skipped(func(_ *call, item object) {
		delete(item, "id")
		delete(item, "auth_time")
		delete(item, "auth_role")
	})),
	fault("skipped-with-another-id", "a SKIPPED pair has an id of its own", skipped(func(_ *call, item object) { item["id"] = newID() })),
	fault("skipped-now", "a SKIPPED pair was authorized now", skipped(func(c *call, item object) {
		item["auth_time"] = c.clock().Add(time.Second).UTC().Format(time.RFC3339Nano)
	})),
	fault("skipped-with-error", "a SKIPPED pair says why, as a FAILED one does", skipped(func(_ *call, item object) {
		item["auth_result"] = object{
			"status": "SKIPPED", "error_code": "APIG.3316", "error_msg": "The API authorization record already exists.",
			"api_name": "api", "app_name": "app",
		}
	})),
	fault("skipped-as-success", "what is authorized already is SUCCESS", restated("SKIPPED", "SUCCESS")),
	fault("success-as-skipped", "what is new is SKIPPED", restated("SUCCESS", "SKIPPED")),
	fault("skipped-as-failed", "what is authorized already is FAILED", skipped(func(_ *call, item object) {
		for _, name := range []string{"id", "auth_time", "auth_role", "auth_tunnel"} {
			delete(item, name)
		}
		item["auth_result"] = object{
			"status": "FAILED", "error_code": "APIG.3316", "error_msg": "The API authorization record already exists.",
			"api_name": "api", "app_name": "app",
		}
	})),
	fault("skipped-left-out", "what is authorized already is not in the answer", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.items(func(items []object) []object {
			var fresh []object
			for _, item := range items {
				if statusOf(item) != "SKIPPED" {
					fresh = append(fresh, item)
				}
			}
			return fresh
		})
	})),
	fault("renewed-record", "what is authorized already is replaced by a new record, and SUCCESS", renewedRecord),
	fault("long-year", "auth_time has a year of five digits, as the document's example", timed(func(text string) string { return "2" + text })),
	fault("local-time", "auth_time is in another zone", timed(func(text string) string { return restamped(text, "2006-01-02T15:04:05.000+08:00", 8*time.Hour) })),
	fault("local-time-as-utc", "auth_time is eight hours off", timed(func(text string) string { return restamped(text, "2006-01-02T15:04:05.000Z", 8*time.Hour) })),
	fault("time-with-blank", "auth_time has a blank for its T", timed(func(text string) string { return restamped(text, "2006-01-02 15:04:05", 0) })),
	fault("epoch-time", "auth_time is a number of milliseconds", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) { item["auth_time"] = 1596513742482 })
	})),
	fault("time-of-the-epoch", "auth_time is the beginning of 1970", timed(func(string) string { return "1970-01-01T00:00:00Z" })),
	fault("no-tunnel", "auth_tunnel is left out", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) { delete(item, "auth_tunnel") })
	})),
	fault("green-tunnel", "auth_tunnel is GREEN", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) { item["auth_tunnel"] = "GREEN" })
	})),
	fault("names-on-success", "a SUCCESS has api_name and app_name", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) {
			if statusOf(item) == "SUCCESS" {
				item["auth_result"] = object{"status": "SUCCESS", "api_name": "api", "app_name": "app"}
			}
		})
	})),
	fault("failed-as-success", "a pair that failed is SUCCESS", restated("FAILED", "SUCCESS")),
	fault("failed-without-names", "a FAILED pair has no names", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) {
			if result, has := item["auth_result"].(object); has {
				delete(result, "api_name")
				delete(result, "app_name")
			}
		})
	})),
	fault("failed-fails-all", "a pair that failed makes the whole request a 500", afterSuccess(authorizeApps, func(c *call, a *answer) {
		failed := false
		a.each(func(item object) { failed = failed || statusOf(item) == "FAILED" })
		if failed {
			a.become(c.refusal(systemError))
		}
	})),
}

// skipped changes the pairs that are authorized already.
func skipped(change func(c *call, item object)) behaviour {
	return afterSuccess(authorizeApps, func(c *call, a *answer) {
		a.each(func(item object) {
			if statusOf(item) == "SKIPPED" {
				change(c, item)
			}
		})
	})
}

func restated(from, to string) behaviour {
	return afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) {
			if result, has := item["auth_result"].(object); has && result["status"] == from {
				result["status"] = to
			}
		})
	})
}

func timed(change func(text string) string) behaviour {
	return afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) {
			if text, has := item["auth_time"].(string); has {
				item["auth_time"] = change(text)
			}
		})
	})
}

// restamped writes an instant otherwise.
func restamped(text, layout string, later time.Duration) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return t.Add(later).Format(layout)
}

func renewedRecord(c *call) *answer {
	a := c.pass()
	if c.op != authorizeApps || !a.ok() {
		return a
	}
	existed := false
	a.each(func(item object) {
		if id, _ := item["id"].(string); statusOf(item) == "SKIPPED" {
			existed = true
			c.cancel(id)
		}
	})
	if !existed {
		return a
	}
	return c.pass()
}

// cancel has somebody cancel a record of APIG who may.
func (c *call) cancel(id string) {
	r, known := c.record(id)
	if !known {
		return
	}
	other := c.again()
	other.route = routes[1]
	other.path = map[string]string{"project_id": r.Project, "instance_id": r.Realm}
	other.move("app_auth_id", id)
	other.r.Method, other.body = other.method, nil
	other.asWhoeverMay()
}
