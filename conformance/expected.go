package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/conformance/report"
)

// Expected is a failure that is known and put up with for a time. Cases it matches
// still run, and fail if they pass.
type Expected struct {
	// Pattern matches the IDs of cases: * is any part between slashes, ** any at all.
	Pattern string `yaml:"pattern"`
	// Reason is shown in reports.
	Reason string `yaml:"reason"`
	// Until is the last day it is put up with, in UTC. Mandatory.
	Until time.Time `yaml:"until"`
}

// ParseExpected reads a file of expected failures, a YAML list of entries with
// pattern, reason and until. An unknown key or an incomplete entry is an error.
func ParseExpected(text []byte) ([]Expected, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithKnownFields())
	if err != nil {
		return nil, err
	}
	var all []Expected
	if err := loader.Load(&all); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("expected failures: %w", err)
	}
	for _, e := range all {
		if e.Pattern == "" || e.Reason == "" || e.Until.IsZero() {
			return nil, fmt.Errorf("expected failures: %q has not all of pattern, reason and until", e.Pattern)
		}
		if _, err := compile(e.Pattern); err != nil {
			return nil, fmt.Errorf("expected failures: %w", err)
		}
	}
	return all, nil
}

// checkExpected refuses entries that are past their day or match no case.
func checkExpected(expected []Expected, ids []string, now time.Time) error {
	var problems []error
	for _, e := range expected {
		match, err := compile(e.Pattern)
		switch {
		case err != nil:
			problems = append(problems, err)
		case now.After(e.Until.AddDate(0, 0, 1)):
			problems = append(problems, fmt.Errorf("the expected failure %s was put up with until %s", e.Pattern, e.Until.Format(time.DateOnly)))
		case !slices.ContainsFunc(ids, match):
			problems = append(problems, fmt.Errorf("the expected failure %s matches no case", e.Pattern))
		}
	}
	return errors.Join(problems...)
}

// putUpWith turns the outcome of a case that was expected to fail.
func putUpWith(c *report.Case, expected []Expected) {
	for _, e := range expected {
		match, err := compile(e.Pattern)
		if err != nil || !match(c.ID) {
			continue
		}
		switch c.Outcome {
		case report.Fail:
			c.Outcome, c.Reason = report.ExpectedFail, e.Reason
		case report.Pass:
			c.Outcome, c.Reason = report.UnexpectedPass, "expected to fail: "+e.Reason
		case report.Skipped, report.Errored, report.ExpectedFail, report.UnexpectedPass:
		}
		return
	}
}
