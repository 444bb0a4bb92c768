package broken

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
)

var idFaults = []Fault{
	fault("long-ids-accepted", "ids of 65 characters and more are looked for", tolerating(func(id string) bool { return len(id) > 64 })),
	fault("any-characters-accepted", "ids may have any characters", tolerating(func(id string) bool { return strings.ContainsFunc(id, isForeign) })),
	fault("dots-accepted", "ids may have dots", tolerating(func(id string) bool { return strings.Trim(id, ".") != "" && strings.Contains(id, ".") })),
	fault("empty-ids-accepted", "an empty id in the body is looked for", tolerating(func(id string) bool { return id == "" })),
	fault("bad-app-in-modelarts-accepted", "ModelArts looks for apps whose ids are malformed", func(c *call) *answer {
		if c.op == cancelAPI && slices.ContainsFunc(c.apps(), func(id string) bool { return strings.ContainsFunc(id, isForeign) }) {
			return tolerating(func(id string) bool { return strings.ContainsFunc(id, isForeign) })(c)
		}
		return c.pass()
	}),
	fault("short-ids-refused", "ids must have 32 characters", refusing(func(c *call) bool {
		return slices.ContainsFunc(c.ids(), func(id string) bool {
			return len(id) < 32 && id != "APIG" && id != "0" && !strings.HasPrefix(id, "DEFAULT")
		})
	})),
	fault("64-characters-refused", "ids of 64 characters are refused", refusing(func(c *call) bool {
		return slices.ContainsFunc(c.ids(), func(id string) bool { return len(id) == 64 })
	})),
	fault("modelarts-ids-like-others", "ModelArts refuses ids of more than 64 characters", func(c *call) *answer {
		if u := c.caller(); c.op == cancelAPI && u != nil && slices.ContainsFunc(c.ids(), func(id string) bool { return len(id) > 64 }) {
			return failure(400, "ModelArts.0101", "Invalid Argument. api_id")
		}
		return c.pass()
	}),
	fault("underscore-refused", "ids with an underscore are refused", refusing(func(c *call) bool {
		return slices.ContainsFunc(c.ids(), func(id string) bool { return strings.Contains(id, "_") && !strings.HasPrefix(id, "DEFAULT") })
	})),
	fault("foreign-ids-fail", "an id that is not ASCII is a 500", failingOn(func(id string) bool {
		return strings.ContainsFunc(id, func(r rune) bool { return r > '~' })
	})),
	fault("nul-fails", "an id with a NUL in it is a 500", failingOn(func(id string) bool { return strings.Contains(id, "\x00") })),
	fault("quotes-fail", "an id with a quote in it is a 500", failingOn(func(id string) bool { return strings.Contains(id, "'") })),
	fault("ids-in-any-case", "ids are compared without regard to case", func(c *call) *answer {
		known := c.known()
		c.replaceIDs(func(id string) string {
			for _, one := range known {
				if strings.EqualFold(one, id) {
					return one
				}
			}
			return id
		})
		return c.pass()
	}),
	fault("ids-trimmed", "white space around ids is ignored", before(func(c *call) { c.replaceIDs(strings.TrimSpace) })),
	fault("ids-by-their-beginning", "an id is found by its first 31 characters", func(c *call) *answer {
		known := c.known()
		c.replaceIDs(func(id string) string {
			for _, one := range known {
				if len(id) >= 31 && strings.HasPrefix(one, id) {
					return one
				}
			}
			return id
		})
		return c.pass()
	}),
	fault("encoded-slash", "an escaped slash parts the path", before(func(c *call) {
		if strings.Contains(strings.ToUpper(c.r.URL.RawPath), "%2F") {
			c.r.URL.RawPath = ""
		}
	})),
}

func isForeign(r rune) bool {
	isNative := r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' || r == '_'
	return !isNative
}

// texts and lists of bodies that are ids.
var (
	idMembers = []string{"env_id", "api_id", "instance_id", "app_id", "workspace_id"}
	idLists   = []string{"app_ids", "api_ids"}
)

// replaceIDs changes the ids of a call, except the project's.
func (c *call) replaceIDs(change func(id string) string) {
	if c.op == "" {
		return
	}
	for name, id := range c.path {
		if other := change(id); other != id && name != "project_id" {
			c.move(name, other)
		}
	}
	body := c.sent()
	if body == nil {
		return
	}
	before := string(encoded(body))
	for _, name := range idMembers {
		if id, isText := body[name].(string); isText {
			body[name] = change(id)
		}
	}
	for _, name := range idLists {
		list, _ := body[name].([]any)
		for i, item := range list {
			if id, isText := item.(string); isText {
				list[i] = change(id)
			}
		}
	}
	apps, _ := body["apps"].([]any)
	for _, item := range apps {
		if app, isObject := item.(object); isObject {
			if id, isText := app["app_id"].(string); isText {
				app["app_id"] = change(id)
			}
		}
	}
	if string(encoded(body)) != before {
		c.send(body)
	}
}

// ids are those of the call, except the project's.
func (c *call) ids() []string {
	var all []string
	c.again().replaceIDs(func(id string) string {
		all = append(all, id)
		return id
	})
	return all
}

// known are the ids of what exists for the call.
func (c *call) known() []string {
	var all []string
	for _, r := range c.realms() {
		all = append(all, r.ID)
		all = append(all, r.Environments...)
		all = append(all, r.Clusters...)
		for _, t := range slices.Concat(r.APIs, r.Apps) {
			all = append(all, t.ID)
			for _, code := range t.AppCodes {
				id, _ := code["id"].(string)
				all = append(all, id)
			}
		}
	}
	return all
}

// tolerating looks for ids that must be refused: for others, which do not exist, and
// has the answer name what was asked for.
func tolerating(tolerated func(id string) bool) behaviour {
	return func(c *call) *answer {
		replaced := map[string]string{}
		c.replaceIDs(func(id string) string {
			if !tolerated(id) {
				return id
			}
			other := newID()
			replaced[other] = id
			return other
		})
		a := c.pass()
		for other, id := range replaced {
			quoted := encoded(id)
			a.body = bytes.ReplaceAll(a.body, []byte(other), quoted[1:len(quoted)-1])
		}
		return a
	}
}

// failingOn has a 500 for ids of a sort.
func failingOn(hard func(id string) bool) behaviour {
	return after(func(c *call, a *answer) {
		if c.op != "" && a.status == http.StatusBadRequest && slices.ContainsFunc(c.ids(), hard) {
			a.become(c.refusal(systemError))
		}
	})
}
