package services

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// column is something that a row of the work names, given by a flag, as an argument or
// in a file.
type column struct {
	name     string // of the contract, and in a file
	flag     string // empty for arguments
	usage    string // with the value's name in backquotes
	list     bool   // the flag may be repeated
	optional bool
	value    string // the default
}

// rows are things to do: the values of each, in the order of the columns.
type rows struct {
	columns []column
	values  [][]string
}

// get is a value of a row.
func (r rows) get(i int, name string) string {
	return r.values[i][slices.IndexFunc(r.columns, func(c column) bool { return c.name == name })]
}

// label tells which row it is.
func (r rows) label(i int) string {
	var parts []string
	for at, c := range r.columns {
		if value := r.values[i][at]; value != "" {
			parts = append(parts, c.name+" "+value)
		}
	}
	return strings.Join(parts, ", ")
}

// maxInput is how long a file of rows may be, in bytes.
const maxInput = 16 << 20

// input is where the rows come from.
type input struct {
	columns []column
	given   [][]string // by flags and arguments, by column; defaults not included
	file    string
	lenient bool // columns that are not known are ignored
}

func (in *input) add(flags *pflag.FlagSet, columns []column) {
	in.columns, in.given = columns, make([][]string, len(columns))
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
		switch {
		case c.flag == "":
		case c.list:
			flags.StringSliceVar(&in.given[i], c.flag, nil, c.usage+"; may be repeated")
		default:
			flags.Func(c.flag, c.usage, func(v string) error { in.given[i] = []string{v}; return nil })
			flags.Lookup(c.flag).DefValue = c.value
		}
	}
	flags.StringVarP(&in.file, "file", "f", "", "CSV `FILE`, or - for standard input, with the columns "+strings.Join(names, ", ")+"; flags fill in those it lacks")
	flags.BoolVar(&in.lenient, "ignore-columns", false, "ignore other columns of the file")
}

// fromFile reports whether the rows come from a file.
func (in *input) fromFile() bool { return in.file != "" }

// source is what errors call the file.
func (in *input) source() string {
	if in.file == "-" {
		return "standard input"
	}
	return in.file
}

// read returns what there is to do, each once and in order.
func (in *input) read(ctx context.Context, args []string, stdin io.Reader) (rows, error) {
	for i, c := range in.columns {
		if c.flag == "" && len(args) > 0 {
			in.given[i] = args
		}
	}
	r := rows{columns: in.columns}
	if !in.fromFile() {
		r.values = in.product()
		for at, c := range in.columns {
			if !c.optional && r.values[0][at] == "" {
				return rows{}, fmt.Errorf("there is no %s", c.label())
			}
		}
	} else {
		text, err := settings.ReadInput(ctx, in.file, maxInput, stdin)
		switch {
		case err != nil:
			return rows{}, fmt.Errorf("--file: %w", err)
		case len(text) > maxInput:
			return rows{}, fmt.Errorf("--file: %s is longer than %d bytes", in.source(), maxInput)
		}
		if r.values, err = in.parse(text); err != nil {
			return rows{}, err
		}
	}
	known := make(map[string]bool, len(r.values))
	r.values = slices.DeleteFunc(r.values, func(values []string) bool {
		key := strings.Join(values, "\x00")
		defer func() { known[key] = true }()
		return known[key]
	})
	return r, nil
}

// product has a row for each combination of the flags' values.
func (in *input) product() [][]string {
	list := [][]string{{}}
	for i, c := range in.columns {
		values := in.given[i]
		if len(values) == 0 {
			values = []string{c.value}
		}
		var longer [][]string
		for _, row := range list {
			for _, value := range values {
				longer = append(longer, append(slices.Clone(row), value))
			}
		}
		list = longer
	}
	return list
}

// parse reads a CSV text. Its first line may name the columns; otherwise it has those
// that no flag gives, in their order, of which the last may be left out if they are
// optional.
func (in *input) parse(text []byte) (list [][]string, err error) {
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	reader.FieldsPerRecord = -1
	reader.TrimLeadingSpace = true
	reader.Comment = '#'
	var layout []int // the column of each cell; -1 is none
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", in.source(), err)
		}
		line, _ := reader.FieldPos(0)
		for i := range record {
			record[i] = strings.TrimSpace(record[i])
		}
		if layout == nil {
			var named bool
			if layout, named, err = in.layout(record); err != nil {
				return nil, fmt.Errorf("%s, line %d: %w", in.source(), line, err)
			}
			if named {
				continue
			}
		}
		row, err := in.row(layout, record)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", in.source(), line, err)
		}
		list = append(list, row)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no rows", in.source())
	}
	return list, nil
}

// layout finds out which column each cell is, from a first line that may name them.
func (in *input) layout(record []string) (layout []int, named bool, err error) {
	for _, name := range record {
		at := slices.IndexFunc(in.columns, func(c column) bool { return c.isCalled(name) })
		if at >= 0 && slices.Contains(layout, at) {
			return nil, false, fmt.Errorf("the column %s is there twice", in.columns[at].name)
		}
		named = named || at >= 0
		layout = append(layout, at)
	}
	if !named {
		layout = nil
		for at := range in.columns {
			if len(in.given[at]) == 0 {
				layout = append(layout, at)
			}
		}
		if len(layout) == 0 {
			return nil, false, errors.New("flags give all there is to say")
		}
		return layout, false, nil
	}
	for i, at := range layout {
		switch {
		case at < 0 && !in.lenient:
			return nil, false, fmt.Errorf("unknown column %q; there are %s (--ignore-columns ignores others)", record[i], in.names())
		case at >= 0 && len(in.given[at]) > 0:
			return nil, false, fmt.Errorf("the file has the column %s, and so there can be no %s", in.columns[at].name, in.columns[at].label())
		}
	}
	return layout, true, nil
}

// row puts cells where they belong, and fills in what they lack.
func (in *input) row(layout []int, record []string) ([]string, error) {
	if len(record) > len(layout) {
		return nil, fmt.Errorf("%d values for %d columns", len(record), len(layout))
	}
	row := make([]string, len(in.columns))
	for at, c := range in.columns {
		row[at] = c.value
		switch given := in.given[at]; {
		case len(given) > 1:
			return nil, fmt.Errorf("with --file there can be one %s", c.label())
		case len(given) == 1:
			row[at] = given[0]
		}
	}
	for i, cell := range record {
		if at := layout[i]; at >= 0 && cell != "" {
			row[at] = strings.Clone(cell)
		}
	}
	for at, c := range in.columns {
		if row[at] == "" && !c.optional {
			return nil, fmt.Errorf("there is no %s", c.name)
		}
	}
	return row, nil
}

func (in *input) names() string {
	names := make([]string, len(in.columns))
	for i, c := range in.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// isCalled reports whether a name in a file is the column's: that of the contract, of
// its flag, or "id" for an argument, whatever the case and the hyphens.
func (c column) isCalled(name string) bool {
	simple := func(s string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s))
	}
	name = simple(name)
	return name == simple(c.name) || c.flag != "" && name == simple(c.flag) || c.flag == "" && name == "id"
}

func (c column) label() string {
	if c.flag == "" {
		return "ID"
	}
	return "--" + c.flag
}
