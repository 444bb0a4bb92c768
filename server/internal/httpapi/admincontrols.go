package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	adminserver "github.com/appgrant/appgrant/gen/admin/ginserver"
	admintypes "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// goWrong lets a call wait or fail as a test asked for.
func (a *api) goWrong(c *gin.Context) {
	op := exchangeOf(c).operation
	ctx, caller := requestOf(c)
	fault, err := a.Authority.TakeFault(ctx, caller, grant.ProjectID(c.Param("project_id")), op.id)
	if err != nil {
		a.fail(c, err)
		return
	}
	if fault == nil {
		return
	}
	select {
	case <-time.After(fault.Delay):
	case <-ctx.Done():
		a.fail(c, ctx.Err())
		return
	}
	if fault.Status == 0 {
		return
	}
	if fault.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(fault.RetryAfter))
	}
	c.Abort()
	kind := faulty
	switch fault.Status {
	case http.StatusTooManyRequests:
		kind = throttled
	case http.StatusInternalServerError:
		kind = grant.Internal
	}
	answer := answerTo(op.service, &grant.Error{Kind: kind})
	answer.status = fault.Status
	a.write(c, answer)
}

// ReadClock implements [adminserver.StrictServerInterface].
func (a adminAPI) ReadClock(ctx context.Context, r adminserver.ReadClockRequestObject) (adminserver.ReadClockResponseObject, error) {
	request, _ := requestOf(ctx)
	clock, err := a.Authority.Clock(request, grant.ProjectID(r.ProjectId))
	if err != nil {
		return nil, err
	}
	response := adminserver.ReadClock200JSONResponse{Body: clockOf(clock)}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// SetClock implements [adminserver.StrictServerInterface].
func (a adminAPI) SetClock(ctx context.Context, r adminserver.SetClockRequestObject) (adminserver.SetClockResponseObject, error) {
	at, err := instant(r.Body.Time, "time")
	if err != nil {
		return nil, err
	}
	request, caller := requestOf(ctx)
	clock, err := a.Authority.SetClock(request, caller, grant.ProjectID(r.ProjectId), at)
	if err != nil {
		return nil, err
	}
	response := adminserver.SetClock200JSONResponse{Body: clockOf(clock)}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// AdvanceClock implements [adminserver.StrictServerInterface].
func (a adminAPI) AdvanceClock(ctx context.Context, r adminserver.AdvanceClockRequestObject) (adminserver.AdvanceClockResponseObject, error) {
	request, caller := requestOf(ctx)
	clock, err := a.Authority.AdvanceClock(request, caller, grant.ProjectID(r.ProjectId), time.Duration(r.Body.Seconds)*time.Second)
	if err != nil {
		return nil, err
	}
	response := adminserver.AdvanceClock200JSONResponse{Body: clockOf(clock)}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// ResetClock implements [adminserver.StrictServerInterface].
func (a adminAPI) ResetClock(ctx context.Context, r adminserver.ResetClockRequestObject) (adminserver.ResetClockResponseObject, error) {
	request, caller := requestOf(ctx)
	if err := a.Authority.ResetClock(request, caller, grant.ProjectID(r.ProjectId)); err != nil {
		return nil, err
	}
	var response adminserver.ResetClock204Response
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

func clockOf(c grant.Clock) admintypes.Clock {
	return admintypes.Clock{Time: instantText(c.Time), Running: c.Running}
}

// ListFaults implements [adminserver.StrictServerInterface].
func (a adminAPI) ListFaults(ctx context.Context, r adminserver.ListFaultsRequestObject) (adminserver.ListFaultsResponseObject, error) {
	request, _ := requestOf(ctx)
	faults, err := a.Authority.Faults(request, grant.ProjectID(r.ProjectId))
	if err != nil {
		return nil, err
	}
	response := adminserver.ListFaults200JSONResponse{Body: admintypes.FaultList{Faults: listed(faults, faultOf)}}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

func faultOf(f grant.Fault) admintypes.Fault {
	return admintypes.Fault{
		Operation: admintypes.Operation(f.Operation), Times: f.Times,
		DelayMs: int(f.Delay.Milliseconds()), Status: f.Status, RetryAfter: f.RetryAfter,
		Pairs: listed(f.Pairs, func(p grant.Pair) admintypes.Pair {
			return admintypes.Pair{ApiId: string(p.API), AppId: string(p.App)}
		}),
	}
}

// AddFault implements [adminserver.StrictServerInterface].
func (a adminAPI) AddFault(ctx context.Context, r adminserver.AddFaultRequestObject) (adminserver.AddFaultResponseObject, error) {
	request, caller := requestOf(ctx)
	err := a.Authority.AddFault(request, caller, grant.ProjectID(r.ProjectId), grant.Fault{
		Operation: string(r.Body.Operation), Times: max(r.Body.Times, 1),
		Delay: time.Duration(r.Body.DelayMs) * time.Millisecond, Status: r.Body.Status, RetryAfter: r.Body.RetryAfter,
		Pairs: listed(r.Body.Pairs, func(p admintypes.Pair) grant.Pair {
			return grant.Pair{API: grant.APIID(p.ApiId), App: grant.AppID(p.AppId)}
		}),
	})
	if err != nil {
		return nil, err
	}
	var response adminserver.AddFault204Response
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// ClearFaults implements [adminserver.StrictServerInterface].
func (a adminAPI) ClearFaults(ctx context.Context, r adminserver.ClearFaultsRequestObject) (adminserver.ClearFaultsResponseObject, error) {
	request, caller := requestOf(ctx)
	if err := a.Authority.ClearFaults(request, caller, grant.ProjectID(r.ProjectId)); err != nil {
		return nil, err
	}
	var response adminserver.ClearFaults204Response
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}
