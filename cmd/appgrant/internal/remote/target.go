package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appgrant/appgrant/client"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// target is the server that a command calls, and how.
type target struct {
	endpoint, project string
	token             credential
	timeout           time.Duration
	attempts          int
	dryRun            bool
	printed           *dryRun // what prints in a dry run
	format            string
	env               settings.Env
}

// The formats of what a command prints.
const (
	asTable = "table"
	asJSON  = "json"
)

// add adds the flags. The token's are --NAME and --NAME-file.
func (t *target) add(flags *pflag.FlagSet, tokenName string) {
	t.addServer(flags, tokenName)
	t.addProject(flags)
	flags.IntVar(&t.attempts, "attempts", 4, "how often a request is sent at most, where repeating is safe")
}

// addServer adds those of commands that are not about one project and repeat nothing.
func (t *target) addServer(flags *pflag.FlagSet, tokenName string) {
	t.attempts = 1
	flags.StringVar(&t.endpoint, "endpoint", "http://127.0.0.1:8080", "`URL` of the server")
	t.token.add(flags, tokenName)
	flags.DurationVar(&t.timeout, "timeout", client.DefaultTimeout, "how long one attempt may take")
	flags.BoolVar(&t.dryRun, "dry-run", false, "print the requests as curl commands, without the token, and send nothing")
	flags.StringVarP(&t.format, "output", "o", asTable, "table or json")
}

// finish completes a command: shells propose what fits, and help says which flags have a
// variable.
func (t *target) finish(cmd *cobra.Command) {
	complete(cmd, "output", asTable, asJSON)
	noFiles(cmd)
	for _, name := range t.fromEnv() {
		if f := cmd.Flags().Lookup(name); f != nil {
			f.Usage += " (" + settings.EnvName(name) + ")"
		}
	}
}

func (t *target) addProject(flags *pflag.FlagSet) {
	flags.StringVar(&t.project, "project", "", "`ID` of the project")
}

// complete lets shells propose values of a flag, and no files.
func complete(cmd *cobra.Command, flag string, values ...string) {
	// It fails for a flag that isn't there only.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// read completes the flags from the environment and checks them.
func (t *target) read(flags *pflag.FlagSet) error {
	t.token.given(flags)
	if err := settings.FromEnv(flags, t.env, t.fromEnv()...); err != nil {
		return err
	}
	switch {
	case t.format != asTable && t.format != asJSON:
		return fmt.Errorf("--output is %q, neither %s nor %s", t.format, asTable, asJSON)
	case t.timeout <= 0:
		return errors.New("--timeout is not positive")
	case t.attempts < 1:
		return errors.New("--attempts is less than 1")
	}
	return nil
}

// fromEnv names the flags that the environment completes: where and who, and how. What
// to do stands on the command line alone.
func (t *target) fromEnv() []string {
	return []string{
		"endpoint", "project", "instance", t.token.name, t.token.name + "-file",
		"timeout", "attempts", "concurrency", "output",
	}
}

// mandatory refuses flags that have no value.
func (t *target) mandatory(flags *pflag.FlagSet, names ...string) error {
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

// httpClient is nil or, in a dry run, one that prints requests.
func (t *target) httpClient(stdout io.Writer) *http.Client {
	if !t.dryRun {
		return nil
	}
	t.printed = &dryRun{w: stdout, tokenVariable: settings.EnvName(t.token.name)}
	return &http.Client{Transport: t.printed}
}

// client is the one for the four services.
func (t *target) client(cmd *cobra.Command) (*client.Client, error) {
	token, err := t.token.value(cmd.Context(), cmd.InOrStdin(), t.dryRun)
	if err != nil {
		return nil, err
	}
	if t.dryRun {
		t.attempts = 1
	}
	opts := []client.Option{
		client.WithToken(token), client.WithTimeout(t.timeout), client.WithUserAgent("appgrant-cli"),
		client.WithRetry(client.Retry{Attempts: t.attempts}), client.WithHooks(client.Hooks{Attempt: noteRequest}),
	}
	if hc := t.httpClient(cmd.OutOrStdout()); hc != nil {
		opts = append(opts, client.WithHTTPClient(hc))
	}
	return newClient(t.endpoint, opts...)
}

// newClient names the flag where the client names its argument.
func newClient(endpoint string, opts ...client.Option) (*client.Client, error) {
	c, err := client.New(endpoint, opts...)
	var wrong *client.InputError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("--%s %s", wrong.Field, wrong.Problem)
	}
	return c, err
}

// credential is a token, which need not be on the command line.
type credential struct {
	name, text, file     string
	textGiven, fileGiven bool // on the command line
}

func (c *credential) add(flags *pflag.FlagSet, name string) {
	c.name = name
	flags.StringVar(&c.text, name, "", "the `TOKEN`; others can see it here, so better the variable or --"+name+"-file")
	flags.StringVar(&c.file, name+"-file", "", "`FILE` with the token; - is standard input")
}

// given takes note of what is on the command line, before the environment completes it.
func (c *credential) given(flags *pflag.FlagSet) {
	c.textGiven, c.fileGiven = flags.Changed(c.name), flags.Changed(c.name+"-file")
}

// value is the token. The command line wins over the environment, and a file there over
// a variable. A dry run needs none.
func (c *credential) value(ctx context.Context, stdin io.Reader, dryRun bool) (string, error) {
	file := c.file
	switch {
	case c.textGiven && c.fileGiven:
		return "", fmt.Errorf("--%s and --%s-file exclude each other", c.name, c.name)
	case c.textGiven, dryRun && file == "-":
		file = ""
	}
	token, err := settings.Env{settings.EnvName(c.name): c.text}.Token(c.name, file, reader(ctx, stdin))
	switch {
	case err != nil:
		return "", readError(err)
	case dryRun:
		return cmp.Or(token, "none"), nil
	case token == "":
		return "", fmt.Errorf("there is no token: set %s, or give --%s-file", settings.EnvName(c.name), c.name)
	}
	return token, nil
}

// reader reads a file, or stdin for as long as ctx lasts.
func reader(ctx context.Context, stdin io.Reader) func(name string, limit int64) ([]byte, error) {
	return func(name string, limit int64) ([]byte, error) { return settings.ReadInput(ctx, name, limit, stdin) }
}

// readError is the asker's, unless reading was interrupted.
func readError(err error) error {
	if interrupted(err) {
		return judged(err)
	}
	return err
}
