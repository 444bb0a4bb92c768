package httpapi

import (
	"context"

	"github.com/appgrant/appgrant/gen/ginserver"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// DeleteAppCodeV2 implements [ginserver.StrictServerInterface].
func (a *api) DeleteAppCodeV2(ctx context.Context, r ginserver.DeleteAppCodeV2RequestObject) (ginserver.DeleteAppCodeV2ResponseObject, error) {
	request, caller := requestOf(ctx)
	err := a.Authority.DeleteAppCode(request, caller, grant.DeleteAppCode{
		Project:  grant.ProjectID(r.ProjectId),
		Instance: grant.RealmID(r.InstanceId),
		App:      grant.AppID(r.AppId),
		ID:       grant.AppCodeID(r.AppCodeId),
	})
	if err != nil {
		return nil, err
	}
	var response ginserver.DeleteAppCodeV2204Response
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}
