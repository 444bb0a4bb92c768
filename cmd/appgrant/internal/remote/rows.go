package remote

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// column is something that a row of the work names, given by a flag, as an argument or
// in a file.
type column struct {
	name     string // of the contract, and in a file
	flag     string // empty for arguments
	usage    string
	list     bool // the flag may be repeated
	optional bool
	value    string // the default
}

// row is one thing to do: the columns' values by name.
type row map[string]string

// maxInput is how long a file of rows may be, in bytes.
const maxInput = 64 << 20

// input is where the rows come from.
type input struct {
	columns []column
	values  map[string]*[]string // of the flags, by column
	file    string
}

func (in *input) add(cmd *cobra.Command, columns []column) {
	in.columns, in.values = columns, map[string]*[]string{}
	flags := cmd.Flags()
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
		var values []string
		if c.value != "" {
			values = []string{c.value}
		}
		in.values[c.name] = &values
		switch {
		case c.flag == "":
		case c.list:
			flags.StringSliceVar(&values, c.flag, nil, c.usage+"; may be repeated")
		default:
			flags.Func(c.flag, c.usage, func(v string) error { values = []string{v}; return nil })
			if c.value != "" {
				flags.Lookup(c.flag).DefValue = c.value
			}
		}
	}
	flags.StringVarP(&in.file, "file", "f", "", "CSV file, or - for standard input, with the columns "+strings.Join(names, ", ")+"; flags fill in those it lacks")
}

// read returns what there is to do, each once and in order.
func (in *input) read(args []string, stdin io.Reader) ([]row, error) {
	for _, c := range in.columns {
		if c.flag == "" && len(args) > 0 {
			*in.values[c.name] = args
		}
	}
	var rows []row
	if in.file == "" {
		rows = in.product()
	} else {
		text, err := settings.ReadInput(in.file, maxInput, stdin)
		switch {
		case err != nil:
			return nil, fmt.Errorf("--file: %w", err)
		case len(text) > maxInput:
			return nil, fmt.Errorf("--file: %s is longer than %d bytes", in.file, maxInput)
		}
		if rows, err = in.parse(text); err != nil {
			return nil, err
		}
	}
	if err := in.check(rows); err != nil {
		return nil, err
	}
	return in.distinct(rows), nil
}

// product has a row for each combination of the flags' values.
func (in *input) product() []row {
	rows := []row{{}}
	for _, c := range in.columns {
		values := *in.values[c.name]
		if len(values) == 0 {
			values = []string{""}
		}
		var more []row
		for _, r := range rows {
			for _, value := range values {
				longer := row{c.name: value}
				for name, v := range r {
					longer[name] = v
				}
				more = append(more, longer)
			}
		}
		rows = more
	}
	return rows
}

// parse reads a CSV text. The first line may name its columns; otherwise it has those
// that no flag gives, in their order.
func (in *input) parse(text []byte) (rows []row, err error) {
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	reader.FieldsPerRecord = -1
	reader.TrimLeadingSpace = true
	reader.Comment = '#'
	var header []string
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", in.file, err)
		}
		line, _ := reader.FieldPos(0)
		for i := range record {
			record[i] = strings.TrimSpace(record[i])
		}
		if header == nil {
			if in.isHeader(record) {
				header = record
				continue
			}
			header = in.missing()
		}
		if len(record) != len(header) {
			return nil, fmt.Errorf("%s, line %d: %d values for the columns %s", in.file, line, len(record), strings.Join(header, ", "))
		}
		r := row{}
		for i, name := range header {
			r[name] = record[i]
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s has no rows", in.file)
	}
	return rows, in.fill(rows)
}

// isHeader reports whether a record names columns, among them one of ours and none
// twice. Others are ignored, as those of an export that has more.
func (in *input) isHeader(record []string) bool {
	for i, name := range record {
		if slices.Contains(record[:i], name) {
			return false
		}
	}
	return slices.ContainsFunc(in.columns, func(c column) bool { return slices.Contains(record, c.name) })
}

// missing names the mandatory columns that no flag gives.
func (in *input) missing() (names []string) {
	for _, c := range in.columns {
		if !c.optional && len(*in.values[c.name]) == 0 {
			names = append(names, c.name)
		}
	}
	return names
}

// fill completes rows by flags.
func (in *input) fill(rows []row) error {
	for _, c := range in.columns {
		values := *in.values[c.name]
		_, inFile := rows[0][c.name]
		switch {
		case inFile || len(values) == 0:
			continue
		case len(values) > 1:
			return fmt.Errorf("with --file there can be one %s", c.label())
		}
		for _, r := range rows {
			r[c.name] = values[0]
		}
	}
	return nil
}

func (in *input) check(rows []row) error {
	for i, r := range rows {
		for _, c := range in.columns {
			if c.optional || r[c.name] != "" {
				continue
			}
			if in.file == "" {
				return fmt.Errorf("there is no %s", c.label())
			}
			return fmt.Errorf("%s: row %d has no %s", in.file, i+1, c.name)
		}
	}
	return nil
}

func (in *input) distinct(rows []row) []row {
	known := make(map[string]bool, len(rows))
	kept := rows[:0]
	for _, r := range rows {
		var key strings.Builder
		for _, c := range in.columns {
			key.WriteString(r[c.name] + "\n")
		}
		if !known[key.String()] {
			known[key.String()] = true
			kept = append(kept, r)
		}
	}
	return kept
}

func (c column) label() string {
	if c.flag == "" {
		return strings.ToUpper(c.name)
	}
	return "--" + c.flag
}
