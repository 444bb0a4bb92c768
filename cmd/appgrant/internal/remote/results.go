package remote

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// result is an outcome as programs read it: the row's columns and these.
type result struct {
	Status   string         `json:"status"`
	ID       string         `json:"id,omitempty"`
	AuthRole string         `json:"auth_role,omitempty"`
	AuthTime string         `json:"auth_time,omitempty"`
	Error    *resultOfError `json:"error,omitempty"`
}

// resultOfError is an error as programs read it.
type resultOfError struct {
	Status    int    `json:"status,omitempty"`
	Code      string `json:"error_code,omitempty"`
	Message   string `json:"error_msg"`
	RequestID string `json:"request_id,omitempty"`
}

func (o outcome) result() result {
	r := result{Status: string(o.status), ID: o.id, AuthRole: o.role, AuthTime: o.at}
	if o.status == unsent {
		r.Status = "unsent"
	}
	if o.err == nil {
		return r
	}
	r.Error = &resultOfError{Message: o.err.Error(), RequestID: o.requestID}
	var refusal *client.Error
	var answer *client.AnswerError
	var item *client.ItemError
	switch {
	case errors.As(o.err, &refusal):
		r.Error.Status, r.Error.RequestID = refusal.Status, refusal.RequestID
		if refusal.Code != "" {
			r.Error.Code, r.Error.Message = string(refusal.Code), refusal.Message
		}
	case errors.As(o.err, &answer):
		r.Error.Status, r.Error.RequestID = answer.Status, answer.RequestID
	case errors.As(o.err, &item):
		r.Error.Code, r.Error.Message = string(item.Code), item.Message
	}
	return r
}

// text tells what went wrong with a row, whose label tells the rest.
func (o outcome) text() string {
	var item *client.ItemError
	if !errors.As(o.err, &item) {
		return o.err.Error()
	}
	text := strings.TrimPrefix(string(item.Code)+": "+item.Message, ": ")
	if o.requestID != "" {
		text += " (request " + o.requestID + ")"
	}
	return text
}

// writeJSON prints one document: the rows in their order, and how many are done.
func (w *work) writeJSON(out io.Writer) error {
	buffered := bufio.NewWriter(out)
	before := "{\n  \"items\": [\n    "
	for i, values := range w.values {
		var item bytes.Buffer
		for at, c := range w.columns {
			if values[at] != "" {
				fmt.Fprintf(&item, "%q:%s,", c.name, jsonText(values[at]))
			}
		}
		rest, err := json.Marshal(w.outcomes[i].result())
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(buffered, "%s{%s%s", before, &item, escapeJSON(rest[1:])) // Flush has the error
		before = ",\n    "
	}
	_, _ = fmt.Fprintf(buffered, "\n  ],\n  \"done\": %d,\n  \"total\": %d\n}\n", w.count(), len(w.values))
	return buffered.Flush()
}

// jsonText is a text in JSON.
func jsonText(s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`) // no text does that
	}
	return escapeJSON(text)
}

// escapeJSON writes what a terminal might obey, which can only be in texts, as escapes.
func escapeJSON(text []byte) []byte {
	escaped := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			escaped = utf8.AppendRune(escaped, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			escaped = fmt.Appendf(escaped, `\u%04x\u%04x`, high, low)
		default:
			escaped = fmt.Appendf(escaped, `\u%04x`, r)
		}
	}
	return escaped
}

// writeTable prints a line for each row. Columns that are empty everywhere are left
// out.
func (w *work) writeTable(out io.Writer) error {
	head := make([]string, 0, len(w.columns)+5)
	for _, c := range w.columns {
		head = append(head, c.name)
	}
	head = append(head, "status", "id", "auth_role", "error", "request_id")
	lines := make([][]string, len(w.values))
	for i, values := range w.values {
		r := w.outcomes[i].result()
		request := ""
		if r.Error != nil {
			request = r.Error.RequestID
		}
		lines[i] = append(slices.Clone(values), r.Status, r.ID, r.AuthRole, r.Error.line(), request)
	}
	return writeTable(out, head, lines)
}

func (e *resultOfError) line() string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.Code + " " + e.Message)
}

// writeTable prints lines under a head, without the columns that are empty everywhere.
func writeTable(out io.Writer, head []string, lines [][]string) error {
	used := make([]bool, len(head))
	for _, line := range lines {
		for i, cell := range line {
			used[i] = used[i] || cell != ""
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	printLine := func(cells []string, as func(string) string) {
		var kept []string
		for i, cell := range cells {
			if used[i] {
				kept = append(kept, as(cell))
			}
		}
		_, _ = fmt.Fprintln(table, strings.Join(kept, "\t")) // Flush has the error
	}
	printLine(head, func(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "_", " ")) })
	for _, line := range lines {
		printLine(line, func(cell string) string {
			if cell == "" {
				return "-"
			}
			return settings.Printable(cell)
		})
	}
	return table.Flush()
}
