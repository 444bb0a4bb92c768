package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/rs/cors"
)

// allowOrigins lets pages of some origins call from a browser, which asks first.
func allowOrigins(origins []string) gin.HandlerFunc {
	c := cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{requestIDHeader, "Retry-After", "X-Appgrant-Reason", "X-Appgrant-App"},
		MaxAge:         600, // seconds
	})
	return func(ctx *gin.Context) {
		r := ctx.Request
		c.HandlerFunc(ctx.Writer, r)
		asks := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		if asks && c.OriginAllowed(r) {
			ctx.AbortWithStatus(http.StatusNoContent)
		}
	}
}
