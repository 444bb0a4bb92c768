package httpapi

import (
	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// authenticate finds out who is calling, before anything of the body is read.
func (a *api) authenticate(c *gin.Context) {
	token := c.GetHeader("X-Auth-Token")
	if token == "" {
		a.fail(c, &grant.Error{Kind: noToken})
		return
	}
	user, err := a.Authority.Authenticate(token)
	if err != nil {
		a.fail(c, err)
		return
	}
	exchangeOf(c).user = user
}
