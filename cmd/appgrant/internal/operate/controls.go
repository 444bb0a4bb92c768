package operate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	admin "github.com/appgrant/appgrant/gen/admin/client"
	"github.com/appgrant/appgrant/gen/admin/types"
)

// needsControls is what help says of commands that need test controls.
const needsControls = "\n\nThe server must have been started with --test-controls."

// controlCommands are about what tests need beyond the services.
func controlCommands(env settings.Env) []*cobra.Command {
	return []*cobra.Command{clock(env), faults(env)}
}

func clock(env settings.Env) *cobra.Command {
	return adminCommand{
		use: "clock", short: "Show or set a project's clock",
		long: `Show a project's clock, by which authorizations begin and end. It runs with the server's
until somebody sets or advances it.`,
		example: "  appgrant admin clock --output json",
		do: func(s *session) error {
			return s.showClock("ReadClock", func(ctx context.Context, api *admin.Client) (*http.Response, error) {
				return api.ReadClock(ctx, s.Project)
			})
		},
		below: []*cobra.Command{
			adminCommand{
				use: "set TIME", short: "Stop a project's clock at a time",
				long:    "Stop a project's clock at a time." + needsControls,
				example: "  appgrant admin clock set 2027-01-01T00:00:00Z",
				do: func(s *session) error {
					if _, err := time.Parse(time.RFC3339, s.args[0]); err != nil {
						return fmt.Errorf("the time %q is not like 2030-01-01T10:00:00Z", s.args[0])
					}
					return s.showClock("SetClock", func(ctx context.Context, api *admin.Client) (*http.Response, error) {
						return api.SetClock(ctx, s.Project, types.ClockSetting{Time: s.args[0]})
					})
				},
			}.command(env),
			adminCommand{
				use: "advance DURATION", short: "Move a project's clock on, and stop it there",
				long:    "Stop a project's clock at as much later a time than it shows." + needsControls,
				example: "  appgrant admin clock advance 48h\n  appgrant admin clock advance 1h30m15s",
				do: func(s *session) error {
					by, err := time.ParseDuration(s.args[0])
					if err != nil || by < 0 || by%time.Second != 0 {
						return fmt.Errorf("the duration %q is not like 48h or 1h30m15s, in whole seconds", s.args[0])
					}
					return s.showClock("AdvanceClock", func(ctx context.Context, api *admin.Client) (*http.Response, error) {
						return api.AdvanceClock(ctx, s.Project, types.ClockAdvance{Seconds: int64(by / time.Second)})
					})
				},
			}.command(env),
			adminCommand{
				use: "reset", short: "Let a project's clock run again",
				long:    "Let a project's clock show the server's time again.",
				example: "  appgrant admin clock reset",
				do: func(s *session) error {
					return s.change("ResetClock", func(ctx context.Context, api *admin.Client) (*http.Response, error) {
						return api.ResetClock(ctx, s.Project)
					})
				},
			}.command(env),
		},
	}.command(env)
}

func (s *session) showClock(op string, send send) error {
	body, err := s.call(op, types.Clock{}, send)
	if err != nil {
		return err
	}
	return s.show(body, []string{"time", "running"})
}

func faults(env settings.Env) *cobra.Command {
	return list{
		use: "faults", short: "List or add what is to go wrong",
		long:    "List a project's faults that are yet to happen, in the order they will.",
		example: "  appgrant admin faults",
		op:      "ListFaults", page: types.FaultList{}, member: "faults",
		columns: []string{"operation", "times", "status", "retry_after", "delay_ms", "pairs"},
		send: func(ctx context.Context, api *admin.Client, q query) (*http.Response, error) {
			return api.ListFaults(ctx, q.project)
		},
		below: []*cobra.Command{
			addFault(env),
			adminCommand{
				use: "clear", short: "Let nothing go wrong any more",
				long:    "Forget a project's faults that are yet to happen.",
				example: "  appgrant admin faults clear",
				do: func(s *session) error {
					return s.change("ClearFaults", func(ctx context.Context, api *admin.Client) (*http.Response, error) {
						return api.ClearFaults(ctx, s.Project)
					})
				},
			}.command(env),
		},
	}.command(env)
}

func addFault(env settings.Env) *cobra.Command {
	var fault types.Fault
	var operation string
	var delay time.Duration
	var pairs []string
	return adminCommand{
		use: "add", short: "Let the next calls of an operation go wrong",
		long: `Let the next calls of an operation in a project wait, fail, or both. With --pair, the next
authorization of that pair comes out FAILED instead.` + needsControls,
		example: `  appgrant admin faults add --operation CancelingAuthorizationV2 --times 2 --status 429 --retry-after 1
  appgrant admin faults add --operation DeleteAppCodeV2 --delay 3s
  appgrant admin faults add --operation CreateAuthorizingAppsV2 \
    --pair 356de8eb7a8742168586e5daf5339965:5f918d104dc84480a75166ba99efff21`,
		flags: func(cmd *cobra.Command) {
			flags := cmd.Flags()
			flags.StringVar(&operation, "operation", "", "the operation: "+strings.Join(operations, ", "))
			flags.IntVar(&fault.Times, "times", 1, "for how many calls")
			flags.IntVar(&fault.Status, "status", 0, "the status of the failure, 400 to 599 (default none)")
			flags.IntVar(&fault.RetryAfter, "retry-after", 0, "the seconds in its header Retry-After (default none)")
			flags.DurationVar(&delay, "delay", 0, "how long to wait first, in whole milliseconds (default not at all)")
			flags.StringSliceVar(&pairs, "pair", nil, "APP:API that comes out FAILED; may be repeated")
			remote.Complete(cmd, "operation", operations...)
		},
		do: func(s *session) error {
			if err := s.Mandatory(s.cmd.Flags(), "operation"); err != nil {
				return err
			}
			if err := oneOf("operation", operation, operations); err != nil {
				return err
			}
			fault.Operation = types.Operation(operation)
			for _, number := range []struct {
				flag  string
				value int64
			}{{"times", int64(fault.Times)}, {"status", int64(fault.Status)}, {"retry-after", int64(fault.RetryAfter)}, {"delay", int64(delay)}} {
				if number.value < 1 && s.cmd.Flags().Changed(number.flag) {
					return fmt.Errorf("--%s is not positive", number.flag)
				}
			}
			if delay%time.Millisecond != 0 {
				return errors.New("--delay is not in whole milliseconds")
			}
			fault.DelayMs = int(delay / time.Millisecond)
			for _, pair := range pairs {
				app, api, _ := strings.Cut(pair, ":")
				if app == "" || api == "" {
					return fmt.Errorf("--pair is %q, not like APP:API", pair)
				}
				fault.Pairs = append(fault.Pairs, types.Pair{AppId: app, ApiId: api})
			}
			return s.change("AddFault", func(ctx context.Context, api *admin.Client) (*http.Response, error) {
				return api.AddFault(ctx, s.Project, fault)
			})
		},
	}.command(env)
}
