package remote

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

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
	var answer *client.Error
	var item *client.ItemError
	switch {
	case o.err == nil:
	case errors.As(o.err, &answer) && answer.Code != "":
		r.Error = &resultOfError{Status: answer.Status, Code: string(answer.Code), Message: answer.Message, RequestID: answer.RequestID}
	case errors.As(o.err, &answer):
		r.Error = &resultOfError{Status: answer.Status, Message: o.err.Error(), RequestID: answer.RequestID}
	case errors.As(o.err, &item):
		r.Error = &resultOfError{Code: string(item.Code), Message: item.Message}
	default:
		r.Error = &resultOfError{Message: o.err.Error()}
	}
	return r
}

// writeJSON prints one document: the rows in their order, and how many are done.
func (w *work) writeJSON(out io.Writer) error {
	items := make([]map[string]any, len(w.rows))
	for i, r := range w.rows {
		text, err := json.Marshal(w.outcomes[i].result())
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, &items[i]); err != nil {
			return err
		}
		for _, c := range w.columns {
			if value := r[c.name]; value != "" {
				items[i][c.name] = value
			}
		}
	}
	return writeJSON(out, map[string]any{"items": items, "done": w.count(), "total": len(w.rows)})
}

func writeJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// writeTable prints a line for each row. Columns that are empty everywhere are left
// out.
func (w *work) writeTable(out io.Writer) error {
	head := make([]string, 0, len(w.columns)+4)
	for _, c := range w.columns {
		head = append(head, c.name)
	}
	head = append(head, "status", "id", "auth_role", "error")
	lines := make([][]string, len(w.rows))
	for i, r := range w.rows {
		result := w.outcomes[i].result()
		for _, c := range w.columns {
			lines[i] = append(lines[i], r[c.name])
		}
		lines[i] = append(lines[i], result.Status, result.ID, result.AuthRole, result.Error.line())
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
