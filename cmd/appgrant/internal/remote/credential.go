package remote

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// Credential is a token, which need not be on the command line.
type Credential struct {
	name, text, file     string
	textGiven, fileGiven bool // on the command line
}

func (c *Credential) add(flags *pflag.FlagSet, name string) {
	c.name = name
	flags.StringVar(&c.text, name, "", "the `TOKEN`; others can see it here, so better the variable or --"+name+"-file")
	flags.StringVar(&c.file, name+"-file", "", "`FILE` with the token; - is standard input")
}

// given takes note of what is on the command line, before the environment completes it.
func (c *Credential) given(flags *pflag.FlagSet) {
	c.textGiven, c.fileGiven = flags.Changed(c.name), flags.Changed(c.name+"-file")
}

// Name is that of its flag.
func (c *Credential) Name() string { return c.name }

// TakesStdin reports whether it is read from standard input.
func (c *Credential) TakesStdin() bool { return c.file == "-" }

// Value is the token. The command line wins over the environment, and a file there over
// a variable. A dry run needs none.
func (c *Credential) Value(cmd *cobra.Command, dryRun bool) (string, error) {
	file := c.file
	switch {
	case c.textGiven && c.fileGiven:
		return "", fmt.Errorf("--%s and --%s-file exclude each other", c.name, c.name)
	case c.textGiven, dryRun && file == "-":
		file = ""
	}
	token, err := settings.Env{settings.EnvName(c.name): c.text}.Token(c.name, file, Reader(cmd))
	switch {
	case err != nil:
		return "", ReadError(err)
	case dryRun:
		return cmp.Or(token, "none"), nil
	case token == "":
		return "", fmt.Errorf("there is no token: set %s, or give --%s-file", settings.EnvName(c.name), c.name)
	}
	return token, nil
}

// Reader reads a file, or standard input for as long as the command lasts.
func Reader(cmd *cobra.Command) func(name string, limit int64) ([]byte, error) {
	return func(name string, limit int64) ([]byte, error) {
		return settings.ReadInput(cmd.Context(), name, limit, cmd.InOrStdin())
	}
}

// ReadError is the asker's, unless reading was interrupted.
func ReadError(err error) error {
	if Interrupted(err) {
		return Judged(err)
	}
	return err
}
