package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/server/internal/grant"
)

const requestIDHeader = "X-Request-Id"

// exchange is what is known of one request and its answer.
type exchange struct {
	requestID string
	operation *operation     // nil outside the contract
	user      grant.UserName // empty until authenticated
	actor     string         // whom the log names; likewise
}

// exchangeKey is where a gin context keeps its exchange.
const exchangeKey = "appgrant.exchange"

// exchangeOf returns the exchange a request is in.
func exchangeOf(ctx context.Context) *exchange {
	return ctx.Value(exchangeKey).(*exchange)
}

// requestOf returns the context of a request and who is calling. The gin context
// that handlers get serves another request afterwards; what may hold on to a
// context for longer than the handler runs, as database drivers do, gets this one.
func requestOf(ctx context.Context) (context.Context, grant.Caller) {
	c := ctx.(*gin.Context)
	x := exchangeOf(c)
	return c.Request.Context(), grant.Caller{Name: x.user, RequestID: x.requestID}
}

func requestIDOf(ctx context.Context) string { return exchangeOf(ctx).requestID }

// begin gives the request its id and its deadline and, when all is over, writes
// its access line.
func (a *api) begin(c *gin.Context) {
	start := time.Now()
	x := &exchange{requestID: newRequestID(), operation: a.operations[routeKey{c.Request.Method, c.FullPath()}]}
	c.Set(exchangeKey, x)
	c.Header(requestIDHeader, x.requestID)
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.Timeout)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)

	c.Next()

	took, operation := time.Since(start), ""
	if x.operation != nil {
		operation = x.operation.id
	}
	if a.Metrics != nil {
		a.Metrics.Answered(operation, c.Writer.Status(), took)
	}
	attrs := []slog.Attr{
		slog.String("request_id", x.requestID),
		slog.String("method", clipped(c.Request.Method)),
		slog.String("path", clipped(c.Request.URL.Path)),
		slog.Int("status", c.Writer.Status()),
		slog.Duration("duration", took),
	}
	if clientLeft(c) {
		attrs = append(attrs, slog.Bool("client_left", true)) // and never saw the status
	}
	if operation != "" {
		attrs = append(attrs, slog.String("operation", operation))
	}
	if x.actor != "" {
		attrs = append(attrs, slog.String("user", x.actor))
	}
	a.Logger.LogAttrs(c, slog.LevelInfo, "request", attrs...)
}

// clipped keeps a line of the log from growing as a request likes.
func clipped(s string) string { return s[:min(len(s), 512)] }

func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}

// recover turns a panic into an answer and a log entry with its stack.
func (a *api) recover(c *gin.Context) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			a.fail(c, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	c.Next()
}
