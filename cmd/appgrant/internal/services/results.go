package services

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
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
		_, _ = fmt.Fprintf(buffered, "%s{%s%s", before, &item, remote.EscapeJSON(rest[1:])) // Flush has the error
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
	return remote.EscapeJSON(text)
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
	return remote.WriteTable(out, head, lines)
}

func (e *resultOfError) line() string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.Code + " " + e.Message)
}
