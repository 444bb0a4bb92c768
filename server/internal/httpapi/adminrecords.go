package httpapi

import (
	"context"

	adminserver "github.com/appgrant/appgrant/gen/admin/ginserver"
	admintypes "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// ListAuthorizations implements [adminserver.StrictServerInterface].
func (a adminAPI) ListAuthorizations(ctx context.Context, r adminserver.ListAuthorizationsRequestObject) (adminserver.ListAuthorizationsResponseObject, error) {
	request, _ := requestOf(ctx)
	list, next, err := a.Authority.ListAuthorizations(request, grant.ProjectID(r.ProjectId), grant.Filter{
		Service: grant.Service(value(r.Params.Service)),
		Realm:   grant.RealmID(value(r.Params.RealmId)),
		App:     grant.AppID(value(r.Params.AppId)),
		API:     grant.APIID(value(r.Params.ApiId)),
		State:   grant.Cause(value(r.Params.State)),
	}, pageOf(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	response := adminserver.ListAuthorizations200JSONResponse{Body: admintypes.AuthorizationPage{
		Authorizations: listed(list, authorizationOf), NextCursor: next,
	}}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// ListAppCodes implements [adminserver.StrictServerInterface].
func (a adminAPI) ListAppCodes(ctx context.Context, r adminserver.ListAppCodesRequestObject) (adminserver.ListAppCodesResponseObject, error) {
	request, _ := requestOf(ctx)
	list, next, err := a.Authority.ListAppCodes(request, grant.ProjectID(r.ProjectId), grant.Filter{
		Service: grant.Service(value(r.Params.Service)),
		Realm:   grant.RealmID(value(r.Params.RealmId)),
		App:     grant.AppID(value(r.Params.AppId)),
	}, pageOf(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	response := adminserver.ListAppCodes200JSONResponse{Body: admintypes.AppCodePage{
		AppCodes: listed(list, appCodeOf), NextCursor: next,
	}}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

func appCodeOf(record grant.AppCodeRecord) admintypes.AppCode {
	return admintypes.AppCode{
		Id: string(record.Code), Service: admintypes.Service(record.Service),
		RealmId: string(record.ID), AppId: string(record.App),
	}
}

// ListEvents implements [adminserver.StrictServerInterface].
func (a adminAPI) ListEvents(ctx context.Context, r adminserver.ListEventsRequestObject) (adminserver.ListEventsResponseObject, error) {
	request, _ := requestOf(ctx)
	list, next, err := a.Authority.ListEvents(request, grant.ProjectID(r.ProjectId), pageOf(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	response := adminserver.ListEvents200JSONResponse{Body: admintypes.EventPage{Events: listed(list, eventOf), NextCursor: next}}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

func eventOf(e grant.Event) admintypes.Event {
	return admintypes.Event{
		Id: int64(e.ID), At: instantText(e.At), Actor: e.Actor, Operation: e.Operation,
		ApplyType: string(e.Action), RequestId: e.RequestID,
		Service: admintypes.Service(e.Service), RealmId: string(e.Realm), EnvId: string(e.Env),
		ApiIds:           textsOf(e.APIs),
		AppIds:           textsOf(e.Apps),
		AuthorizationIds: textsOf(e.Authorizations),
		AppCodeIds:       textsOf(e.AppCodes),
		ApplicationId:    string(e.Application),
	}
}
