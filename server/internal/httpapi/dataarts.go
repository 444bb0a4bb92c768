package httpapi

import (
	"context"
	"time"

	"github.com/appgrant/appgrant/gen/ginserver"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// defaultDataWorkspace is the workspace of a request that names none.
const defaultDataWorkspace = "0"

// AuthorizeActionApiToInstance implements [ginserver.StrictServerInterface].
func (a *api) AuthorizeActionApiToInstance(ctx context.Context, r ginserver.AuthorizeActionApiToInstanceRequestObject) (ginserver.AuthorizeActionApiToInstanceResponseObject, error) {
	action := grant.Action{
		Project:   grant.ProjectID(r.ProjectId),
		Workspace: defaultDataWorkspace,
		Cluster:   grant.EnvID(r.Body.InstanceId),
		API:       grant.APIID(r.Body.ApiId),
		App:       grant.AppID(r.Body.AppId),
		Type:      grant.ActionType(r.Body.ApplyType),
	}
	if r.Params.Workspace != nil {
		action.Workspace = grant.RealmID(*r.Params.Workspace)
	}
	if r.Body.Time != "" && action.Type != grant.CancelByApp {
		until, err := time.Parse(time.RFC3339, r.Body.Time)
		if err != nil { // the contract's pattern lets 30 February pass
			return nil, &grant.Error{Kind: grant.Invalid, Field: "time", Err: err}
		}
		action.Until = until
	}
	request, caller := requestOf(ctx)
	if err := a.Authority.Perform(request, caller, action); err != nil {
		return nil, err
	}
	var response ginserver.AuthorizeActionApiToInstance204Response
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}
