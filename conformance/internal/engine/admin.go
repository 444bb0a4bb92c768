package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
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

// makeWorld makes parts of a world exist on the target.
func (e *Engine) makeWorld(ctx context.Context, w *world, p parts) error {
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
		w.values[name] = value
	}
	w.values["unknown"], w.values["unknown2"] = newID(), newID()
	return w
}
