package client

import (
	"context"
	"net/http"
	"strings"
	"time"

	gen "github.com/appgrant/appgrant/gen/client"
	"github.com/appgrant/appgrant/gen/types"
)

// DataArts is DataArts Studio, where an app is authorized to call an API until a time,
// by a reviewer of the API or on an application of the app's owner.
//
// Times are accurate to the hour: the service cuts off minutes and below, and then looks
// whether they lie far enough ahead. What is not
// allowed at present (the wrong role, a shorter validity, less than two days' notice,
// nothing to renew or cancel) is [Code] DLM.4182.
type DataArts struct{ c *Client }

// DataArtsAuthorization names the authorization of one API for one app.
type DataArtsAuthorization struct {
	ProjectID  string  // the project the workspace belongs to
	Workspace  string  // the workspace; empty is the default one
	InstanceID string  // the cluster the API runs in, such as APIG
	APIID      string  // the API
	AppID      string  // the app
	DlmType    DlmType // the edition of the data service; may be empty
}

// DlmType is an edition of the data service.
type DlmType string

// The editions of the data service.
const (
	DlmShared    = DlmType(types.SHARED)
	DlmExclusive = DlmType(types.EXCLUSIVE)
)

// Authorize lets the app call the API until a time, at once. An authorization that
// exists is extended; it can't be shortened. The caller must be a reviewer of the API.
//
// openapi: AuthorizeActionApiToInstance
func (s *DataArts) Authorize(ctx context.Context, auth DataArtsAuthorization, until time.Time) error {
	return s.act(ctx, "DataArts.Authorize", types.APPLYTYPEAUTHORIZE, auth, &until)
}

// Apply asks the API's reviewers to let the app call it until a time. The caller must
// own the app. For an API of one's own it takes effect at once. It is not repeated
// after an answer was lost, since there might be two applications then.
//
// openapi: AuthorizeActionApiToInstance
func (s *DataArts) Apply(ctx context.Context, auth DataArtsAuthorization, until time.Time) error {
	return s.act(ctx, "DataArts.Apply", types.APPLYTYPEAPPLY, auth, &until)
}

// Renew asks the API's reviewers to extend an authorization to a time. The caller must
// own the app. For an API of one's own it takes effect at once. It is not repeated
// after an answer was lost.
//
// openapi: AuthorizeActionApiToInstance
func (s *DataArts) Renew(ctx context.Context, auth DataArtsAuthorization, until time.Time) error {
	return s.act(ctx, "DataArts.Renew", types.APPLYTYPERENEW, auth, &until)
}

// CancelByReviewer gives notice that the authorization will end at a time, at least two
// days ahead when the minutes are cut off; 49 hours always are. The caller must be a reviewer of the API. It is not repeated after an
// answer was lost.
//
// openapi: AuthorizeActionApiToInstance
func (s *DataArts) CancelByReviewer(ctx context.Context, auth DataArtsAuthorization, at time.Time) error {
	return s.act(ctx, "DataArts.CancelByReviewer", types.APPLYTYPEAPICANCELAUTHORIZE, auth, &at)
}

// CancelByOwner ends the authorization at once. The caller must own the app. It is not
// repeated after an answer was lost, since it might end another authorization then.
//
// openapi: AuthorizeActionApiToInstance
func (s *DataArts) CancelByOwner(ctx context.Context, auth DataArtsAuthorization) error {
	return s.act(ctx, "DataArts.CancelByOwner", types.APPLYTYPEAPPCANCELAUTHORIZE, auth, nil)
}

func (s *DataArts) act(ctx context.Context, op string, action types.AuthorizationActionApplyType, auth DataArtsAuthorization, at *time.Time) error {
	if err := pathError(op, "ProjectID", auth.ProjectID); err != nil {
		return err
	}
	for _, header := range [][2]string{{"Workspace", auth.Workspace}, {"DlmType", string(auth.DlmType)}} {
		if strings.ContainsFunc(header[1], func(r rune) bool { return r < ' ' || r > '~' }) {
			return &InputError{Op: op, Field: header[0], Problem: "is not printable ASCII, which headers are"}
		}
	}
	body := types.AuthorizationAction{ApiId: auth.APIID, InstanceId: auth.InstanceID, AppId: auth.AppID, ApplyType: action}
	if at != nil {
		switch year := at.UTC().Year(); {
		case at.IsZero():
			return &InputError{Op: op, Field: "the time", Problem: "is zero"}
		case year < 0 || year > 9999:
			return &InputError{Op: op, Field: "the time", Problem: "has a year that has not four digits"}
		}
		body.Time = at.UTC().Format(time.RFC3339)
	}
	var params types.AuthorizeActionApiToInstanceParams
	if auth.Workspace != "" {
		params.Workspace = &auth.Workspace
	}
	if auth.DlmType != "" {
		edition := types.AuthorizeActionApiToInstanceParamsDlmType(auth.DlmType)
		params.DlmType = &edition
	}
	return s.c.do(ctx, call{
		op: op, want: http.StatusNoContent, repeatable: action == types.APPLYTYPEAUTHORIZE,
		send: func(ctx context.Context, edit gen.RequestEditorFn) (*http.Response, error) {
			return s.c.api.AuthorizeActionApiToInstance(ctx, auth.ProjectID, &params, body, edit)
		},
	})
}
