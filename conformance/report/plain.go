package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// printable is s without anything that a terminal, an XML parser or a browser would
// act upon: control characters, invisible ones and those that turn the direction of
// writing become escapes such as \x1b, and bytes that are no UTF-8 become U+FFFD.
// Line feeds and tabs stay.
func printable(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// oneLine is s as [printable] has it, on one line and of at most limit characters.
func oneLine(s string, limit int) string {
	long := len(s) > 8*limit
	if long {
		s = s[:8*limit] // the rest would not be shown
	}
	runes := []rune(strings.Join(strings.Fields(printable(s)), " "))
	if !long && len(runes) <= limit {
		return string(runes)
	}
	return string(runes[:min(len(runes), limit-1)]) + "…"
}

// clip cuts s after about limit bytes, never within a character, and says so.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > limit-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%s\n… and %d bytes more", s[:end], len(s)-end)
}

// brief is a duration as people say it.
func brief(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		d = d.Round(time.Microsecond)
	case d < time.Second:
		d = d.Round(time.Millisecond)
	case d < time.Minute:
		d = d.Round(10 * time.Millisecond)
	default:
		d = d.Round(time.Second)
	}
	return d.String()
}

// percent is rounded down, so that only all of them are 100 %.
func percent(n, total int) string {
	if total == 0 {
		return "–"
	}
	return strconv.Itoa(100*n/total) + " %"
}

// count is a number and its noun, such as "1 case" or "2 cases".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
