package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/engine"
)

// Target describes an implementation to be judged. In a file it is YAML with the keys
// in lower case; $NAME and ${NAME} in the endpoint, tokens and values are variables of
// the environment, and $$ is a dollar.
type Target struct {
	// Profile says what kind of target it is; empty is [Appgrant].
	Profile Profile `yaml:"profile"`
	// Endpoint is the URL in front of the contract's paths. Mandatory.
	Endpoint string `yaml:"endpoint"`
	// AdminToken opens the admin contract, which only an appgrant server has.
	AdminToken string `yaml:"admin_token"`
	// Tokens of users by name: owner, provider, consumer, stranger, reader, expired and
	// outsider. Cases for which a user is missing are skipped. An appgrant server needs
	// none, since each case makes its own users.
	Tokens map[string]string `yaml:"tokens"`
	// Values are those of the variables in cases, such as project or apig.instance.
	// Cases for which one is missing are skipped.
	Values map[string]string `yaml:"values"`
	// Once are values that serve one case each, such as the ids of AppCodes that may be
	// deleted. The first cases by their IDs get them.
	Once map[string][]string `yaml:"once"`
	// Services are those the target offers, of apig, roma, modelarts and dataarts; none
	// named is all.
	Services []cases.Feature `yaml:"services"`
	// Features are what it offers beyond its profile, such as rulings.
	Features []cases.Feature `yaml:"features"`
	// Timeout is how long a request may take; 0 is half a minute.
	Timeout time.Duration `yaml:"timeout"`
	// Transport sends the requests; nil is one of the suite's own.
	Transport http.RoundTripper `yaml:"-"`
}

// Profile is a kind of target.
type Profile string

// The profiles.
const (
	// Appgrant is a server with the admin contract. Each case gets a project of its own.
	Appgrant Profile = "appgrant"
	// Region is a real service: ids and tokens are given, cases clean up after themselves,
	// and what only this project decided is not asked of it.
	Region Profile = "region"
	// ReadOnly is a target of which nothing must be changed. Only cases run that name
	// nothing that exists.
	ReadOnly Profile = "readonly"
)

var services = []cases.Feature{"apig", "roma", "modelarts", "dataarts"}

// ParseTarget reads the description of a target. An unknown key, profile, service,
// feature or a variable that the environment does not have is an error.
func ParseTarget(text []byte, environment func(name string) (string, bool)) (Target, error) {
	var t Target
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithKnownFields())
	if err != nil {
		return Target{}, err
	}
	if err := loader.Load(&t); err != nil {
		return Target{}, fmt.Errorf("target: %w", err)
	}
	if missing := t.expand(environment); len(missing) > 0 {
		return Target{}, fmt.Errorf("target: the environment has no %s", strings.Join(missing, ", "))
	}
	_, err = t.resolve()
	return t, err
}

// expand puts the variables of the environment in, and returns those it does not have.
func (t *Target) expand(environment func(name string) (string, bool)) (missing []string) {
	fill := func(text string) string {
		return os.Expand(text, func(name string) string {
			value, known := environment(name)
			switch {
			case name == "$":
				return "$"
			case !known:
				missing = append(missing, name)
			}
			return value
		})
	}
	t.Endpoint, t.AdminToken = fill(t.Endpoint), fill(t.AdminToken)
	for _, values := range []map[string]string{t.Tokens, t.Values} {
		for name, value := range values {
			values[name] = fill(value)
		}
	}
	for _, values := range t.Once {
		for i, value := range values {
			values[i] = fill(value)
		}
	}
	slices.Sort(missing)
	return missing
}

// resolve makes of a description what the engine works with.
func (t Target) resolve() (*engine.Target, error) {
	endpoint, err := url.Parse(strings.TrimSuffix(t.Endpoint, "/"))
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "http" && endpoint.Scheme != "https" {
		return nil, fmt.Errorf("target: the endpoint %q is no http or https URL", t.Endpoint)
	}
	offered := t.Services
	if len(offered) == 0 {
		offered = services
	}
	for _, s := range offered {
		if !slices.Contains(services, s) {
			return nil, fmt.Errorf("target: there is no service %q", s)
		}
	}
	for _, f := range t.Features {
		if !slices.Contains(cases.Features, f) {
			return nil, fmt.Errorf("target: there is no feature %q", f)
		}
	}
	features := slices.Concat(offered, t.Features)
	switch t.Profile {
	case "", Appgrant:
		if t.AdminToken == "" {
			return nil, errors.New("target: the profile appgrant needs an admin token")
		}
		features = append(features, cases.Admin, cases.Rulings, cases.Changes)
	case Region:
		features = append(features, cases.Changes)
	case ReadOnly:
		features = slices.DeleteFunc(features, func(f cases.Feature) bool { return f == cases.Admin || f == cases.Changes })
	default:
		return nil, fmt.Errorf("target: there is no profile %q", t.Profile)
	}
	return &engine.Target{
		Endpoint: endpoint, Transport: t.Transport, Features: features, AdminToken: t.AdminToken,
		Tokens: t.Tokens, Values: t.Values, Once: maps.Clone(t.Once), Timeout: t.Timeout,
	}, nil
}
