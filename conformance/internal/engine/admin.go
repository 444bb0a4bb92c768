package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/exchange"
)

// call sends a request of the admin contract.
func (e *Engine) call(ctx context.Context, method, path string, body any) *exchange.Exchange {
	x := &exchange.Exchange{Method: method, RequestHeader: http.Header{}, URL: e.target.Endpoint.JoinPath(path)}
	x.RequestHeader.Set(exchange.TokenHeader, e.target.AdminToken)
	if body != nil {
		x.RequestHeader.Set("Content-Type", "application/json")
		x.RequestBody, x.Err = json.Marshal(body)
		if x.Err != nil {
			return x
		}
	}
	x.Do(ctx, e.client)
	return x
}

// demand is an error unless an administrative call came out as it must.
func demand(x *exchange.Exchange, status int) error {
	switch {
	case x.Unreachable():
		return fmt.Errorf("nobody answers: %w", x.Err)
	case x.Err != nil:
		return fmt.Errorf("%s %s: %w", x.Method, x.URL.Path, x.Err)
	case x.Status != status:
		return fmt.Errorf("%s %s answers %d, not %d: %.300s (is the admin token right?)", x.Method, x.URL.Path, x.Status, status, x.Body)
	default:
		return nil
	}
}

// makeWorld makes parts of a world exist on the target. It is not stopped half-way, so
// that it is known what there is to drop.
func (e *Engine) makeWorld(ctx context.Context, w *world, p parts) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), DefaultTimeout)
	defer cancel()
	return demand(e.call(ctx, http.MethodPatch, "/admin/v1/catalog", w.catalog(p)), http.StatusNoContent)
}

// dropWorld deletes what makeWorld made.
func (e *Engine) dropWorld(ctx context.Context, w *world, p parts) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), DefaultTimeout)
	defer cancel()
	projects := []string{"project"}
	if p[otherProject] {
		projects = append(projects, otherProject)
	}
	for _, project := range projects {
		if err := demand(e.call(ctx, http.MethodDelete, projectPath(w.values[project]), nil), http.StatusNoContent); err != nil {
			return err
		}
	}
	return nil
}

func projectPath(project any) string { return fmt.Sprintf("/admin/v1/projects/%v", project) }

func (e *Engine) setClock(ctx context.Context, w *world, now time.Time) *exchange.Exchange {
	return e.call(ctx, http.MethodPut, projectPath(w.values["project"])+"/clock", object{"time": now.UTC().Format(time.RFC3339)})
}

func (e *Engine) resetClock(ctx context.Context, w *world) {
	e.call(ctx, http.MethodDelete, projectPath(w.values["project"])+"/clock", nil)
}

// harmless are requests about nothing that exists, one for each service.
var harmless = map[cases.Feature]cases.Step{
	"apig":      {Call: "CancelingAuthorizationV2", Request: cases.Request{Path: object{"project_id": "$project", "instance_id": "$unknown", "app_auth_id": "$unknown"}}},
	"roma":      {Call: "DeleteAppCodeV2", Request: cases.Request{Path: object{"project_id": "$project", "instance_id": "$unknown", "app_id": "$unknown", "app_code_id": "$unknown"}}},
	"modelarts": {Call: "DeleteApiAppAuth", Request: cases.Request{Path: object{"project_id": "$project", "service_id": "$unknown", "api_id": "$unknown"}, Body: object{"apps": list{object{"app_id": "$unknown"}}}}},
	"dataarts":  {Call: "AuthorizeActionApiToInstance", Request: cases.Request{Path: object{"project_id": "$project"}, Body: object{"api_id": "$unknown", "instance_id": "$unknown", "app_id": "$unknown", "apply_type": "APPLY_TYPE_APP_CANCEL_AUTHORIZE"}}},
}

// tryTokens asks whether the target takes the tokens it was described with.
func (e *Engine) tryTokens(ctx context.Context) error {
	if _, given := e.target.Values["project"]; !given {
		return nil
	}
	for _, user := range slices.Sorted(maps.Keys(e.target.Tokens)) {
		for service, step := range harmless {
			if user == "expired" || !e.target.has(service) {
				continue
			}
			r := &run{Engine: e, ctx: ctx, world: e.shared}
			step.As = user
			filled, _ := cases.Fill(step, e.shared.lookup)
			x, err := r.request(filled)
			if err != nil {
				return err
			}
			x.Do(ctx, e.client)
			if x.Status == http.StatusUnauthorized {
				return fmt.Errorf("%s does not take the token of %s", service, user)
			}
		}
	}
	return nil
}

// givenWorld is the world of a target whose ids and tokens were given.
func (e *Engine) givenWorld() *world {
	w := &world{now: time.Now().UTC(), tokens: map[string]string{intruder: "conformance-" + newID()}, values: map[string]any{}}
	if !e.target.has(cases.Changes) {
		// Nothing that cases name must exist there.
		w.values = newWorld(w.now).values
		for name := range w.values {
			w.values[name] = newID()
		}
	}
	for name, token := range e.target.Tokens {
		w.tokens[name] = token
	}
	for name, value := range e.target.Values {
		if name == "project" || e.target.has(cases.Changes) {
			w.values[name] = value
		}
	}
	w.values["unknown"], w.values["unknown2"] = newID(), newID()
	return w
}
