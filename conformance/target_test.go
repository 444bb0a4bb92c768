package conformance_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance"
	"github.com/appgrant/appgrant/conformance/cases"
)

func environment(name string) (string, bool) {
	value, known := map[string]string{"TOKEN": "t0ken #x, reader: y"}[name]
	return value, known
}

func TestParseTarget(t *testing.T) {
	t.Parallel()
	got, err := conformance.ParseTarget([]byte(`
profile: region
endpoint: https://apig.example.com/
tokens: {owner: $TOKEN, reader: "${TOKEN}2"}
values: {project: 00000000000000000000000000000012, apig.instance: i$$}
once: {roma.app_code: [a, b]}
services: [apig, roma]
features: [rulings]
timeout: 5s
`), environment)
	if err != nil {
		t.Fatal(err)
	}
	want := conformance.Target{
		Profile: conformance.Region, Endpoint: "https://apig.example.com/",
		Tokens:   map[string]string{"owner": "t0ken #x, reader: y", "reader": "t0ken #x, reader: y2"},
		Values:   map[string]string{"project": "00000000000000000000000000000012", "apig.instance": "i$"},
		Once:     map[string][]string{"roma.app_code": {"a", "b"}},
		Services: []cases.Feature{"apig", "roma"}, Features: []cases.Feature{cases.Rulings}, Timeout: 5 * time.Second,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseTargetRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"target: the environment has no NOPE":                    "{endpoint: 'http://a', admin_token: $NOPE}",
		`target: the endpoint "" is no http or https URL`:        "{profile: readonly}",
		`target: the endpoint "ftp://a" is no http or https URL`: "{endpoint: 'ftp://a'}",
		`target: there is no profile "other"`:                    "{endpoint: 'http://a', profile: other}",
		`target: there is no service "iam"`:                      "{endpoint: 'http://a', services: [iam], profile: readonly}",
		`target: there is no feature "magic"`:                    "{endpoint: 'http://a', features: [magic], profile: readonly}",
		"target: the profile appgrant needs an admin token":      "{endpoint: 'http://a'}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := conformance.ParseTarget([]byte(text), environment); err == nil || err.Error() != name {
				t.Errorf("error %v", err)
			}
		})
	}
	for _, text := range []string{"{endpoint: 'http://a', profil: region}", "[", "{timeout: soon}"} {
		if _, err := conformance.ParseTarget([]byte(text), environment); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestParseExpected(t *testing.T) {
	t.Parallel()
	got, err := conformance.ParseExpected([]byte("- {pattern: 'apig/**', reason: being built, until: 2030-02-03}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []conformance.Expected{{Pattern: "apig/**", Reason: "being built", Until: time.Date(2030, 2, 3, 0, 0, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, empty := range []string{"", "# nothing is expected\n", "[]"} {
		if got, err := conformance.ParseExpected([]byte(empty)); err != nil || len(got) > 0 {
			t.Errorf("%q: %v, %v", empty, got, err)
		}
	}
	for _, text := range []string{
		"- {pattern: a, reason: b}", "- {pattern: a, until: 2030-02-03}", "- {reason: b, until: 2030-02-03}",
		"- {pattern: a, reason: b, until: 2030-02-03, why: c}", "{pattern: a}", "- {pattern: a, reason: b, until: soon}",
	} {
		if _, err := conformance.ParseExpected([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
