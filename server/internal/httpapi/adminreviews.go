package httpapi

import (
	"context"

	adminserver "github.com/appgrant/appgrant/gen/admin/ginserver"
	admintypes "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// ListApplications implements [adminserver.StrictServerInterface].
func (a adminAPI) ListApplications(ctx context.Context, r adminserver.ListApplicationsRequestObject) (adminserver.ListApplicationsResponseObject, error) {
	request, _ := requestOf(ctx)
	list, next, err := a.Authority.ListApplications(request, grant.ProjectID(r.ProjectId), grant.Filter{
		Realm:  grant.RealmID(value(r.Params.RealmId)),
		App:    grant.AppID(value(r.Params.AppId)),
		API:    grant.APIID(value(r.Params.ApiId)),
		Status: grant.Status(value(r.Params.Status)),
	}, pageOf(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	response := adminserver.ListApplications200JSONResponse{Body: admintypes.ApplicationPage{
		Applications: listed(list, applicationOf), NextCursor: next,
	}}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// ApproveApplication implements [adminserver.StrictServerInterface].
func (a adminAPI) ApproveApplication(ctx context.Context, r adminserver.ApproveApplicationRequestObject) (adminserver.ApproveApplicationResponseObject, error) {
	settled, err := respond(ctx, a.Authority.Approve, r.ProjectId, r.ApplicationId, r.Body)
	if err != nil {
		return nil, err
	}
	response := adminserver.ApproveApplication200JSONResponse{Body: applicationOf(settled)}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// RejectApplication implements [adminserver.StrictServerInterface].
func (a adminAPI) RejectApplication(ctx context.Context, r adminserver.RejectApplicationRequestObject) (adminserver.RejectApplicationResponseObject, error) {
	settled, err := respond(ctx, a.Authority.Reject, r.ProjectId, r.ApplicationId, r.Body)
	if err != nil {
		return nil, err
	}
	response := adminserver.RejectApplication200JSONResponse{Body: applicationOf(settled)}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// ListMessages implements [adminserver.StrictServerInterface].
func (a adminAPI) ListMessages(ctx context.Context, r adminserver.ListMessagesRequestObject) (adminserver.ListMessagesResponseObject, error) {
	request, _ := requestOf(ctx)
	list, next, err := a.Authority.ListApplications(request, grant.ProjectID(r.ProjectId), grant.Filter{
		Notices: true,
		Realm:   grant.RealmID(value(r.Params.RealmId)),
		App:     grant.AppID(value(r.Params.AppId)),
		API:     grant.APIID(value(r.Params.ApiId)),
		Status:  grant.Status(value(r.Params.Status)),
	}, pageOf(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	response := adminserver.ListMessages200JSONResponse{Body: admintypes.MessagePage{
		Messages: listed(list, messageOf), NextCursor: next,
	}}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// ExecuteMessage implements [adminserver.StrictServerInterface].
func (a adminAPI) ExecuteMessage(ctx context.Context, r adminserver.ExecuteMessageRequestObject) (adminserver.ExecuteMessageResponseObject, error) {
	settled, err := respond(ctx, a.Authority.Execute, r.ProjectId, r.MessageId, r.Body)
	if err != nil {
		return nil, err
	}
	response := adminserver.ExecuteMessage200JSONResponse{Body: messageOf(settled)}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// respond gives an answer as the operator, or on behalf of whom the body names.
func respond(
	ctx context.Context, give func(context.Context, grant.Caller, grant.Answer) (grant.Application, error),
	project, id string, body *admintypes.Answer,
) (grant.Application, error) {
	request, caller := requestOf(ctx)
	caller.Name = grant.UserName(body.As)
	return give(request, caller, grant.Answer{Project: grant.ProjectID(project), ID: grant.ApplicationID(id), Comment: body.Comment})
}

func applicationOf(a grant.Application) admintypes.Application {
	return admintypes.Application{
		Id: string(a.ID), RealmId: string(a.Workspace), EnvId: string(a.Cluster), ApiId: string(a.API), AppId: string(a.App),
		Type: admintypes.ApplicationType(a.Type), Status: admintypes.ApplicationStatus(a.Status),
		By: string(a.By), At: instantText(a.At), Until: instantText(a.Until),
		SettledAt: instantText(a.SettledAt), SettledBy: a.SettledBy, Comment: a.Comment,
	}
}

func messageOf(a grant.Application) admintypes.Message {
	return admintypes.Message{
		Id: string(a.ID), RealmId: string(a.Workspace), EnvId: string(a.Cluster), ApiId: string(a.API), AppId: string(a.App),
		Status: admintypes.MessageStatus(a.Status),
		By:     string(a.By), At: instantText(a.At), Deadline: instantText(a.Until),
		SettledAt: instantText(a.SettledAt), SettledBy: a.SettledBy, Comment: a.Comment,
	}
}
