package engine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/judge"
)

// request makes the request of a step whose variables are filled.
func (r *run) request(s cases.Step) (*exchange.Exchange, error) {
	if s.Decision != nil {
		s = r.ask(*s.Decision)
	}
	x := &exchange.Exchange{Method: s.Method, RequestHeader: http.Header{}}
	path, isAdmin := s.URL, strings.HasPrefix(s.URL, "/admin/")
	if s.Call != "" {
		op := r.services.Operation(s.Call)
		if op == nil {
			op, isAdmin = r.admin.Operation(s.Call), true
		}
		if op == nil {
			return nil, fmt.Errorf("no contract has the operation %s", s.Call)
		}
		if x.Method == "" {
			x.Method = op.Method
		}
		var err error
		if path, err = fillPath(op, s); err != nil {
			return nil, err
		}
	}
	base := *r.target.Endpoint
	base.RawQuery, base.Fragment = "", ""
	var err error
	if x.URL, err = url.Parse(strings.TrimSuffix(base.String(), "/") + path); err != nil {
		return nil, fmt.Errorf("the request can't be made: %w", err)
	}
	if err := r.authenticate(x, s, isAdmin); err != nil {
		return nil, err
	}
	if x.RequestBody, err = body(s.Request); err != nil {
		return nil, err
	}
	if x.RequestBody != nil && s.ContentType != "none" {
		x.RequestHeader.Set("Content-Type", cmp.Or(s.ContentType, "application/json"))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Header)) { // of two that differ by case the last counts
		x.RequestHeader.Del(name)
		for _, text := range textsOf(s.Header[name]) {
			x.RequestHeader.Add(name, text)
		}
	}
	return x, nil
}

func (r *run) authenticate(x *exchange.Exchange, s cases.Step, isAdmin bool) error {
	token, known := r.world.tokens[cmp.Or(s.As, owner)]
	switch {
	case isAdmin:
		token = r.target.AdminToken
	case s.As == nobody:
		return nil
	case !known:
		return fmt.Errorf("nobody knows the user %s", s.As)
	}
	x.RequestHeader.Set(exchange.TokenHeader, token)
	return nil
}

// ask is the step that asks for a decision.
func (r *run) ask(d cases.Decision) cases.Step {
	query := map[string]any{"service": d.Service, "api_id": d.API}
	for name, value := range map[string]string{"realm_id": d.Realm, "env_id": d.Env, "app_id": d.App} {
		if value != "" {
			query[name] = value
		}
	}
	s := cases.Step{Call: "DecideAccess"}
	s.Path, s.Query = map[string]any{"project_id": r.world.values["project"]}, query
	if d.AppCode != "" {
		s.Header = map[string]any{"X-Apig-AppCode": d.AppCode}
	}
	return s
}

// fillPath is an operation's path with a step's parameters.
func fillPath(op *judge.Operation, s cases.Step) (string, error) {
	segments := strings.Split(op.Path, "/")
	for i, segment := range segments {
		name, isParameter := strings.CutPrefix(segment, "{")
		if !isParameter {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		value, given := s.Path[name]
		if !given {
			return "", fmt.Errorf("the path parameter %s is not given", name)
		}
		segments[i] = url.PathEscape(fmt.Sprint(value))
	}
	query := url.Values{}
	for name, value := range s.Query {
		query[name] = textsOf(value)
	}
	if len(query) == 0 {
		return strings.Join(segments, "/"), nil
	}
	return strings.Join(segments, "/") + "?" + query.Encode(), nil
}

// textsOf are the values of a parameter: one, several, or none for null.
func textsOf(value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, fmt.Sprint(item))
		}
		return all
	default:
		return []string{fmt.Sprint(v)}
	}
}

// body is the body of a request, nil if it has none.
func body(r cases.Request) ([]byte, error) {
	padding := []byte(strings.Repeat(" ", r.Pad))
	if r.Raw != nil {
		return append(padding, *r.Raw...), nil
	}
	if r.Body == nil {
		return nil, nil
	}
	value := clone(r.Body)
	for pointer, times := range r.Repeat {
		if err := repeat(value, pointer, times); err != nil {
			return nil, err
		}
	}
	for pointer, member := range r.Set {
		if err := put(value, pointer, member); err != nil {
			return nil, err
		}
	}
	for _, pointer := range r.Drop {
		if err := drop(value, pointer); err != nil {
			return nil, err
		}
	}
	data, err := json.Marshal(value)
	return append(padding, data...), err
}

// clone copies a decoded value.
func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(v))
		for name, member := range v {
			copied[name] = clone(member)
		}
		return copied
	case []any:
		copied := slices.Clone(v)
		for i := range copied {
			copied[i] = clone(copied[i])
		}
		return copied
	default:
		return v
	}
}

// put sets what a JSON pointer points to.
func put(value any, pointer string, to any) error {
	parent, key, err := parentOf(value, pointer)
	if err != nil {
		return err
	}
	switch p := parent.(type) {
	case map[string]any:
		p[key] = to
		return nil
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(p) {
			p[i] = to
			return nil
		}
	}
	return fmt.Errorf("nothing can be put at %s", pointer)
}

// repeat makes the list that a JSON pointer points to its first item so many times.
func repeat(value any, pointer string, times int) error {
	items, _ := at(value, pointer)
	list, _ := items.([]any)
	if len(list) == 0 {
		return fmt.Errorf("there is no item to repeat at %s", pointer)
	}
	repeated := make([]any, times)
	for i := range repeated {
		repeated[i] = numbered(list[0], strconv.Itoa(i))
	}
	return put(value, pointer, repeated)
}

// numbered is a copy of a value with a number in the place of each #.
func numbered(value any, number string) any {
	switch v := value.(type) {
	case string:
		return strings.ReplaceAll(v, "#", number)
	case map[string]any:
		copied := make(map[string]any, len(v))
		for name, member := range v {
			copied[name] = numbered(member, number)
		}
		return copied
	default:
		return clone(v)
	}
}

// drop takes the member away that a JSON pointer points to.
func drop(value any, pointer string) error {
	parent, key, err := parentOf(value, pointer)
	if err != nil {
		return err
	}
	object, ok := parent.(map[string]any)
	if _, there := object[key]; !ok || !there {
		return fmt.Errorf("there is no %s to drop", pointer)
	}
	delete(object, key)
	return nil
}

func parentOf(value any, pointer string) (parent any, key string, err error) {
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		return nil, "", fmt.Errorf("%q is no JSON pointer", pointer)
	}
	parent, there := at(value, pointer[:i])
	if !there {
		return nil, "", fmt.Errorf("there is no %s", pointer[:i])
	}
	return parent, pointer[i+1:], nil
}
