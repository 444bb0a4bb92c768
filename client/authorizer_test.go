package client_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// authorizer is a server that authorizes whatever it is asked to, and cancels it, but
// for ids that begin with "bad", which fail one by one.
type authorizer struct{}

// ServeHTTP implements http.Handler.
func (authorizer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		AppIDs []string `json:"app_ids"`
		APIIDs []string `json:"api_ids"`
		Apps   []struct {
			AppID string `json:"app_id"`
		} `json:"apps"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	var items []string
	if r.Method == http.MethodDelete {
		api := strings.Split(r.URL.Path, "/")[6]
		for _, app := range body.Apps {
			items = append(items, fmt.Sprintf(`{"api_id": %q, "app_id": %q, "success": %t, "reason": "why"}`,
				api, app.AppID, !strings.HasPrefix(app.AppID, "bad")))
		}
		_, _ = fmt.Fprintf(w, `{"unauth_result": [%s]}`, strings.Join(items, ","))
		return
	}
	for _, api := range body.APIIDs { // not in the order of the result
		for _, app := range body.AppIDs {
			result := `"status": "SUCCESS"`
			if strings.HasPrefix(app, "bad") || strings.HasPrefix(api, "bad") {
				result = `"status": "FAILED", "error_code": "APIG.3500", "error_msg": "why"`
			}
			items = append(items, fmt.Sprintf(`{"id": "%s-%s", "api_id": %q, "app_id": %q, "auth_result": {%s}}`, app, api, api, app, result))
		}
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"auths": [%s]}`, strings.Join(items, ","))
}

// ids makes so many.
func ids(name string, n int) []string {
	made := make([]string, n)
	for i := range made {
		made[i] = fmt.Sprintf("%s-%05d", name, i)
	}
	return made
}
