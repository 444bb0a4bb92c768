package httpapi

import (
	"context"
	"net/http"

	"github.com/appgrant/appgrant/gen/ginserver"
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
	return authorized(pairs), nil
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
	return done{}, nil
}

// done is the answer 204 of CancelingAuthorizationV2. The request id stands in the header
// since the exchange began.
type done struct{}

// VisitCancelingAuthorizationV2Response implements the generated interface.
func (done) VisitCancelingAuthorizationV2Response(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// idsOf types a list of ids.
func idsOf[T ~string](list []string) []T {
	return listed(list, func(id string) T { return T(id) })
}
