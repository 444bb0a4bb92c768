package client

import (
	"context"
	"net/http"

	gen "github.com/appgrant/appgrant/gen/client"
)

// ROMA is ROMA Connect, whose apps can authenticate with AppCodes.
type ROMA struct{ c *Client }

// AppCodeToDelete names an AppCode.
type AppCodeToDelete struct {
	ProjectID  string // the project whose instance it is
	InstanceID string // the ROMA Connect instance
	AppID      string // the app that has the AppCode
	AppCodeID  string // the AppCode, by its id and never by its value
}

// DeleteAppCode deletes one AppCode of an app, which can no longer be used to
// authenticate. An unknown one, or one that was deleted before, is [ErrNotFound].
//
// openapi: DeleteAppCodeV2
func (s *ROMA) DeleteAppCode(ctx context.Context, in AppCodeToDelete) error {
	const op = "ROMA.DeleteAppCode"
	if err := pathError(op, "ProjectID", in.ProjectID, "InstanceID", in.InstanceID, "AppID", in.AppID, "AppCodeID", in.AppCodeID); err != nil {
		return err
	}
	return s.c.do(ctx, call{
		op: op, want: http.StatusNoContent, repeatable: true, gone: "APIG.3082",
		send: func(ctx context.Context, edit gen.RequestEditorFn) (*http.Response, error) {
			return s.c.api.DeleteAppCodeV2(ctx, in.ProjectID, in.InstanceID, in.AppID, in.AppCodeID, edit)
		},
	})
}
