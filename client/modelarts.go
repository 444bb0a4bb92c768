package client

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	gen "github.com/appgrant/appgrant/gen/client"
	"github.com/appgrant/appgrant/gen/types"
)

// maxApps is how many apps one request may take an API away from. A longer list takes
// several.
const maxApps = 100

// ModelArts is ModelArts, whose services have APIs that apps are authorized to call.
type ModelArts struct{ c *Client }

// AppsToUnauthorize says which apps are to lose their authorization to call an API.
type AppsToUnauthorize struct {
	ProjectID   string   // the project the service belongs to
	ServiceID   string   // the service the API belongs to
	APIID       string   // the API
	WorkspaceID string   // the workspace of the service; empty is the default one
	AppIDs      []string // the apps; a repeated one counts once
}

// Cancellations is what came of cancelling.
type Cancellations struct {
	// UnauthResult has one item for each app, in the order of the request. Apps for
	// which no answer came are left out.
	UnauthResult []Cancellation `json:"unauth_result"`
}

// Cancellation is what came of cancelling for one app.
type Cancellation struct {
	APIID  string `json:"api_id"`
	AppID  string `json:"app_id"`
	AuthID string `json:"auth_id,omitempty"` // the record that was cancelled
	// Success says that the app is not authorized any more.
	Success bool   `json:"success"`
	Reason  string `json:"reason,omitempty"` // why it failed
	// Repeated says that the request was sent again after an attempt that may have
	// been carried out. A failure may then mean that there was nothing left to cancel.
	Repeated bool `json:"repeated,omitempty"`
}

// CancelAPIAuthorization takes back, for each of the apps, the authorization to call
// one API of a service. An app that does not exist, or is not authorized, is a failure
// of its own, and the others are done.
//
// Lists of more than 100 apps take several requests, some of which may be done when
// another fails.
//
// The error is nil if none of the apps is authorized any more, a [*PartialError] if it
// is so for some only, and otherwise as the package says; UnauthResult
// tells what is done in any case.
//
// openapi: DeleteApiAppAuth
func (s *ModelArts) CancelAPIAuthorization(ctx context.Context, in AppsToUnauthorize) (Cancellations, error) {
	const op = "ModelArts.CancelAPIAuthorization"
	if err := pathError(op, "ProjectID", in.ProjectID, "ServiceID", in.ServiceID, "APIID", in.APIID); err != nil {
		return Cancellations{}, err
	}
	apps := distinct(in.AppIDs)
	parts := split(len(apps), maxApps)
	results := make([][]Cancellation, len(parts))
	problems := s.c.each(ctx, op, len(parts), func(i int) error {
		asked := apps[parts[i].from:parts[i].to]
		body := types.AppsToUnauthorize{WorkspaceId: in.WorkspaceID, Apps: make([]types.Apps, len(asked))}
		for j, app := range asked {
			body.Apps[j].AppId = app
		}
		return s.c.do(ctx, call{
			op: op, want: http.StatusOK, repeatable: true,
			send: func(ctx context.Context, edit gen.RequestEditorFn) (*http.Response, error) {
				return s.c.api.DeleteApiAppAuth(ctx, in.ProjectID, in.ServiceID, in.APIID, nil, body, edit)
			},
			accept: func(a answer) (err error) {
				results[i], err = cancellations(a, in.APIID, asked)
				return err
			},
		})
	})
	result := Cancellations{UnauthResult: slices.Concat(results...)}
	return result, partial(op, result.done(), len(apps), result.problems(), problems)
}

// cancellations takes the answer to one request, which must have each app once.
func cancellations(a answer, api string, apps []string) ([]Cancellation, error) {
	var answered struct {
		UnauthResult []struct {
			types.AppAuthResultInfo
			Success *bool `json:"success"` // hides the one above, which does not tell that it is missing
		} `json:"unauth_result"`
	}
	if err := a.decode(&answered); err != nil {
		return nil, err
	}
	at := newIndex(apps)
	found := make([]*Cancellation, len(apps))
	var problem error
	for i, r := range answered.UnauthResult {
		where := "/unauth_result/" + strconv.Itoa(i)
		slot, asked := at.find(r.AppId)
		switch {
		case !asked || found[slot] != nil:
			problem = a.breaks(where+"/app_id", "is an app that was not asked for, or the second time the same")
		case r.ApiId != api:
			problem = a.breaks(where+"/api_id", "is another API than was asked for")
		case r.Success == nil:
			problem = a.breaks(where+"/success", "is missing")
		default:
			found[slot] = &Cancellation{
				APIID: r.ApiId, AppID: r.AppId, AuthID: r.AuthId,
				Success: *r.Success, Reason: hide(a.token, r.Reason), Repeated: a.again,
			}
		}
		if problem != nil {
			break
		}
	}
	var kept []Cancellation
	for _, c := range found {
		if c != nil {
			kept = append(kept, *c)
		}
	}
	if problem == nil && len(kept) < len(apps) {
		problem = a.breaks("/unauth_result", fmt.Sprintf("has %d items for %d apps", len(kept), len(apps)))
	}
	return kept, problem
}

// Failed returns what could not be cancelled.
func (r Cancellations) Failed() []Cancellation {
	return only(r.UnauthResult, func(c Cancellation) bool { return !c.Success })
}

// Err returns a [*PartialError] with an [*ItemError] for each of UnauthResult that could
// not be cancelled, or nil if there is none. The error of CancelAPIAuthorization also tells
// of apps for which no answer came.
func (r Cancellations) Err() error {
	return partial("ModelArts.CancelAPIAuthorization", r.done(), len(r.UnauthResult), r.problems(), nil)
}

func (r Cancellations) done() int { return len(r.UnauthResult) - len(r.Failed()) }

func (r Cancellations) problems() (problems []error) {
	for _, c := range r.Failed() {
		problems = append(problems, &ItemError{AppID: c.AppID, APIID: c.APIID, Message: c.Reason})
	}
	return problems
}
