package client

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// parseTime reads an instant in UTC whose year has four digits or more.
func parseTime(text string) (time.Time, error) {
	digits, rest, _ := strings.Cut(text, "-")
	year, err := strconv.Atoi(digits)
	if err != nil || len(digits) < 4 || len(digits) > 9 || !strings.HasSuffix(text, "Z") {
		return time.Time{}, errors.New("no time in UTC")
	}
	const cycle = 400 // after so many years the calendar is the same again
	t, err := time.Parse(time.RFC3339Nano, strconv.Itoa(2000+year%cycle)+"-"+rest)
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), nil
}
