package broken

import (
	"slices"
	"strconv"
	"strings"
)

var memberFaults = []Fault{
	fault("wrong-case-accepted", "members are found without regard to case", before(func(c *call) {
		c.change(func(body object) {
			for name := range body {
				rename(body, name, strings.ToLower(name))
			}
		})
	})),
	fault("unknown-member-refused", "members that the contract has not are refused", refusing(func(c *call) bool {
		for name := range c.sent() {
			if !slices.Contains(members[c.op], name) {
				return true
			}
		}
		return false
	})),
	fault("numbers-accepted", "numbers are taken for ids", before(func(c *call) { c.change(func(body object) { asTexts(body) }) })),
	fault("null-accepted", "a member that is null counts as left out", before(func(c *call) {
		c.change(func(body object) {
			for name, value := range body {
				if value == nil {
					delete(body, name)
				}
			}
		})
	})),
	fault("single-values-accepted", "a text is taken for a list of one", before(func(c *call) {
		c.change(func(body object) {
			for _, name := range []string{"app_ids", "api_ids"} {
				if text, isText := body[name].(string); isText {
					body[name] = []any{text}
				}
			}
		})
	})),
	fault("env-not-needed", "without env_id the first environment counts", before(func(c *call) {
		c.change(func(body object) {
			if body["env_id"] == nil && c.op == authorizeApps && len(c.realm().Environments) > 0 {
				body["env_id"] = c.realm().Environments[0]
			}
		})
	})),
	fault("empty-list-accepted", "empty lists are accepted and nothing is done", instead("APIG.2001", func(c *call) *answer {
		body := c.sent()
		for _, name := range []string{"app_ids", "api_ids"} {
			if list, isList := body[name].([]any); isList && len(list) == 0 {
				a := done(201)
				a.encode(object{"auths": []any{}})
				return a
			}
		}
		return nil
	})),
	fault("no-apps-accepted", "ModelArts accepts an empty list of apps", instead("ModelArts.0104", func(c *call) *answer {
		if list, isList := c.sent()["apps"].([]any); isList && len(list) == 0 {
			a := done(200)
			a.encode(object{"unauth_result": []any{}})
			return a
		}
		return nil
	})),
	fault("51-apps-accepted", "app_ids has no limit", lenient("app_ids", 50)),
	fault("1001-apis-accepted", "api_ids has no limit", lenient("api_ids", 1000)),
	fault("40-apps-refused", "more than 40 apps are refused", func(c *call) *answer {
		if a := c.pass(); a.status == 400 || len(c.list("app_ids")) <= 40 {
			return a
		}
		return failure(400, "APIG.2011", "Invalid parameter value,parameterName:app_ids. Please refer to the support documentation")
	}),
	fault("many-pairs-accepted", "there is no limit to the pairs of a request", instead("APIG.2011", func(c *call) *answer {
		if apps, apis := c.list("app_ids"), c.list("api_ids"); len(apps)*len(apis) > 10_000 && len(apps) <= 50 && len(apis) <= 1000 {
			c.change(func(body object) { body["api_ids"] = apis[:1] })
			return c.pass()
		}
		return nil
	})),
	fault("101-apps-accepted", "ModelArts takes any number of apps", instead("ModelArts.0101", func(c *call) *answer {
		apps, _ := c.sent()["apps"].([]any)
		if len(apps) <= 100 {
			return nil
		}
		c.change(func(body object) { body["apps"] = apps[:100] })
		return c.pass()
	})),
	fault("unknown-action-accepted", "an unknown apply_type authorizes", before(func(c *call) {
		if t := c.text("apply_type"); c.op == act && t != "" && !slices.Contains(actions, t) {
			c.change(func(body object) { body["apply_type"] = "APPLY_TYPE_AUTHORIZE" })
		}
	})),
	fault("action-in-any-case", "apply_type may be in lower case", before(func(c *call) {
		if c.op == act && c.text("apply_type") != "" {
			c.change(func(body object) { body["apply_type"] = strings.ToUpper(c.text("apply_type")) })
		}
	})),
	fault("dlm-type-unchecked", "whatever Dlm-Type says is accepted", before(func(c *call) { c.r.Header.Del("Dlm-Type") })),
	fault("exclusive-refused", "Dlm-Type EXCLUSIVE is refused", refusing(func(c *call) bool { return c.r.Header.Get("Dlm-Type") == "EXCLUSIVE" })),
}

// members are those that bodies have, by operation.
var members = map[string][]string{
	authorizeApps: {"env_id", "app_ids", "api_ids"},
	cancelAPI:     {"apps", "workspace_id"},
	act:           {"api_id", "instance_id", "app_id", "apply_type", "time"},
}

var actions = []string{
	"APPLY_TYPE_AUTHORIZE", "APPLY_TYPE_APPLY", "APPLY_TYPE_RENEW",
	"APPLY_TYPE_APP_CANCEL_AUTHORIZE", "APPLY_TYPE_API_CANCEL_AUTHORIZE",
}

// lenient accepts a list of APIG that is too long, and looks at the first of it.
func lenient(name string, limit int) behaviour {
	return instead("APIG.2011", func(c *call) *answer {
		ids := c.list(name)
		if len(ids) <= limit {
			return nil
		}
		c.change(func(body object) { body[name] = ids[:limit] })
		return c.pass()
	})
}

// asTexts makes texts of numbers and booleans, as deep as they are.
func asTexts(value any) any {
	switch v := value.(type) {
	case object:
		for name, member := range v {
			v[name] = asTexts(member)
		}
	case []any:
		for i, item := range v {
			v[i] = asTexts(item)
		}
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return value
}
