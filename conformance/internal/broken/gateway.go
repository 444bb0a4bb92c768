package broken

import (
	"net/http"
	"net/url"
	"strings"
)

var routeFaults = []Fault{
	fault("plain-not-found", "an unknown path is answered in plain text", after(func(c *call, a *answer) {
		if c.op == "" && a.status == http.StatusNotFound {
			a.put("text/plain; charset=utf-8", "404 page not found\n")
		}
	})),
	fault("unknown-path-unauthorized", "an unknown path is 401", after(func(c *call, a *answer) {
		if c.op == "" && a.status == http.StatusNotFound {
			a.become(failure(401, "APIGW.0301", "Incorrect IAM authentication information: x-auth-token not found"))
		}
	})),
	fault("wrong-method-not-found", "a wrong method is 404, without Allow", after(func(_ *call, a *answer) {
		if a.status == http.StatusMethodNotAllowed {
			a.status = http.StatusNotFound
			a.header.Del("Allow")
		}
	})),
	fault("no-allow", "a 405 has no Allow", after(func(_ *call, a *answer) { a.header.Del("Allow") })),
	fault("wrong-allow", "Allow has a method that is not allowed", after(func(_ *call, a *answer) {
		if a.header.Get("Allow") != "" {
			a.header.Set("Allow", "GET, POST, DELETE")
		}
	})),
	fault("empty-not-allowed", "a 405 has no body", after(func(_ *call, a *answer) {
		if a.status == http.StatusMethodNotAllowed {
			a.empty()
		}
	})),
	fault("put-is-post", "PUT does what POST does", before(func(c *call) {
		if c.r.Method == http.MethodPut {
			c.r.Method = http.MethodPost
		}
	})),
	fault("get-answers", "GET on a path of the contract answers 200", after(func(c *call, a *answer) {
		if a.status == http.StatusMethodNotAllowed && c.r.Method == http.MethodGet {
			a.status = http.StatusOK
			a.header.Del("Allow")
			a.encode(object{})
		}
	})),
	fault("trailing-slash-accepted", "a slash at the end of the path is ignored", before(func(c *call) {
		if path := c.r.URL.EscapedPath(); c.op == "" && strings.HasSuffix(path, "/") {
			c.redirect(strings.TrimSuffix(path, "/"))
		}
	})),
	fault("trailing-slash-redirected", "a slash at the end of the path is a redirect", func(c *call) *answer {
		path, hasSlash := strings.CutSuffix(c.r.URL.EscapedPath(), "/")
		if c.op != "" || !hasSlash || path == "" {
			return c.pass()
		}
		a := done(http.StatusTemporaryRedirect)
		a.header.Set("Location", path)
		return a
	}),
	fault("double-slashes-accepted", "two slashes in the path count as one", before(func(c *call) {
		if path := c.r.URL.EscapedPath(); strings.Contains(path, "//") {
			c.redirect(strings.ReplaceAll(path, "//", "/"))
		}
	})),
	fault("path-in-any-case", "paths are compared without regard to case", before(func(c *call) {
		segments := strings.Split(c.r.URL.EscapedPath(), "/")
		for i, segment := range segments {
			if isWord(strings.ToLower(segment)) {
				segments[i] = strings.ToLower(segment)
			}
		}
		if c.op == "" {
			c.redirect(strings.Join(segments, "/"))
		}
	})),
	fault("unknown-query-refused", "query parameters that the contract has not are refused", refusing(func(c *call) bool {
		for name := range c.r.URL.Query() {
			if c.op != cancelAPI || name != "workspace_id" {
				return true
			}
		}
		return false
	})),
	fault("alias-missing", "the second path of ModelArts does not exist", func(c *call) *answer {
		if c.isAlias() {
			c.redirect("/v1/nowhere")
		}
		return c.pass()
	}),
	fault("alias-by-post", "the second path of ModelArts takes POST, not DELETE", func(c *call) *answer {
		if c.isAlias() {
			c.r.Method = http.MethodPatch
			a := c.pass()
			a.header.Set("Allow", http.MethodPost)
			return a
		}
		return c.pass()
	}),
	fault("first-path-missing", "the first path of ModelArts does not exist, the second does", func(c *call) *answer {
		if c.op == cancelAPI && !c.isAlias() {
			c.redirect("/v1/nowhere")
		}
		return c.pass()
	}),
	fault("alias-swapped", "the second path of ModelArts takes API and service in the other order", func(c *call) *answer {
		if !c.isAlias() {
			return c.pass()
		}
		service, api := c.path["service_id"], c.path["api_id"]
		c.move("service_id", api)
		c.move("api_id", service)
		return c.pass()
	}),
	fault("query-on-alias-ignored", "the second path of ModelArts ignores workspace_id in the query", before(func(c *call) {
		if c.isAlias() {
			c.query(func(values url.Values) { values.Del("workspace_id") })
		}
	})),
}

// isWord reports whether a segment is a word of the contract's paths.
func isWord(segment string) bool {
	for _, r := range routes {
		for word := range strings.SplitSeq(r.path, "/") {
			if word == segment {
				return true
			}
		}
	}
	return false
}
