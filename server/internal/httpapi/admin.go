package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	adminserver "github.com/appgrant/appgrant/gen/admin/ginserver"
	admintypes "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// adminAPI implements [adminserver.StrictServerInterface].
type adminAPI struct{ *api }

func (a *api) routeAdmin(group *gin.RouterGroup) {
	strict := adminserver.NewStrictHandlerWithOptions(adminAPI{a}, []adminserver.StrictMiddlewareFunc{refuseNil[adminserver.StrictHandlerFunc]}, adminserver.StrictGinServerOptions{
		RequestErrorHandlerFunc:  a.fail,
		HandlerErrorFunc:         a.fail,
		ResponseErrorHandlerFunc: a.fail,
	})
	adminserver.RegisterHandlersWithOptions(group, strict, adminserver.GinServerOptions{ErrorHandler: a.failUnbound})
}

// allowControl lets test controls pass where they are on. To look at them, and to
// undo them, is allowed everywhere: what another server was told holds here, too.
func (a *api) allowControl(c *gin.Context) {
	sets := c.Request.Method == http.MethodPut || c.Request.Method == http.MethodPost
	if exchangeOf(c).operation.isControl && sets && !a.TestControls {
		a.fail(c, &grant.Error{Kind: controlsOff})
	}
}

const forwardAuthPath = "/admin/v1/forward-auth"

// forwardAuthAnyway makes a GET of ForwardAuth out of whatever a gateway asks that
// repeats the method and the path of the request it asks about.
func forwardAuthAnyway(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isForwardAuth(r) {
			asked := *r.URL
			asked.Path, asked.RawPath, asked.RawQuery = forwardAuthPath, "", ""
			r = r.WithContext(r.Context()) // a copy; what is behind pointers is shared, and read alone
			r.Method, r.URL = http.MethodGet, &asked
		}
		next.ServeHTTP(w, r)
	})
}

// isForwardAuth reports whether a request is one of ForwardAuth that does not look
// like one yet.
func isForwardAuth(r *http.Request) bool {
	u := r.URL
	if u.Path == forwardAuthPath {
		return r.Method != http.MethodGet || u.RawPath != "" || u.RawQuery != ""
	}
	return strings.HasPrefix(u.Path, forwardAuthPath+"/")
}

const defaultLimit = 100

func pageOf(limit *int, cursor *string) grant.Page {
	page := grant.Page{Limit: defaultLimit, Cursor: value(cursor)}
	if limit != nil {
		page.Limit = *limit
	}
	return page
}

// value is what an optional parameter points to; the zero value if it is absent.
func value[T any](p *T) T {
	var v T
	if p != nil {
		v = *p
	}
	return v
}

// instantText is a time as the admin contract has it; a zero time is left out.
func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// instant is the inverse, and takes every RFC 3339 time.
func instant(text, field string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil { // the contract's pattern lets 30 February pass
		return t, &grant.Error{Kind: grant.Invalid, Field: field, Err: err}
	}
	return t, nil
}

func listed[T, U any](list []T, convert func(T) U) []U {
	out := make([]U, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}

func authorizationOf(record grant.AuthorizationRecord) admintypes.Authorization {
	auth := record.Authorization
	state := admintypes.AuthorizationState(grant.Live)
	if auth.Cause != "" {
		state = admintypes.AuthorizationState(auth.Cause)
	}
	return admintypes.Authorization{
		Id: string(auth.ID), Service: admintypes.Service(record.Service), RealmId: string(record.Realm.ID),
		EnvId: string(auth.Env), ApiId: string(auth.API), AppId: string(auth.App),
		Role: admintypes.AuthorizationRole(auth.Role), State: state,
		At: instantText(auth.At), Until: instantText(auth.Until), Notice: instantText(auth.Notice), EndedAt: instantText(auth.Ended),
	}
}
