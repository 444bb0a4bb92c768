package httpapi

import (
	"context"
	"net/http"

	adminserver "github.com/appgrant/appgrant/gen/admin/ginserver"
	admintypes "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// DecideAccess implements [adminserver.StrictServerInterface].
func (a adminAPI) DecideAccess(ctx context.Context, r adminserver.DecideAccessRequestObject) (adminserver.DecideAccessResponseObject, error) {
	question := grant.Question{
		Project: grant.ProjectID(r.ProjectId),
		Service: grant.Service(r.Params.Service),
		Realm:   grant.RealmID(value(r.Params.RealmId)),
		Env:     grant.EnvID(value(r.Params.EnvId)),
		API:     grant.APIID(r.Params.ApiId),
		App:     grant.AppID(value(r.Params.AppId)),
		AppCode: value(r.Params.XApigAppCode),
	}
	d, err := a.decide(ctx, question)
	if err != nil {
		return nil, err
	}
	response := adminserver.DecideAccess200JSONResponse{Body: decisionOf(question, d)}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

func (a adminAPI) decide(ctx context.Context, q grant.Question) (grant.Decision, error) {
	request, _ := requestOf(ctx)
	d, err := a.Authority.Decide(request, q)
	if err == nil && a.Metrics != nil {
		a.Metrics.Decided(string(d.Reason))
	}
	return d, err
}

func decisionOf(q grant.Question, d grant.Decision) admintypes.Decision {
	decision := admintypes.Decision{
		Allowed: d.Allowed, Reason: admintypes.Reason(d.Reason), At: instantText(d.At),
		RealmId: string(d.Realm), AppId: string(d.App),
	}
	if d.Record != nil {
		realm := grant.Realm{Service: q.Service, Project: q.Project, ID: d.Realm}
		decision.Authorization = authorizationOf(grant.AuthorizationRecord{Realm: realm, Authorization: *d.Record})
	}
	return decision
}

// ForwardAuth implements [adminserver.StrictServerInterface].
func (a adminAPI) ForwardAuth(ctx context.Context, r adminserver.ForwardAuthRequestObject) (adminserver.ForwardAuthResponseObject, error) {
	d, err := a.decide(ctx, grant.Question{
		Project: grant.ProjectID(r.Params.XAppgrantProject),
		Service: grant.Service(r.Params.XAppgrantService),
		Realm:   grant.RealmID(value(r.Params.XAppgrantRealm)),
		Env:     grant.EnvID(value(r.Params.XAppgrantEnv)),
		API:     grant.APIID(r.Params.XAppgrantApi),
		App:     grant.AppID(value(r.Params.XAppgrantApp)),
		AppCode: value(r.Params.XApigAppCode),
	})
	if err != nil {
		return nil, err
	}
	reason := admintypes.Reason(d.Reason)
	if !d.Allowed {
		response := adminserver.ForwardAuth403JSONResponse{Body: admintypes.Error{
			ErrorCode: "ADMIN.0403", ErrorMsg: "the app may not call the API: " + string(reason),
		}}
		response.Headers.XAppgrantReason, response.Headers.XRequestId = reason, requestIDOf(ctx)
		return response, nil
	}
	return allowed{d}, nil
}

// allowed is the answer 200 of ForwardAuth. The request id stands in the header since
// the exchange began.
type allowed struct{ grant.Decision }

// VisitForwardAuthResponse implements the generated interface.
func (a allowed) VisitForwardAuthResponse(w http.ResponseWriter) error {
	values := [...]string{string(a.App), string(a.Reason)}
	w.Header()["X-Appgrant-App"], w.Header()["X-Appgrant-Reason"] = values[:1:1], values[1:]
	w.WriteHeader(http.StatusOK)
	return nil
}
