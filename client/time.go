package client

import (
	"errors"
	"strings"
	"time"
)

var errNoTime = errors.New("no time in UTC")

// parseTime reads an instant in UTC whose year has four digits or more, up to nine. The package
// time reads other forms, too, and not this one.
func parseTime(text string) (time.Time, error) {
	const form = "00-00T00:00:00"
	year, rest, _ := strings.Cut(text, "-")
	rest, inUTC := strings.CutSuffix(rest, "Z")
	if len(year) < 4 || len(year) > 9 || !inUTC || len(rest) < len(form) ||
		rest[2] != '-' || rest[5] != 'T' || rest[8] != ':' || rest[11] != ':' {
		return time.Time{}, errNoTime
	}
	fraction, hasFraction := strings.CutPrefix(rest[len(form):], ".")
	if rest[len(form):] != "" && (!hasFraction || fraction == "" || len(fraction) > 9) {
		return time.Time{}, errNoTime
	}
	numbers := [...]string{year, rest[0:2], rest[3:5], rest[6:8], rest[9:11], rest[12:14], fraction}
	var n [len(numbers)]int
	for i, digits := range numbers {
		for _, digit := range []byte(digits) {
			if digit < '0' || digit > '9' {
				return time.Time{}, errNoTime
			}
			n[i] = 10*n[i] + int(digit-'0')
		}
	}
	for range 9 - len(fraction) {
		n[6] *= 10
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6], time.UTC)
	if t.Month() != time.Month(n[1]) || t.Day() != n[2] || t.Hour() != n[3] || t.Minute() != n[4] || t.Second() != n[5] {
		return time.Time{}, errNoTime // such as the 30th of February
	}
	return t, nil
}
