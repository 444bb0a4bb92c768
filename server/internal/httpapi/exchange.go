package httpapi

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/server/internal/grant"
)

const requestIDHeader = "X-Request-Id"

// exchange is what is known of one request and its answer. It is the request's
// context, too, so that one look finds it.
type exchange struct {
	deadline
	requestID string
	header    [1]string      // the request id, as a header's values
	operation *operation     // nil outside the contract
	user      grant.UserName // empty until authenticated
	actor     string         // whom the log names; likewise
}

// exchangeKey is what a context answers with the exchange it is in.
type exchangeKey struct{}

// Value implements [context.Context].
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	return x.deadline.Value(key)
}

// exchangeOf returns the exchange a request is in.
func exchangeOf(ctx context.Context) *exchange {
	if c, ok := ctx.(*gin.Context); ok {
		ctx = c.Request.Context()
	}
	return ctx.Value(exchangeKey{}).(*exchange)
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

// begin gives the request its id and its deadline and, when all is over, counts it
// and writes its access line.
func (a *api) begin(c *gin.Context) {
	start := time.Now()
	x := &exchange{
		deadline:  deadline{request: c.Request.Context(), at: start.Add(a.Timeout)},
		requestID: newRequestID(),
		operation: a.operations[routeKey{c.Request.Method, c.FullPath()}],
	}
	defer x.cancel()
	x.header[0] = x.requestID
	c.Writer.Header()[requestIDHeader] = x.header[:]
	c.Request = c.Request.WithContext(x)

	c.Next()

	end := time.Now()
	if a.Metrics != nil {
		a.Metrics.Answered(x.operationID(), c.Writer.Status(), end.Sub(start))
	}
	if handler := a.Logger.Handler(); handler.Enabled(x, slog.LevelInfo) {
		_ = handler.Handle(x, accessRecord(c, x, end, end.Sub(start))) // a logger has nobody to tell, either
	}
}

// accessPC is where access lines come from, for logs that show it. To find it out for
// each would cost more than all the rest of the line.
var accessPC, _, _, _ = runtime.Caller(0)

// accessRecord is what the log says of a request.
func accessRecord(c *gin.Context, x *exchange, end time.Time, took time.Duration) slog.Record {
	record := slog.NewRecord(end, slog.LevelInfo, "request", accessPC)
	attrs := append(make([]slog.Attr, 0, 8),
		slog.String("request_id", x.requestID),
		slog.String("method", clipped(c.Request.Method)),
		slog.String("path", clipped(c.Request.URL.Path)),
		slog.Int("status", c.Writer.Status()),
		slog.Duration("duration", took),
	)
	if clientLeft(c) {
		attrs = append(attrs, slog.Bool("client_left", true)) // and never saw the status
	}
	if operation := x.operationID(); operation != "" {
		attrs = append(attrs, slog.String("operation", operation))
	}
	if x.actor != "" {
		attrs = append(attrs, slog.String("user", x.actor))
	}
	record.AddAttrs(attrs...)
	return record
}

// operationID is empty outside the contract.
func (x *exchange) operationID() string {
	if x.operation == nil {
		return ""
	}
	return x.operation.id
}

// clipped keeps a line of the log from growing as a request likes.
func clipped(s string) string { return s[:min(len(s), 512)] }

// newRequestID returns 32 hexadecimal digits that nobody can foretell: without a
// seed of one's own, math/rand/v2 is ChaCha8 seeded by the operating system, and
// asks that no system call be made for each.
func newRequestID() string {
	var b [16]byte
	binary.NativeEndian.PutUint64(b[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(b[8:], rand.Uint64())
	var digits [32]byte
	hex.Encode(digits[:], b[:])
	return string(digits[:])
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
