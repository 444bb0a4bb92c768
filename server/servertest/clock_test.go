package servertest_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/servertest"
)

// noon is in a zone, with more than the clock can show.
var noon = time.Date(2030, time.January, 31, 12, 30, 15, 123456789, time.FixedZone("", 2*3600))

func expectTime(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// A clock stands where it was put, until it runs again.
func TestClock(t *testing.T) {
	t.Parallel()
	clock := servertest.Start(t).Clock
	first := clock.Now()
	if later := clock.Now(); !later.After(first) {
		t.Errorf("it does not run: %v, then %v", first, later)
	}
	want := noon.Truncate(time.Microsecond)
	expectTime(t, "set", clock.Set(noon), want)
	expectTime(t, "set before", clock.Now(), want)
	for _, by := range []time.Duration{90 * time.Minute, 1500 * time.Millisecond, -72 * time.Hour, 0} {
		want = want.Add(by)
		expectTime(t, "advanced by "+by.String(), clock.Advance(by), want)
		expectTime(t, "advanced before", clock.Now(), want)
	}
	clock.Run()
	if age := time.Since(clock.Now()).Abs(); age > time.Minute {
		t.Errorf("it runs, but is %v off", age)
	}
	if ahead := time.Until(clock.Advance(time.Hour)); (ahead - time.Hour).Abs() > time.Minute {
		t.Errorf("advanced by an hour from the real time: %v ahead", ahead)
	}
}

// Those who advance it at the same time all do.
func TestClockAdvancesAtOnce(t *testing.T) {
	t.Parallel()
	appgrant := servertest.Start(t)
	appgrant.Clock.Set(noon)
	const hours = 20
	var running sync.WaitGroup
	for i := range hours {
		clock := appgrant.Clock
		if i%2 == 0 {
			clock = appgrant.ClockOf(appgrant.Project) // is the same
		}
		running.Go(func() { clock.Advance(time.Hour) })
	}
	running.Wait()
	expectTime(t, "advanced", appgrant.Clock.Now(), noon.Truncate(time.Microsecond).Add(hours*time.Hour))
}

// Each project has a clock of its own.
func TestClockOf(t *testing.T) {
	t.Parallel()
	appgrant := servertest.Start(t, servertest.WithCatalog("projects: [{id: one}, {id: two}]"))
	appgrant.Clock.Set(noon)
	other := appgrant.ClockOf("two")
	if age := time.Since(other.Now()).Abs(); age > time.Minute {
		t.Errorf("the second clock is %v off", age)
	}
	other.Set(noon.AddDate(1, 0, 0))
	want := noon.Truncate(time.Microsecond)
	expectTime(t, "the first", appgrant.Clock.Now(), want)
	expectTime(t, "the same by another way", appgrant.ClockOf("one").Now(), want)
	expectTime(t, "the second", other.Now(), want.AddDate(1, 0, 0))
}

// An authorization ends when the clock comes to its end.
func TestAuthorizationExpires(t *testing.T) {
	t.Parallel()
	appgrant := servertest.Start(t)
	auth := client.DataArtsAuthorization{
		ProjectID: appgrant.Project, InstanceID: "APIG",
		APIID: "47046fe7830c1be77cb0dc23bd86afa5", AppID: "908489209a320df61607355c57c82882",
	}
	decision := func() types.Reason {
		t.Helper()
		r, err := appgrant.Admin.DecideAccessWithResponse(t.Context(), auth.ProjectID, &types.DecideAccessParams{
			Service: types.Dataarts, EnvId: &auth.InstanceID, ApiId: auth.APIID, AppId: &auth.AppID,
		})
		if err != nil {
			t.Fatal(err)
		}
		if r.JSON200 == nil {
			t.Fatalf("%s: %s", r.Status(), r.Body)
		}
		return r.JSON200.Reason
	}
	now := appgrant.Clock.Set(noon)
	until := now.Truncate(time.Hour).Add(3 * time.Hour)
	if err := as(t, appgrant, appgrant.Token).DataArts.Authorize(t.Context(), auth, until); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		by   time.Duration
		want types.Reason
	}{
		{0, types.ReasonAuthorized},
		{until.Sub(now) - time.Microsecond, types.ReasonAuthorized},
		{time.Microsecond, types.ReasonExpired},
	} {
		at := appgrant.Clock.Advance(step.by)
		if got := decision(); got != step.want {
			t.Errorf("at %v: %s, want %s", at, got, step.want)
		}
	}
}

// Where a clock does not do as it is told, the test fails, in a line of its own.
func TestClockFails(t *testing.T) {
	t.Parallel()
	const (
		noProject = `{"error_code":"ADMIN.0404","error_msg":"project nowhere does not exist"}`
		noTime    = `{"error_code":"ADMIN.0400","error_msg":"bad value: time"}`
	)
	late := time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, project string
		do            func(*servertest.Clock)
		answer        string
	}{
		{"now", "nowhere", func(c *servertest.Clock) { c.Now() }, noProject},
		{"set", "nowhere", func(c *servertest.Clock) { c.Set(noon) }, noProject},
		{"advance", "nowhere", func(c *servertest.Clock) { c.Advance(time.Hour) }, noProject},
		{"run", "nowhere", func(c *servertest.Clock) { c.Run() }, noProject},
		{"set too late", "somewhere", func(c *servertest.Clock) { c.Set(late) }, noTime},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := fmt.Sprintf("servertest: the clock of project %q: %s", test.project, test.answer)
			observe(t, func(t testing.TB) {
				test.do(servertest.Start(t, servertest.WithCatalog("projects: [{id: somewhere}]")).ClockOf(test.project))
			}).expect(t, want)

			appgrant, err := servertest.New(servertest.WithCatalog("projects: [{id: somewhere}]"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := appgrant.Close(); err != nil {
					t.Error(err)
				}
			}()
			defer func() {
				if got := recover(); got != want {
					t.Errorf("without a test it panics with %v, want %q", got, want)
				}
			}()
			test.do(appgrant.ClockOf(test.project))
		})
	}
}

// Neither can it be done when the server has been closed.
func TestClockOfClosedServer(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*servertest.Clock){
		"now":     func(c *servertest.Clock) { c.Now() },
		"set":     func(c *servertest.Clock) { c.Set(noon) },
		"advance": func(c *servertest.Clock) { c.Advance(time.Hour) },
		"run":     func(c *servertest.Clock) { c.Run() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done := false
			w := observe(t, func(t testing.TB) {
				appgrant := servertest.Start(t)
				if err := appgrant.Close(); err != nil {
					t.Error(err)
				}
				do(appgrant.Clock)
				done = true
			})
			if done || w.said == "" {
				t.Errorf("the test went on, and said %q", w.said)
			}
		})
	}
}
