package client

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// pointerAt is the JSON pointer of the value at an offset of a document, or that just
// ends there.
func pointerAt(body []byte, offset int64) string {
	type level struct {
		name  string // of the member now being read
		index int    // of the item now being read
		array bool
		value bool // whether an object's next token is a value
	}
	var open []level
	pointer := func() string {
		var b strings.Builder
		for _, l := range open {
			if l.array {
				b.WriteString("/" + strconv.Itoa(l.index))
			} else if l.value {
				b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(l.name))
			}
		}
		return b.String()
	}
	end := func() { // of a value
		if n := len(open); n > 0 {
			open[n-1].index++
			open[n-1].value = false
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // of any size
	for {
		token, err := decoder.Token()
		if err != nil {
			return pointer()
		}
		delim, _ := token.(json.Delim)
		name, isText := token.(string)
		n := len(open)
		isName := n > 0 && !open[n-1].array && !open[n-1].value && isText
		switch {
		case delim == '}' || delim == ']':
			open = open[:n-1]
		case isName:
			open[n-1].name, open[n-1].value = name, true
			continue
		}
		if decoder.InputOffset() >= offset {
			return pointer()
		}
		if delim == '{' || delim == '[' {
			open = append(open, level{array: delim == '['})
			continue
		}
		end()
	}
}
