package httpapi

import (
	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// authenticate finds out who is calling, before anything of the body is read.
func (a *api) authenticate(c *gin.Context) {
	tokens := c.Request.Header.Values("X-Auth-Token")
	switch {
	case len(tokens) == 0, len(tokens) == 1 && tokens[0] == "":
		a.fail(c, &grant.Error{Kind: noToken})
		return
	case len(tokens) > 1: // whichever counted, somebody else might take the other
		a.fail(c, &grant.Error{Kind: grant.UnknownToken})
		return
	}
	user, err := a.Authority.Authenticate(tokens[0])
	if err != nil {
		a.fail(c, err)
		return
	}
	exchangeOf(c).user = user
}
