package httpapi

import (
	"context"

	"github.com/appgrant/appgrant/gen/ginserver"
	"github.com/appgrant/appgrant/gen/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// DeleteApiAppAuth implements [ginserver.StrictServerInterface].
func (a *api) DeleteApiAppAuth(ctx context.Context, r ginserver.DeleteApiAppAuthRequestObject) (ginserver.DeleteApiAppAuthResponseObject, error) {
	results, err := a.cancelAPIAuthorization(ctx, r)
	if err != nil {
		return nil, err
	}
	return ginserver.DeleteApiAppAuth200JSONResponse{ModelArtsCancelledJSONResponse: results}, nil
}

// DeleteApiAppAuthAlias implements [ginserver.StrictServerInterface]. It is
// DeleteApiAppAuth under its other path.
func (a *api) DeleteApiAppAuthAlias(ctx context.Context, r ginserver.DeleteApiAppAuthAliasRequestObject) (ginserver.DeleteApiAppAuthAliasResponseObject, error) {
	results, err := a.cancelAPIAuthorization(ctx, ginserver.DeleteApiAppAuthRequestObject{
		ProjectId: r.ProjectId,
		ServiceId: r.ServiceId,
		ApiId:     r.ApiId,
		Params:    types.DeleteApiAppAuthParams(r.Params),
		Body:      r.Body,
	})
	if err != nil {
		return nil, err
	}
	return ginserver.DeleteApiAppAuthAlias200JSONResponse{ModelArtsCancelledJSONResponse: results}, nil
}

func (a *api) cancelAPIAuthorization(ctx context.Context, r ginserver.DeleteApiAppAuthRequestObject) (response ginserver.ModelArtsCancelledJSONResponse, err error) {
	workspace, err := workspaceOf(r)
	if err != nil {
		return response, err
	}
	apps := make([]grant.AppID, len(r.Body.Apps))
	for i, app := range r.Body.Apps {
		apps[i] = grant.AppID(app.AppId)
	}
	request, caller := requestOf(ctx)
	results, err := a.Authority.CancelAPIAuthorization(request, caller, grant.CancelAPIAuthorization{
		Project:   grant.ProjectID(r.ProjectId),
		Workspace: workspace,
		Service:   grant.RealmID(r.ServiceId),
		API:       grant.APIID(r.ApiId),
		Apps:      apps,
	})
	if err != nil {
		return response, err
	}
	response.Headers.XRequestId = requestIDOf(ctx)
	response.Body.UnauthResult = make([]types.AppAuthResultInfo, len(results))
	for i, result := range results {
		response.Body.UnauthResult[i] = resultOf(r.ApiId, result)
	}
	return response, nil
}

// workspaceOf takes the workspace from the query or the body, which must agree if
// both name one.
func workspaceOf(r ginserver.DeleteApiAppAuthRequestObject) (grant.WorkspaceID, error) {
	query, body := r.Params.WorkspaceId, r.Body.WorkspaceId
	switch {
	case query == nil && body == "":
		return grant.DefaultWorkspace, nil
	case query == nil:
		return grant.WorkspaceID(body), nil
	case body == "" || body == *query:
		return grant.WorkspaceID(*query), nil
	default:
		return "", &grant.Error{Kind: grant.Invalid, Field: "workspace_id"}
	}
}

func resultOf(api string, result grant.CancelledApp) types.AppAuthResultInfo {
	info := types.AppAuthResultInfo{ApiId: api, AppId: string(result.App), Success: result.Err == nil}
	if result.Err != nil {
		info.Reason = answerTo(grant.ModelArts, result.Err).text
	} else {
		info.AuthId = string(result.Auth)
	}
	return info
}
