package client

import (
	"errors"
	"regexp"
	"strconv"
	"time"
)

// instant is how an instant in UTC is written: a year, and all the rest. The package
// time reads other forms, too.
var instant = regexp.MustCompile(`^([0-9]{4,9})-([0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z)$`)

// parseTime reads an instant in UTC whose year has four digits or more.
func parseTime(text string) (time.Time, error) {
	parts := instant.FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, errors.New("no time in UTC")
	}
	year, err := strconv.Atoi(parts[1])
	if err != nil {
		return time.Time{}, err
	}
	const cycle = 400 // after so many years the calendar is the same again
	t, err := time.Parse(time.RFC3339Nano, strconv.Itoa(2000+year%cycle)+"-"+parts[2])
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), nil
}
