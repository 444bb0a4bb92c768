package remote

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// WriteTable prints lines under a head, without the columns that are empty everywhere.
func WriteTable(out io.Writer, head []string, lines [][]string) error {
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

// EscapeJSON writes what a terminal might obey, which can only be in texts, as escapes.
func EscapeJSON(text []byte) []byte {
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
