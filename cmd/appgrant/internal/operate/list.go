package operate

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	admin "github.com/appgrant/appgrant/gen/admin/client"
)

// maxPage is how many items a page may have.
const maxPage = 500

// pollEvery is how long to wait for more.
const pollEvery = time.Second

// list is a command that lists something.
type list struct {
	use, short, long, example string
	everywhere                bool
	op                        string
	page                      any    // what a page is like
	member                    string // of a page, which has the items
	columns                   []string
	filters                   []filter
	// grows says that the last page has a cursor, too.
	grows bool
	send  func(ctx context.Context, api *admin.Client, q query) (*http.Response, error)
	below []*cobra.Command
}

// filter is a flag that narrows a list.
type filter struct {
	flag, usage string
	values      []string // all there are; nil if they are not known
}

var (
	byService = filter{"service", "of one service: " + strings.Join(services, ", "), services}
	byRealm   = filter{flag: "realm", usage: "of one gateway instance, ModelArts service or workspace"}
	byApp     = filter{flag: "app", usage: "of one app"}
	byAPI     = filter{flag: "api", usage: "of one API"}
)

// query asks for a page.
type query struct {
	project string
	filters map[string]*string // the values of the flags
	limit   *int
	cursor  *string
}

// valueOf is the value of a filter, nil if it has none.
func valueOf[T ~string](q query, flag string) *T {
	value := q.filters[flag]
	if value == nil || *value == "" {
		return nil
	}
	t := T(*value)
	return &t
}

// command makes it one of cobra's.
func (l list) command(env settings.Env) *cobra.Command {
	q := query{filters: map[string]*string{}}
	var most int
	var follow bool
	return adminCommand{
		use: l.use, short: l.short, long: l.long, example: l.example, everywhere: l.everywhere, below: l.below,
		flags: func(cmd *cobra.Command) {
			flags := cmd.Flags()
			for _, f := range l.filters {
				q.filters[f.flag] = flags.String(f.flag, "", f.usage)
				if f.values != nil {
					remote.Complete(cmd, f.flag, f.values...)
				}
			}
			flags.IntVar(&most, "limit", 0, "how many to list at most (default all)")
			if l.grows {
				flags.BoolVar(&follow, "follow", false, "wait for more, and print each as a line of JSON")
			}
		},
		do: func(s *session) error {
			if most < 0 {
				return errors.New("--limit is negative")
			}
			for _, f := range l.filters {
				if err := oneOf(f.flag, *q.filters[f.flag], f.values); err != nil {
					return err
				}
			}
			q.project = s.Project
			items := l.items(s, q, most, follow)
			switch {
			case follow:
				return s.showLines(items)
			case s.Format == remote.AsJSON:
				return s.showItems(items)
			}
			return s.showTable(items, l.columns)
		},
	}.command(env)
}

// items are those of all pages, each of which is asked for when it is needed.
func (l list) items(s *session, q query, most int, follow bool) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		for n := 0; ; {
			limit := maxPage
			if most > 0 {
				limit = min(limit, most-n)
			}
			q.limit = &limit
			items, next, err := l.get(s, q)
			if err != nil {
				if !follow || s.cmd.Context().Err() == nil {
					yield(nil, err)
				}
				return
			}
			for _, item := range items {
				if n++; !yield(item, nil) || n == most {
					return
				}
			}
			end := next == "" || l.grows && len(items) == 0
			if end && !follow {
				return
			}
			q.cursor = &next
			if end {
				select {
				case <-time.After(pollEvery):
				case <-s.cmd.Context().Done(): // as the next request will find
				}
			}
		}
	}
}

// get asks for a page.
func (l list) get(s *session, q query) (items []json.RawMessage, next string, err error) {
	body, err := s.call(l.op, l.page, func(ctx context.Context, api *admin.Client) (*http.Response, error) {
		return l.send(ctx, api, q)
	})
	if err != nil {
		return nil, "", err
	}
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(page[l.member], &items); err != nil {
		return nil, "", err
	}
	if cursor := page["next_cursor"]; cursor != nil {
		if err := json.Unmarshal(cursor, &next); err != nil {
			return nil, "", err
		}
	}
	if q.cursor != nil && next == *q.cursor && len(items) > 0 {
		return nil, "", remote.Judged(&client.AnswerError{Op: l.op, Status: http.StatusOK, Where: "/next_cursor", Problem: "is the one that was sent"})
	}
	return items, next, nil
}

// showLines prints each item in a line, as it comes.
func (s *session) showLines(items iter.Seq2[json.RawMessage, error]) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		var line bytes.Buffer
		if err := json.Compact(&line, item); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(s.cmd.OutOrStdout(), "%s\n", remote.EscapeJSON(line.Bytes())); err != nil {
			return remote.ExitError{Err: err, Status: remote.ExitRefused}
		}
	}
	return nil
}

// showItems prints one document. If a page is not to be had it is cut off there.
func (s *session) showItems(items iter.Seq2[json.RawMessage, error]) (err error) {
	out := bufio.NewWriter(s.cmd.OutOrStdout())
	defer func() {
		if problem := out.Flush(); problem != nil && err == nil {
			err = remote.ExitError{Err: problem, Status: remote.ExitRefused}
		}
	}()
	before, after := "{\n  \"items\": [\n    ", "{\n  \"items\": []\n}\n"
	for item, err := range items {
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := json.Indent(&text, item, "    ", "  "); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "%s%s", before, remote.EscapeJSON(text.Bytes())) // Flush has the error
		before, after = ",\n    ", "\n  ]\n}\n"
	}
	_, _ = out.WriteString(after)
	return nil
}

// showTable prints a line for each item, if there are any.
func (s *session) showTable(items iter.Seq2[json.RawMessage, error], columns []string) error {
	var lines [][]string
	for item, err := range items {
		if err != nil {
			return err
		}
		line, err := cells(item, columns)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	if lines == nil {
		return nil
	}
	head := make([]string, len(columns))
	for i, name := range columns {
		head[i] = strings.ReplaceAll(name, ".", "_")
	}
	if err := remote.WriteTable(s.cmd.OutOrStdout(), head, lines); err != nil {
		return remote.ExitError{Err: err, Status: remote.ExitRefused}
	}
	return nil
}

// show prints one object, as a document or as a line of a table.
func (s *session) show(object json.RawMessage, columns []string) error {
	if s.Format == remote.AsTable {
		return s.showTable(func(yield func(json.RawMessage, error) bool) { yield(object, nil) }, columns)
	}
	var text bytes.Buffer
	if err := json.Indent(&text, object, "", "  "); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.cmd.OutOrStdout(), "%s\n", remote.EscapeJSON(bytes.TrimSpace(text.Bytes()))); err != nil {
		return remote.ExitError{Err: err, Status: remote.ExitRefused}
	}
	return nil
}
