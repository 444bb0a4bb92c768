package httpapi

import (
	"context"

	"github.com/appgrant/appgrant/gen/ginserver"
	"github.com/appgrant/appgrant/gen/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// timeLayout is RFC 3339 with nine decimals, always.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

// CreateAuthorizingAppsV2 implements [ginserver.StrictServerInterface].
func (a *api) CreateAuthorizingAppsV2(ctx context.Context, r ginserver.CreateAuthorizingAppsV2RequestObject) (ginserver.CreateAuthorizingAppsV2ResponseObject, error) {
	request, caller := requestOf(ctx)
	pairs, err := a.Authority.AuthorizeApps(request, caller, grant.AuthorizeApps{
		Project:  grant.ProjectID(r.ProjectId),
		Instance: grant.RealmID(r.InstanceId),
		Env:      grant.EnvID(r.Body.EnvId),
		Apps:     idsOf[grant.AppID](r.Body.AppIds),
		APIs:     idsOf[grant.APIID](r.Body.ApiIds),
	})
	if err != nil {
		return nil, err
	}
	response := ginserver.CreateAuthorizingAppsV2201JSONResponse{Body: types.AuthorizationRecords{Auths: make([]types.ApiAuthRelations, len(pairs))}}
	response.Headers.XRequestId = requestIDOf(ctx)
	for i, pair := range pairs {
		response.Body.Auths[i] = relationOf(pair)
	}
	return response, nil
}

func relationOf(pair grant.AuthorizedPair) types.ApiAuthRelations {
	if pair.Failed {
		failed := answerTo(grant.APIG, &grant.Error{Kind: failedPair})
		return types.ApiAuthRelations{ApiId: string(pair.API), AppId: string(pair.App), AuthResult: types.AuthResult{
			Status: types.FAILED, ErrorCode: failed.code, ErrorMsg: failed.text, ApiName: pair.APIName, AppName: pair.AppName,
		}}
	}
	status := types.SUCCESS
	if pair.Existed {
		status = types.SKIPPED
	}
	return types.ApiAuthRelations{
		Id:         string(pair.ID),
		ApiId:      string(pair.API),
		AppId:      string(pair.App),
		AuthResult: types.AuthResult{Status: status},
		AuthRole:   types.ApiAuthRelationsAuthRole(pair.Role),
		AuthTime:   pair.At.UTC().Format(timeLayout),
		AuthTunnel: types.NORMAL,
	}
}

// CancelingAuthorizationV2 implements [ginserver.StrictServerInterface].
func (a *api) CancelingAuthorizationV2(ctx context.Context, r ginserver.CancelingAuthorizationV2RequestObject) (ginserver.CancelingAuthorizationV2ResponseObject, error) {
	request, caller := requestOf(ctx)
	err := a.Authority.CancelAuthorization(request, caller, grant.CancelAuthorization{
		Project:  grant.ProjectID(r.ProjectId),
		Instance: grant.RealmID(r.InstanceId),
		ID:       grant.AuthorizationID(r.AppAuthId),
	})
	if err != nil {
		return nil, err
	}
	var response ginserver.CancelingAuthorizationV2204Response
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// idsOf types a list of ids.
func idsOf[T ~string](list []string) []T {
	return listed(list, func(id string) T { return T(id) })
}
