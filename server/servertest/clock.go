package servertest

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/appgrant/appgrant/gen/admin/types"
)

// Clock is the clock of one project, by which authorizations begin and end. It runs
// until it is set. Where a method fails, the test does, so that only the test's own
// goroutine should call it. Tokens expire in real time, whatever it shows.
type Clock struct {
	server  *Server
	project string
}

// ClockOf is the clock of another project than the first.
func (s *Server) ClockOf(project string) *Clock { return &Clock{server: s, project: project} }

// Now is what the clock shows, to the microsecond.
func (c *Clock) Now() time.Time {
	c.server.helper()
	r, err := c.server.Admin.ReadClockWithResponse(context.Background(), c.project)
	if err != nil {
		c.server.fail(err)
		return time.Time{}
	}
	return c.shown(r.JSON200, r.Body)
}

// Set stops the clock at a time, which it returns as the clock shows it.
func (c *Clock) Set(at time.Time) time.Time {
	c.server.helper()
	r, err := c.server.Admin.SetClockWithResponse(context.Background(), c.project,
		types.ClockSetting{Time: at.UTC().Format(time.RFC3339Nano)})
	if err != nil {
		c.server.fail(err)
		return time.Time{}
	}
	return c.shown(r.JSON200, r.Body)
}

// Advance stops the clock at another time than it shows, that much later, and
// returns it.
func (c *Clock) Advance(by time.Duration) time.Time {
	c.server.helper()
	c.server.advancing.Lock()
	defer c.server.advancing.Unlock()
	return c.Set(c.Now().Add(by))
}

// Run lets the clock show the real time again.
func (c *Clock) Run() {
	c.server.helper()
	r, err := c.server.Admin.ResetClockWithResponse(context.Background(), c.project)
	if err == nil && r.StatusCode() != 204 {
		err = c.refusal(r.Body)
	}
	if err != nil {
		c.server.fail(err)
	}
}

func (c *Clock) shown(clock *types.Clock, body []byte) time.Time {
	c.server.helper()
	if clock == nil {
		c.server.fail(c.refusal(body))
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, clock.Time)
	if err != nil {
		c.server.fail(err)
	}
	return at
}

func (c *Clock) refusal(body []byte) error {
	return fmt.Errorf("the clock of project %q: %s", c.project, bytes.TrimSpace(body))
}
