package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
	"github.com/appgrant/appgrant/conformance/report"
)

// run is one case under way.
type run struct {
	*Engine
	ctx       context.Context
	c         cases.Case
	world     *world
	result    report.Case
	exchanges []*exchange.Exchange
}

// missing says what the target lacks for the case, empty if nothing.
func (r *run) missing() string {
	needs := slices.Clone(r.c.Needs)
	if !r.c.Harmless {
		needs = append(needs, cases.Changes)
	}
	if r.c.Clock != "" {
		needs = append(needs, cases.Clock)
	}
	for _, s := range r.c.Steps {
		if s.Advance != "" {
			needs = append(needs, cases.Clock)
		}
	}
	if feature, lacks := r.target.lacks(needs); lacks {
		return "needs the feature " + string(feature)
	}
	r.world = r.shared
	if r.target.has(cases.Admin) {
		return ""
	}
	return r.missingValue()
}

// missingValue says which variable or user nobody has given, and otherwise takes what
// serves one case only.
func (r *run) missingValue() string {
	w := *r.shared
	w.values = maps.Clone(w.values)
	captured := map[string]bool{}
	var once []string
	for _, s := range r.applicable() {
		for _, name := range cases.Unfilled(s) {
			if _, known := w.lookup(name); known || captured[name] || slices.Contains(once, name) {
				continue
			}
			if len(r.target.Once[name]) == 0 {
				return "needs $" + name + ", which the target's description does not give"
			}
			once = append(once, name)
		}
		if _, known := w.tokens[cmp.Or(s.As, owner)]; !known && s.As != nobody && (s.Call != "" || s.URL != "") {
			return "needs a token for the user " + cmp.Or(s.As, owner)
		}
		if _, given := r.target.Values["project"]; !given && s.As != nobody && s.As != intruder {
			return "needs $project, which the target's description does not give" // another project's answer is 403
		}
		for name := range s.Capture {
			captured[name] = true
		}
	}
	for _, name := range once {
		w.values[name], r.target.Once[name] = r.target.Once[name][0], r.target.Once[name][1:]
	}
	r.world = &w
	return ""
}

// applicable are the steps that are for this target.
func (r *run) applicable() []cases.Step {
	return slices.DeleteFunc(slices.Clone(r.c.Steps), func(s cases.Step) bool {
		_, lacks := r.target.lacks(s.When)
		has := slices.ContainsFunc(s.Unless, r.target.has)
		return lacks || has || s.Decision != nil && !r.target.has(cases.Admin)
	})
}

// do runs the case in its world. An error means that it could not be judged.
func (r *run) do() (err error) {
	p := partsFor(r.c)
	if r.target.has(cases.Admin) && (!r.c.Harmless || p[otherProject]) {
		r.world = newWorld(time.Now())
		if err := r.makeWorld(r.ctx, r.world, p); err != nil {
			return err
		}
		defer func() { // whatever became of the case, and of the run
			if dropping := r.dropWorld(r.ctx, r.world, p); dropping != nil && err == nil {
				err = dropping
			}
		}()
	}
	if r.c.Clock != "" {
		if r.world.now, err = time.Parse(time.RFC3339, r.c.Clock); err != nil {
			return err
		}
		if err := demand(r.setClock(r.ctx, r.world, r.world.now), 200); err != nil {
			return err
		}
	}
	w := *r.world // captures are the case's own
	w.values = maps.Clone(w.values)
	r.world = &w
	if !w.own {
		defer func() { err = errors.Join(err, r.cleanup()) }()
	}
	for _, s := range r.applicable() {
		failed, err := r.step(s)
		if err != nil {
			return err
		}
		if failed {
			return nil
		}
	}
	return nil
}

// cleanup does what takes back the steps, as far as they came. What is not there needs
// no taking back; any other answer but a good one is an error.
func (r *run) cleanup() error {
	for _, s := range r.c.Cleanup {
		filled, unknown := cases.Fill(s, r.world.lookup)
		if len(unknown) > 0 {
			continue // the step that would have made it failed, and that is said
		}
		x, err := r.request(filled)
		if err != nil {
			return err
		}
		x.Do(context.WithoutCancel(r.ctx), r.client)
		if x.Err != nil {
			return fmt.Errorf("the target was not left clean: %w", x.Err)
		}
		if x.Status >= 300 && x.Status != http.StatusNotFound && x.Status != http.StatusBadRequest {
			return fmt.Errorf("the target was not left clean: %s %s is answered %d", x.Method, x.URL.Path, x.Status)
		}
	}
	return nil
}

// step does one step and reports whether its expectation failed, which ends the case.
func (r *run) step(s cases.Step) (failed bool, err error) {
	filled, unknown := cases.Fill(s, r.world.lookup)
	if len(unknown) > 0 {
		return false, fmt.Errorf("nobody has given $%s", strings.Join(unknown, ", $"))
	}
	if filled.Advance != "" {
		return false, r.advance(filled.Advance)
	}
	if filled.Decision != nil {
		filled.Expect = decided(filled.Decision.Reason)
	}
	count := max(filled.Together, 1)
	sent := make([]*exchange.Exchange, count)
	for i := range sent {
		if sent[i], err = r.request(filled); err != nil {
			return false, err
		}
	}
	r.send(sent)
	before := len(r.result.Findings)
	for _, x := range sent {
		r.exchanges = append(r.exchanges, x)
		switch {
		case r.ctx.Err() != nil:
			return false, errStopped
		case x.Refused():
			return false, fmt.Errorf("nobody answers: %w", x.Err)
		}
		r.judge(x)
	}
	if filled.Together > 0 {
		r.expectAmong(filled.Expect, sent)
	} else {
		r.expect(filled.Expect, sent[0])
		err = r.capture(filled.Capture, sent[0])
	}
	failed = slices.ContainsFunc(r.result.Findings[before:], func(f report.Finding) bool { return f.Layer == report.Expectation })
	if failed {
		err = nil // what was not answered can't be captured
	}
	return failed, err
}

func (r *run) send(sent []*exchange.Exchange) {
	if len(sent) == 1 {
		sent[0].Do(r.ctx, r.client)
		return
	}
	var all sync.WaitGroup
	for _, x := range sent {
		all.Go(func() { x.Do(r.ctx, r.client) })
	}
	all.Wait()
}

// judge has an exchange judged by the contract that has its operation.
func (r *run) judge(x *exchange.Exchange) {
	j := r.services
	if strings.HasPrefix(strings.TrimPrefix(x.URL.Path, r.target.Endpoint.Path), "/admin/") {
		j = r.admin
	}
	for _, f := range j.Judge(x, r.target.prefix()) {
		f.Step = len(r.exchanges)
		r.result.Findings = append(r.result.Findings, f)
	}
}

func (r *run) advance(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		return err
	}
	x := r.call(r.ctx, "POST", projectPath(r.world.values["project"])+"/clock/advance", object{"seconds": int64(d / time.Second)})
	return demand(x, 200)
}

// capture takes values for variables out of an answer.
func (r *run) capture(names map[string]string, x *exchange.Exchange) error {
	if len(names) == 0 {
		return nil
	}
	body, err := strictjson.Decode(x.Body)
	if err != nil {
		return fmt.Errorf("nothing to capture from: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		value, there := at(body, names[name])
		if !there {
			return fmt.Errorf("the answer has no %s to capture", names[name])
		}
		r.world.values[name] = value
	}
	return nil
}

// at is the value at a JSON pointer.
func at(value any, pointer string) (any, bool) {
	for _, key := range strings.Split(pointer, "/")[1:] {
		switch v := value.(type) {
		case map[string]any:
			member, there := v[key]
			if !there {
				return nil, false
			}
			value = member
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}
