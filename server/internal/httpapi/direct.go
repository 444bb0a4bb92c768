package httpapi

import (
	"net/http"
	"reflect"

	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/gen/ginserver"
	"github.com/appgrant/appgrant/gen/types"
)

// bodies are what the bodies of operations are read into.
var bodies = map[string]reflect.Type{
	"CreateAuthorizingAppsV2":      reflect.TypeFor[types.AppsToAuthorize](),
	"DeleteApiAppAuth":             reflect.TypeFor[types.AppsToUnauthorize](),
	"DeleteApiAppAuthAlias":        reflect.TypeFor[types.AppsToUnauthorize](),
	"AuthorizeActionApiToInstance": reflect.TypeFor[types.AuthorizationAction](),
}

// direct hands a body that a [reader] has read to the implementation as it is. What
// the generated code does besides, for bodies that it decodes, is nothing: the types
// have no tags for gin's validator to find. Whatever else comes goes through the
// generated code, which is the embedded one.
type direct struct {
	ginserver.ServerInterface
	implementation ginserver.StrictServerInterface
	fail           func(*gin.Context, error)
}

// CreateAuthorizingAppsV2 implements [ginserver.ServerInterface].
func (d direct) CreateAuthorizingAppsV2(c *gin.Context, projectID, instanceID types.Id) {
	body, ok := bodyOf[types.AppsToAuthorize](c)
	if !ok {
		d.ServerInterface.CreateAuthorizingAppsV2(c, projectID, instanceID)
		return
	}
	response, err := d.implementation.CreateAuthorizingAppsV2(c, ginserver.CreateAuthorizingAppsV2RequestObject{
		ProjectId: projectID, InstanceId: instanceID, Body: body,
	})
	reply(c, d.fail, response, err, ginserver.CreateAuthorizingAppsV2ResponseObject.VisitCreateAuthorizingAppsV2Response)
}

// DeleteApiAppAuth implements [ginserver.ServerInterface].
func (d direct) DeleteApiAppAuth(c *gin.Context, projectID, serviceID types.ModelArtsId, apiID types.ModelArtsApiId, params types.DeleteApiAppAuthParams) {
	body, ok := bodyOf[types.AppsToUnauthorize](c)
	if !ok {
		d.ServerInterface.DeleteApiAppAuth(c, projectID, serviceID, apiID, params)
		return
	}
	response, err := d.implementation.DeleteApiAppAuth(c, ginserver.DeleteApiAppAuthRequestObject{
		ProjectId: projectID, ServiceId: serviceID, ApiId: apiID, Params: params, Body: body,
	})
	reply(c, d.fail, response, err, ginserver.DeleteApiAppAuthResponseObject.VisitDeleteApiAppAuthResponse)
}

// DeleteApiAppAuthAlias implements [ginserver.ServerInterface].
func (d direct) DeleteApiAppAuthAlias(c *gin.Context, projectID, serviceID types.ModelArtsId, apiID types.ModelArtsApiId, params types.DeleteApiAppAuthAliasParams) {
	body, ok := bodyOf[types.AppsToUnauthorize](c)
	if !ok {
		d.ServerInterface.DeleteApiAppAuthAlias(c, projectID, serviceID, apiID, params)
		return
	}
	response, err := d.implementation.DeleteApiAppAuthAlias(c, ginserver.DeleteApiAppAuthAliasRequestObject{
		ProjectId: projectID, ServiceId: serviceID, ApiId: apiID, Params: params, Body: body,
	})
	reply(c, d.fail, response, err, ginserver.DeleteApiAppAuthAliasResponseObject.VisitDeleteApiAppAuthAliasResponse)
}

// AuthorizeActionApiToInstance implements [ginserver.ServerInterface].
func (d direct) AuthorizeActionApiToInstance(c *gin.Context, projectID types.Id, params types.AuthorizeActionApiToInstanceParams) {
	body, ok := bodyOf[types.AuthorizationAction](c)
	if !ok {
		d.ServerInterface.AuthorizeActionApiToInstance(c, projectID, params)
		return
	}
	response, err := d.implementation.AuthorizeActionApiToInstance(c, ginserver.AuthorizeActionApiToInstanceRequestObject{
		ProjectId: projectID, Params: params, Body: body,
	})
	reply(c, d.fail, response, err, ginserver.AuthorizeActionApiToInstanceResponseObject.VisitAuthorizeActionApiToInstanceResponse)
}

// bodyOf is the body that a reader has read, if one has.
func bodyOf[T any](c *gin.Context) (*T, bool) {
	read, ok := c.Request.Body.(*readBody)
	if !ok {
		return nil, false
	}
	body, ok := read.value.(*T)
	return body, ok
}

// reply writes what a handler returned, as the generated code does.
func reply[R any](c *gin.Context, fail func(*gin.Context, error), response R, err error, write func(R, http.ResponseWriter) error) {
	if err == nil && any(response) == nil {
		err = errNothing(exchangeOf(c).operationID())
	}
	if err == nil {
		err = write(response, c.Writer)
	}
	if err != nil {
		fail(c, err)
	}
}
