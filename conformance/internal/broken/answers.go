package broken

import (
	"bytes"
	"net/http"
	"strings"
)

var answerFaults = []Fault{
	fault("no-content-type", "answers have no Content-Type", after(func(_ *call, a *answer) {
		a.header["Content-Type"] = nil
	})),
	fault("text-plain", "answers are text/plain", after(func(_ *call, a *answer) {
		if len(a.body) > 0 {
			a.header.Set("Content-Type", "text/plain; charset=utf-8")
		}
	})),
	fault("text-plain-errors", "errors are text/plain, good answers are not", after(func(_ *call, a *answer) {
		if !a.ok() {
			a.header.Set("Content-Type", "text/plain; charset=utf-8")
		}
	})),
	fault("foreign-charset", "answers say that they are in ISO 8859-1", after(func(_ *call, a *answer) {
		if len(a.body) > 0 {
			a.header.Set("Content-Type", "application/json; charset=iso-8859-1")
		}
	})),
	fault("html-errors", "errors are HTML pages", after(func(_ *call, a *answer) {
		if !a.ok() {
			a.put("text/html", "<html><body><h1>"+http.StatusText(a.status)+"</h1></body></html>")
		}
	})),
	fault("empty-errors", "errors have no body", after(func(_ *call, a *answer) {
		if !a.ok() {
			a.empty()
		}
	})),
	fault("empty-success", "authorizing answers 201 without a body", afterSuccess(authorizeApps, func(_ *call, a *answer) { a.empty() })),
	fault("two-documents", "answers are two JSON documents, one after the other", after(func(_ *call, a *answer) {
		a.body = append(bytes.TrimSpace(a.body), a.body...)
	})),
	fault("duplicate-member", "errors have their first member twice", after(func(_ *call, a *answer) {
		if !a.ok() {
			a.body = bytes.Replace(a.body, []byte("{"), []byte(`{"error_code":"",`), 1)
		}
	})),
	fault("unfinished-json", "answers lack their last brace", after(func(_ *call, a *answer) {
		a.body = bytes.TrimSuffix(bytes.TrimSpace(a.body), []byte("}"))
	})),
	fault("byte-order-mark", "answers begin with a byte order mark", after(func(_ *call, a *answer) {
		if len(a.body) > 0 {
			a.body = append([]byte("\xef\xbb\xbf"), a.body...)
		}
	})),
	fault("not-utf8", "texts of errors are not UTF-8", after(func(_ *call, a *answer) {
		a.body = bytes.Replace(a.body, []byte(`"error_msg":"`), []byte("\"error_msg\":\"\xff"), 1)
	})),
	fault("code-and-message", "errors have code and message for error_code and error_msg", after(func(_ *call, a *answer) {
		a.edit(func(body object) {
			rename(body, "error_code", "code")
			rename(body, "error_msg", "message")
		})
	})),
	fault("nested-error", "the envelope of errors is in a member error", after(func(_ *call, a *answer) {
		if body := a.decoded(); !a.ok() && body != nil {
			a.encode(object{"error": body})
		}
	})),
	fault("numbered-error", "error_code is a number", after(func(_ *call, a *answer) {
		if !a.ok() {
			a.edit(func(body object) { body["error_code"] = a.status })
		}
	})),
	fault("no-message", "error_msg is left out", after(func(_ *call, a *answer) { a.edit(func(body object) { delete(body, "error_msg") }) })),
	fault("empty-message", "error_msg is empty", after(func(_ *call, a *answer) {
		if !a.ok() {
			a.edit(func(body object) { body["error_msg"] = "" })
		}
	})),
	fault("camel-case", "members of answers are in camel case", after(func(_ *call, a *answer) {
		a.each(func(item object) {
			for name := range item {
				rename(item, name, camel(name))
			}
		})
	})),
	fault("bare-list", "good answers are the list itself, without the object around it", after(func(_ *call, a *answer) {
		body := a.decoded()
		for _, name := range lists {
			if list, there := body[name]; there {
				a.encode(list)
			}
		}
	})),
	fault("null-members", "members that have nothing to say are null", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) { item["auth_whitelist"], item["visit_params"] = nil, nil })
	})),
	fault("unknown-member", "items have a member that the contract has not", after(func(_ *call, a *answer) {
		a.each(func(item object) { item["links"] = []any{} })
	})),
	fault("no-app-id", "items of an authorization lack app_id", after(func(_ *call, a *answer) { a.each(func(item object) { delete(item, "app_id") }) })),
	fault("no-result", "items of an authorization lack auth_result", after(func(_ *call, a *answer) { a.each(func(item object) { delete(item, "auth_result") }) })),
	fault("no-auth-id", "items of an authorization lack the record's id", afterSuccess(authorizeApps, func(_ *call, a *answer) {
		a.each(func(item object) { delete(item, "id") })
	})),
	fault("success-as-text", "success is a text, not a boolean", afterSuccess(cancelAPI, func(_ *call, a *answer) {
		a.each(func(item object) { item["success"] = map[any]string{true: "true", false: "false"}[item["success"]] })
	})),
	fault("lower-case-role", "auth_role is in lower case", after(func(_ *call, a *answer) { a.each(func(item object) { lower(item, "auth_role") }) })),
	fault("lower-case-status", "the status of a pair is in lower case", after(func(_ *call, a *answer) {
		a.each(func(item object) {
			if result, has := item["auth_result"].(object); has {
				lower(result, "status")
			}
		})
	})),
}

func rename(body object, from, to string) {
	if value, has := body[from]; has && from != to {
		delete(body, from)
		body[to] = value
	}
}

func lower(body object, name string) {
	if text, isText := body[name].(string); isText {
		body[name] = strings.ToLower(text)
	}
}

func camel(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}
