package remote

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// Target is the server that a command calls, and how.
type Target struct {
	Endpoint, Project string
	Token             Credential
	Timeout           time.Duration
	Attempts          int
	DryRun            bool
	Format            string // AsTable or AsJSON
	Env               settings.Env

	printed *dryRun // what prints in a dry run
}

// The formats of what a command prints.
const (
	AsTable = "table"
	AsJSON  = "json"
)

// Add adds the flags. The token's are --NAME and --NAME-file.
func (t *Target) Add(flags *pflag.FlagSet, tokenName string) {
	t.AddServer(flags, tokenName)
	t.AddProject(flags)
	flags.IntVar(&t.Attempts, "attempts", 4, "how often a request is sent at most, where repeating is safe")
}

// AddServer adds those of commands that are not about one project and repeat nothing.
func (t *Target) AddServer(flags *pflag.FlagSet, tokenName string) {
	t.Attempts = 1
	flags.StringVar(&t.Endpoint, "endpoint", "http://127.0.0.1:8080", "`URL` of the server")
	t.Token.add(flags, tokenName)
	flags.DurationVar(&t.Timeout, "timeout", client.DefaultTimeout, "how long one attempt may take")
	flags.BoolVar(&t.DryRun, "dry-run", false, "print the requests as curl commands, without the token, and send nothing")
	flags.StringVarP(&t.Format, "output", "o", AsTable, "table or json")
}

// Finish completes a command: shells propose what fits, and help says which flags have a
// variable.
func (t *Target) Finish(cmd *cobra.Command) {
	Complete(cmd, "output", AsTable, AsJSON)
	noFiles(cmd)
	for _, name := range t.fromEnv() {
		if f := cmd.Flags().Lookup(name); f != nil {
			f.Usage += " (" + settings.EnvName(name) + ")"
		}
	}
}

// AddProject adds the flag of commands that are about one project.
func (t *Target) AddProject(flags *pflag.FlagSet) {
	flags.StringVar(&t.Project, "project", "", "`ID` of the project")
}

// Complete lets shells propose values of a flag, and no files.
func Complete(cmd *cobra.Command, flag string, values ...string) {
	// It fails for a flag that isn't there only.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// noFiles lets shells propose no files where none belong.
func noFiles(cmd *cobra.Command) {
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, taken := cmd.GetFlagCompletionFunc(f.Name); !taken && !strings.HasSuffix(f.Name, "file") {
			Complete(cmd, f.Name)
		}
	})
}

// Read completes the flags from the environment and checks them.
func (t *Target) Read(flags *pflag.FlagSet) error {
	t.Token.given(flags)
	if err := settings.FromEnv(flags, t.Env, t.fromEnv()...); err != nil {
		return err
	}
	switch {
	case t.Format != AsTable && t.Format != AsJSON:
		return fmt.Errorf("--output is %q, neither %s nor %s", t.Format, AsTable, AsJSON)
	case t.Timeout <= 0:
		return errors.New("--timeout is not positive")
	case t.Attempts < 1:
		return errors.New("--attempts is less than 1")
	}
	return nil
}

// fromEnv names the flags that the environment completes: where and who, and how. What
// to do stands on the command line alone.
func (t *Target) fromEnv() []string {
	return []string{
		"endpoint", "project", "instance", t.Token.name, t.Token.name + "-file",
		"timeout", "attempts", "concurrency", "output",
	}
}

// Mandatory refuses flags that have no value.
func (t *Target) Mandatory(flags *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		switch {
		case flags.Lookup(name).Value.String() != "":
		case slices.Contains(t.fromEnv(), name):
			return fmt.Errorf("there is no --%s, nor %s in the environment", name, settings.EnvName(name))
		default:
			return fmt.Errorf("there is no --%s", name)
		}
	}
	return nil
}

// HTTPClient is nil or, in a dry run, one that prints requests.
func (t *Target) HTTPClient(stdout io.Writer) *http.Client {
	if !t.DryRun {
		return nil
	}
	t.printed = &dryRun{w: stdout, tokenVariable: settings.EnvName(t.Token.name)}
	return &http.Client{Transport: t.printed}
}

// Printed is why something of a dry run could not be printed.
func (t *Target) Printed() error {
	if t.printed == nil {
		return nil
	}
	return t.printed.err
}

// Client is the one for the four services.
func (t *Target) Client(cmd *cobra.Command, hooks client.Hooks) (*client.Client, error) {
	token, err := t.Token.Value(cmd, t.DryRun)
	if err != nil {
		return nil, err
	}
	if t.DryRun {
		t.Attempts = 1
	}
	opts := []client.Option{
		client.WithToken(token), client.WithTimeout(t.Timeout), client.WithUserAgent("appgrant-cli"),
		client.WithRetry(client.Retry{Attempts: t.Attempts}), client.WithHooks(hooks),
	}
	if hc := t.HTTPClient(cmd.OutOrStdout()); hc != nil {
		opts = append(opts, client.WithHTTPClient(hc))
	}
	return NewClient(t.Endpoint, opts...)
}

// NewClient names the flag where the client names its argument.
func NewClient(endpoint string, opts ...client.Option) (*client.Client, error) {
	c, err := client.New(endpoint, opts...)
	var wrong *client.InputError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("--%s %s", wrong.Field, wrong.Problem)
	}
	return c, err
}
