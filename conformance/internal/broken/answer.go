package broken

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
)

const requestID = "X-Request-Id"

type object = map[string]any

// answer is an answer on its way out. It is also what the good server writes to.
type answer struct {
	status int
	header http.Header
	body   []byte
	fate   fate
}

// fate is what becomes of an answer on the wire.
type fate int

const (
	whole   fate = iota
	cut          // the connection breaks in the middle of the body
	dropped      // or before anything was sent
)

func newAnswer() *answer { return &answer{header: http.Header{}} }

// Header is the answer's header.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader keeps the first status that it is told.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write adds to the body. It never fails.
func (a *answer) Write(data []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, data...)
	return len(data), nil
}

// write sends the answer.
func (a *answer) write(w http.ResponseWriter) {
	if a.fate == dropped {
		panic(http.ErrAbortHandler)
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(max(a.status, http.StatusOK))
	if a.fate == cut {
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(a.body)
}

// ok reports whether it is a good answer.
func (a *answer) ok() bool { return a.status < http.StatusBadRequest }

// decoded is the body, nil unless it is an object.
func (a *answer) decoded() object {
	var body object
	if json.Unmarshal(a.body, &body) != nil {
		return nil
	}
	return body
}

func (a *answer) text(name string) string {
	text, _ := a.decoded()[name].(string)
	return text
}

// code is the error_code, empty if there is none.
func (a *answer) code() string { return a.text("error_code") }

// is reports whether the answer is an error of one of these codes.
func (a *answer) is(codes ...string) bool {
	for _, code := range codes {
		if a.code() == code {
			return true
		}
	}
	return false
}

// edit changes the body, if it is an object.
func (a *answer) edit(change func(body object)) {
	if body := a.decoded(); body != nil {
		change(body)
		a.encode(body)
	}
}

// encode makes a value the body.
func (a *answer) encode(body any) {
	a.body = encoded(body)
	a.header.Set("Content-Type", "application/json")
}

// say changes the code and the text of an error; an empty one stays.
func (a *answer) say(code, text string) {
	a.edit(func(body object) {
		if code != "" {
			body["error_code"] = code
		}
		if text != "" {
			body["error_msg"] = text
		}
	})
}

// lists are the members that hold a good answer's items.
var lists = []string{"auths", "unauth_result"}

// items changes the list of a good answer.
func (a *answer) items(change func(items []object) []object) {
	a.edit(func(body object) {
		for _, name := range lists {
			list, there := body[name].([]any)
			if !there {
				continue
			}
			var items []object
			for _, item := range list {
				if item, isObject := item.(object); isObject {
					items = append(items, item)
				}
			}
			changed := []any{}
			for _, item := range change(items) {
				changed = append(changed, item)
			}
			body[name] = changed
		}
	})
}

// each changes every item of a good answer.
func (a *answer) each(change func(item object)) {
	a.items(func(items []object) []object {
		for _, item := range items {
			change(item)
		}
		return items
	})
}

// empty takes the body away.
func (a *answer) empty() {
	a.body = nil
	a.header.Del("Content-Type")
}

// put sets the whole body and its media type.
func (a *answer) put(contentType, body string) {
	a.body = []byte(body)
	a.header.Set("Content-Type", contentType)
}

// become makes the answer another one, on the same exchange.
func (a *answer) become(other *answer) {
	if id := a.header.Get(requestID); id != "" {
		other.header.Set(requestID, id)
		other.edit(func(body object) {
			if _, has := body["request_id"]; has {
				body["request_id"] = id
			}
		})
	}
	*a = *other
}

// done is an answer without a body.
func done(status int) *answer {
	a := newAnswer()
	a.status = status
	a.header.Set(requestID, newID())
	return a
}

// failure is an error in the envelope.
func failure(status int, code, text string) *answer {
	a := done(status)
	body := object{"error_code": code, "error_msg": text}
	if bytes.HasPrefix([]byte(code), []byte("APIGW.")) {
		body["request_id"] = a.header.Get(requestID)
	}
	a.encode(body)
	return a
}

func encoded(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was decoded from JSON, or made of texts
	}
	return data
}

// newID makes 32 hexadecimal digits that nothing has yet.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}
