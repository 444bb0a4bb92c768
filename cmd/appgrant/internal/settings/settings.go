// Package settings reads what the program is told: flags, variables and files.
package settings

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// Env is the process's variables by name.
type Env map[string]string

// ParseEnv reads variables as [os.Environ] lists them.
func ParseEnv(env []string) Env {
	values := make(Env, len(env))
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		values[name] = value
	}
	return values
}

// Lookup returns a variable, and whether it is there.
func (e Env) Lookup(name string) (value string, known bool) {
	value, known = e[name]
	return value, known
}

// EnvName is the variable of a flag, APPGRANT_DATA_DIR for data-dir.
func EnvName(flag string) string {
	return "APPGRANT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// FromEnv sets each flag that is not on the command line from its variable; if there
// are names, only those.
func FromEnv(flags *pflag.FlagSet, env Env, names ...string) error {
	var problem error
	flags.VisitAll(func(f *pflag.Flag) {
		name := EnvName(f.Name)
		value, ok := env[name]
		if !ok || f.Changed || problem != nil || len(names) > 0 && !slices.Contains(names, f.Name) {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			problem = fmt.Errorf("%s: %w", name, err)
		}
	})
	return problem
}

// maxToken is how long a token may be, in bytes.
const maxToken = 65536

// Token is what a file has or, if none is named, the variable of name; empty if there
// is neither. read reads the file, as [ReadFile] does.
func (e Env) Token(name, file string, read func(name string, limit int64) ([]byte, error)) (string, error) {
	token := e[EnvName(name)]
	if file != "" {
		text, err := read(file, maxToken)
		if err != nil {
			return "", fmt.Errorf("--%s-file: %w", name, err)
		}
		if token = string(text); len(text) <= maxToken { // else it is refused whole
			token = strings.TrimSpace(token)
		}
		if token == "" {
			return "", fmt.Errorf("--%s-file: %s is empty", name, file)
		}
	}
	if len(token) > maxToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("the %s is not 1 to %d printable ASCII characters without spaces", strings.ReplaceAll(name, "-", " "), maxToken)
	}
	return token, nil
}

// ReadFile reads a file, but not for ever: one byte too many is enough to be refused
// for.
func ReadFile(name string, limit int64) (text []byte, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return io.ReadAll(io.LimitReader(file, limit+1))
}

// ReadInput is [ReadFile], where the file - is stdin. It ends with ctx.
func ReadInput(ctx context.Context, name string, limit int64, stdin io.Reader) (text []byte, err error) {
	if name != "-" {
		return ReadFile(name, limit)
	}
	return Interruptible(ctx, func() ([]byte, error) { return io.ReadAll(io.LimitReader(stdin, limit+1)) })
}

// Interruptible waits for what a read brings, but not longer than ctx lasts. The read
// itself may then go on until the program ends.
func Interruptible[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type brought struct {
		value T
		err   error
	}
	results := make(chan brought, 1)
	go func() {
		value, err := read()
		results <- brought{value, err}
	}()
	select {
	case r := <-results:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// IsTerminal reports whether people are at the other end of a stream.
func IsTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Printable is a text in one line and without what a terminal might obey.
func Printable(s string) string {
	visible := func(r rune) rune {
		if unicode.IsPrint(r) || unicode.IsSpace(r) {
			return r
		}
		return '?'
	}
	return strings.Join(strings.Fields(strings.Map(visible, s)), " ")
}
