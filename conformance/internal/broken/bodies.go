package broken

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"
)

var bodyFaults = []Fault{
	fault("trailing-bytes-accepted", "bytes after the document are ignored", before(func(c *call) {
		var document json.RawMessage
		if json.NewDecoder(bytes.NewReader(c.body)).Decode(&document) == nil {
			c.body = document
		}
	})),
	fault("duplicate-member-accepted", "of a member that is there twice, the last counts", before(func(c *call) { c.change(func(object) {}) })),
	fault("not-utf8-accepted", "a body need not be UTF-8", before(func(c *call) {
		if !utf8.Valid(c.body) {
			c.body = bytes.ToValidUTF8(c.body, []byte("x"))
		}
	})),
	fault("byte-order-mark-accepted", "a byte order mark in front of the body is ignored", before(func(c *call) {
		c.body = bytes.TrimPrefix(c.body, []byte("\xef\xbb\xbf"))
	})),
	fault("any-content-type", "whatever Content-Type says is taken for JSON", before(func(c *call) {
		if c.r.Header.Get("Content-Type") != "" {
			c.r.Header.Set("Content-Type", "application/json")
		}
	})),
	fault("no-content-type-needed", "a body without Content-Type is taken for JSON", before(func(c *call) {
		if len(c.body) > 0 && c.r.Header.Get("Content-Type") == "" {
			c.r.Header.Set("Content-Type", "application/json")
		}
	})),
	fault("charset-refused", "application/json with charset=utf-8 is refused", refusing(func(c *call) bool {
		return strings.Contains(strings.ToLower(c.r.Header.Get("Content-Type")), "charset=utf-8")
	})),
	fault("white-space-refused", "white space around the document is refused", refusing(func(c *call) bool {
		return len(c.body) > 0 && len(bytes.TrimSpace(c.body)) != len(c.body)
	})),
	fault("deep-body-accepted", "bodies may be nested as deep as they like", before(func(c *call) {
		if json.Valid(c.body) {
			c.change(func(body object) {
				for name, value := range body {
					if depth(value) > 31 {
						delete(body, name)
					}
				}
			})
		}
	})),
	fault("deep-body-fails", "a body that is nested deep is a 500", instead("APIG.2000", func(c *call) *answer {
		if bytes.Count(c.body, []byte("["))+bytes.Count(c.body, []byte("{")) > 32 {
			return c.refusal(systemError)
		}
		return nil
	})),
	fault("empty-body-fails", "no body where there must be one is a 500", after(func(c *call, a *answer) {
		if a.status == http.StatusBadRequest && len(c.body) == 0 && c.takesBody() {
			a.become(c.refusal(systemError))
		}
	})),
	fault("array-body-fails", "a body that is no object is a 500", after(func(c *call, a *answer) {
		if a.status == http.StatusBadRequest && json.Valid(c.body) && c.sent() == nil {
			a.become(c.refusal(systemError))
		}
	})),
	fault("large-body-accepted", "there is no limit to bodies", before(func(c *call) {
		if len(c.body) > 1<<20 {
			c.body = bytes.TrimSpace(c.body)
		}
	})),
	fault("large-body-fails", "a body over the limit is a 500", after(func(c *call, a *answer) {
		if a.status == http.StatusRequestEntityTooLarge {
			a.become(c.refusal(systemError))
		}
	})),
	fault("small-limit", "bodies of more than 64 KiB are 413", func(c *call) *answer {
		a := c.pass()
		if c.takesBody() && a.status != http.StatusUnauthorized && len(c.body) > 64<<10 {
			return failure(413, "APIGW.0201", "body over the limit")
		}
		return a
	}),
	fault("delete-body-dropped", "the body of a DELETE does not arrive", before(func(c *call) {
		if c.r.Method == http.MethodDelete {
			c.body = nil
		}
	})),
	fault("delete-body-needed", "a DELETE without body is refused", refusing(func(c *call) bool {
		return c.r.Method == http.MethodDelete && len(c.body) == 0
	})),
	fault("delete-body-refused", "a body on a DELETE that has none is refused", refusing(func(c *call) bool {
		return c.r.Method == http.MethodDelete && !c.takesBody() && len(c.body) > 0
	})),
}

// takesBody reports whether the operation has a body.
func (c *call) takesBody() bool {
	return c.op == authorizeApps || c.op == cancelAPI || c.op == act
}

// refusing answers what would be done with the 400 of a malformed body.
func refusing(what func(c *call) bool) behaviour {
	return func(c *call) *answer {
		if u := c.caller(); c.op != "" && u != nil && !u.expired() && what(c) {
			return c.refusal(malformed)
		}
		return c.pass()
	}
}

func depth(value any) int {
	deepest := 0
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			deepest = max(deepest, depth(item))
		}
	case object:
		for _, item := range v {
			deepest = max(deepest, depth(item))
		}
	default:
		return 0
	}
	return deepest + 1
}
