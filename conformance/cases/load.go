package cases

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

//go:embed */*.yaml
var files embed.FS

// Load reads the cases that this build carries, in the order of their IDs.
func Load() ([]Case, error) { return LoadFS(files) }

// LoadFS reads the cases of a file system: files FOLDER/FILE.yaml. An unknown key, a
// name twice, a step that can't be done or a value that can't be expected is an error
// that names the file and the case.
func LoadFS(fsys fs.FS) ([]Case, error) {
	names, err := fs.Glob(fsys, "*/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []Case
	seen := map[string]bool{}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		cases, err := Parse(strings.TrimSuffix(name, ".yaml"), text)
		if err != nil {
			return nil, fmt.Errorf("cases %s: %w", name, err)
		}
		for _, c := range cases {
			if seen[c.ID] {
				return nil, fmt.Errorf("cases %s: %s is there twice", name, c.ID)
			}
			seen[c.ID] = true
		}
		all = append(all, cases...)
	}
	slices.SortFunc(all, func(a, b Case) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// Parse reads one file. folder is the first part of its cases' IDs, such as
// apig/authorize.
func Parse(folder string, text []byte) ([]Case, error) {
	var root yaml.Node
	if err := yaml.Load(text, &root); err != nil {
		return nil, err
	}
	if err := checkTimes(&root); err != nil {
		return nil, err
	}
	var file File
	if err := root.Load(&file, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	var all []Case
	for _, c := range file.Cases {
		c.Operation, c.Document = file.Operation, file.Document
		c.Needs = slices.Concat(file.Needs, c.Needs)
		c.Steps = onto(file, c.Steps)
		c.Cleanup = onto(file, c.Cleanup)
		for _, made := range expand(c) {
			made.ID = path.Join(folder, made.Name)
			if err := made.Check(); err != nil {
				return nil, fmt.Errorf("%s: %w", made.Name, err)
			}
			all = append(all, made)
		}
	}
	return all, nil
}

// onto completes the steps that call the file's operation with its good request.
func onto(file File, steps []Step) []Step {
	complete := make([]Step, len(steps))
	for i, s := range steps {
		if s.Call == "" && s.URL == "" && s.Decision == nil && s.Advance == "" {
			s.Call = file.Operation
		}
		if s.Call == file.Operation && s.Call != "" {
			s.Request = s.over(file.Request)
		}
		complete[i] = s
	}
	return complete
}

// over completes a request with what it leaves out.
func (r Request) over(base Request) Request {
	r.As = cmp.Or(r.As, base.As)
	r.Path = merged(base.Path, r.Path)
	r.Query = merged(base.Query, r.Query)
	r.Header = merged(base.Header, r.Header)
	r.ContentType = cmp.Or(r.ContentType, base.ContentType)
	if r.Body == nil && r.Raw == nil {
		r.Body = base.Body
	}
	return r
}

func merged(base, over map[string]any) map[string]any {
	all := maps.Clone(base)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, over)
	return all
}

// checkTimes refuses what YAML takes for a time and JSON has no type for.
func checkTimes(n *yaml.Node) error {
	if n.ShortTag() == "!!timestamp" {
		return fmt.Errorf("line %d: %s must be put in quotes", n.Line, n.Value)
	}
	for _, child := range n.Content {
		if err := checkTimes(child); err != nil {
			return err
		}
	}
	return nil
}

var (
	nameSyntax = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	errNoStep  = errors.New("it has no steps")
)

// Check refuses what can't be run.
func (c Case) Check() error {
	switch {
	case !nameSyntax.MatchString(c.Name):
		return fmt.Errorf("%q is no name: letters in lower case, digits, hyphens", c.Name)
	case !slices.Contains(Kinds, c.Kind):
		return fmt.Errorf("%q is no kind of case", c.Kind)
	case c.About == "":
		return errors.New("it does not say what it is about")
	case len(c.Steps) == 0:
		return errNoStep
	}
	if err := checkFeatures(c.Needs); err != nil {
		return err
	}
	if _, err := time.Parse(time.RFC3339, c.Clock); err != nil && c.Clock != "" {
		return fmt.Errorf("clock: %w", err)
	}
	for i, s := range slices.Concat(c.Steps, c.Cleanup) {
		if err := s.check(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		if i < len(c.Steps) && s.expectsNothing() {
			return fmt.Errorf("step %d: it expects nothing", i+1)
		}
	}
	return nil
}

// expectsNothing reports whether any answer would do.
func (s Step) expectsNothing() bool {
	if s.Decision != nil {
		return s.Decision.Reason == ""
	}
	return s.Advance == "" && reflect.DeepEqual(s.Expect, Expect{})
}

func checkFeatures(features []Feature) error {
	for _, f := range features {
		if !slices.Contains(Features, f) {
			return fmt.Errorf("%q is no feature", f)
		}
	}
	return nil
}

func (s Step) check() error {
	ways := 0
	for _, way := range []bool{s.Call != "", s.URL != "", s.Decision != nil, s.Advance != ""} {
		if way {
			ways++
		}
	}
	switch {
	case ways != 1:
		return errors.New("it does not do exactly one thing (call, url, decision, advance)")
	case s.URL != "" && s.Method == "":
		return errors.New("it has a url without a method")
	case s.Together > 0 && len(s.Expect.Among) == 0:
		return errors.New("it sends several requests together and expects nothing among their answers")
	case s.Together == 0 && len(s.Expect.Among) > 0:
		return errors.New("it sends one request and expects several answers")
	}
	if s.Advance != "" {
		if _, err := time.ParseDuration(s.Advance); err != nil {
			return err
		}
	}
	if err := checkFeatures(slices.Concat(s.When, s.Unless)); err != nil {
		return err
	}
	expected := []any{s.Expect.Body, s.Expect.Has}
	for _, items := range s.Expect.Contains {
		expected = append(expected, items)
	}
	for _, share := range s.Expect.Among {
		expected = append(expected, share.Has)
	}
	return checkMatchers(expected)
}
