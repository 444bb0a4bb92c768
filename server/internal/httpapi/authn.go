package httpapi

import (
	"crypto/subtle"

	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// authenticate finds out who is calling, before anything of the body is read.
func (a *api) authenticate(c *gin.Context) {
	token, err := tokenOf(c)
	if err != nil {
		a.fail(c, err)
		return
	}
	user, err := a.Authority.Authenticate(c.Request.Context(), token)
	if err != nil {
		a.fail(c, err)
		return
	}
	x := exchangeOf(c)
	x.user, x.actor = user, string(user)
}

// authenticateAdmin lets the admin token pass, and the access token to the one
// operation that it is for.
func (a *api) authenticateAdmin(c *gin.Context) {
	token, err := tokenOf(c)
	if err != nil {
		a.fail(c, err)
		return
	}
	x := exchangeOf(c)
	switch {
	case a.adminToken.is(token):
		x.actor = grant.Operator
	case !a.accessToken.is(token):
		a.fail(c, &grant.Error{Kind: grant.UnknownToken})
	case x.operation.id != "ForwardAuth":
		a.fail(c, &grant.Error{Kind: narrowToken})
	default:
		x.actor = "(gateway)"
	}
}

// secret is a token that there is, or isn't, as its hash.
type secret struct {
	hash  grant.Hash
	isSet bool
}

func newSecret(token string) secret { return secret{grant.HashOf(token), token != ""} }

// is compares a token with the secret, and takes the same time whether they begin
// alike or not.
func (s secret) is(token string) bool {
	given := grant.HashOf(token)
	return s.isSet && subtle.ConstantTimeCompare(given[:], s.hash[:]) == 1
}

func tokenOf(c *gin.Context) (string, error) {
	tokens := c.Request.Header.Values("X-Auth-Token")
	switch {
	case len(tokens) == 0, len(tokens) == 1 && tokens[0] == "":
		return "", &grant.Error{Kind: noToken}
	case len(tokens) > 1: // whichever counted, somebody else might take the other
		return "", &grant.Error{Kind: grant.UnknownToken}
	}
	return tokens[0], nil
}
