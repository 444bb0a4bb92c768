package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	"github.com/appgrant/appgrant/conformance"
	"github.com/appgrant/appgrant/conformance/report"
	"github.com/appgrant/appgrant/openapi"
)

// verdict is an exit status that the conformance suite gives, when all it has to say
// is said.
type verdict int

func (v verdict) Error() string { return fmt.Sprintf("exit status %d", int(v)) }

// maxSpec is how long an OpenAPI file, or another file the suite reads, may be.
const maxSpec = 16 << 20

func conformanceCommand(env []string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "conformance",
		Short: "Judge a contract, a server, or the traffic to one",
		Long: `Judge whether a contract says what the documents say (contract), and whether a
server does what the contract says, by sending it requests (server) or by standing
between it and its clients (proxy).

Exit status: 0 conformant, 1 not, 2 it could not be judged.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(judgeContractCommand(env), judgeServerCommand(env), judgeProxyCommand(env))
	return cmd
}

// output is where a judgement goes.
type output struct {
	reportDir string
	noColor   bool
	env       settings.Env
}

func (o *output) add(flags *pflag.FlagSet) {
	flags.StringVar(&o.reportDir, "report-dir", "", "directory for report.html, report.md, report.json and report.xml (JUnit)")
	flags.BoolVar(&o.noColor, "no-color", false, "no colours on a terminal")
}

// write tells the verdict, in the reports asked for and on standard output.
func (o *output) write(cmd *cobra.Command, r *report.Report) error {
	color := !o.noColor && settings.IsTerminal(cmd.OutOrStdout()) && o.env["NO_COLOR"] == ""
	if err := r.WriteText(cmd.OutOrStdout(), report.TextOptions{Color: color}); err != nil {
		return err
	}
	if o.reportDir != "" {
		if err := r.WriteDir(o.reportDir); err != nil {
			return err
		}
	}
	if status := r.Exit(); status != report.ExitConformant {
		return verdict(status)
	}
	return nil
}

func judgeContractCommand(env []string) *cobra.Command {
	var spec string
	var opts conformance.ContractOptions
	out := output{env: settings.ParseEnv(env)}
	cmd := &cobra.Command{
		Use:   "contract",
		Short: "Judge a contract against the documents",
		Long: `Hold an OpenAPI file against the documents: every fact of theirs must be in it, and
everything in it must be in a document or be marked, with x-ruling, as a decision. The
table says where each fact is. Then the file, and the documents' examples, are damaged
in every way there is, and each time that must be noticed.

Without --spec it is this program's own contract that is judged, together with the
decisions it made where the documents are silent; another file may decide otherwise,
unless --rulings is given.`,
		Example: "  appgrant conformance contract\n  appgrant conformance contract --spec openapi.yaml --report-dir reports",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := settings.FromEnv(cmd.Flags(), out.env); err != nil {
				return err
			}
			text, name := openapi.YAML, "the contract of this program"
			if spec == "" {
				opts.Rulings = true
			} else {
				var err error
				if text, err = settings.ReadFile(spec, maxSpec); err != nil {
					return err
				}
				name = spec
			}
			r := conformance.Contract(cmd.Context(), name, text, opts)
			if r.Trace != nil {
				if err := r.WriteTrace(cmd.OutOrStdout()); err != nil {
					return err
				}
			}
			return out.write(cmd, r)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&spec, "spec", "", "OpenAPI file, YAML or JSON (default this program's contract)")
	flags.BoolVar(&opts.Rulings, "rulings", false, "hold the file to this project's decisions, too")
	flags.BoolVar(&opts.Mutations, "mutations", true, "count how much damage would be noticed")
	out.add(flags)
	return cmd
}

// serverFlags describe the target and how to judge it.
type serverFlags struct {
	target, targetFile, profile string
	adminTokenFile, expect      string
	opts                        conformance.Options
	output
}

func (f *serverFlags) addTarget(flags *pflag.FlagSet) {
	flags.StringVar(&f.target, "target", "", "URL of the server, in front of the contract's paths")
	flags.StringVar(&f.targetFile, "target-file", "", "YAML file that describes the server: profile, endpoint, tokens, ids, features")
	flags.StringVar(&f.profile, "profile", "", "appgrant (a server with the admin contract), region (a real service) or readonly (nothing is changed); default what the file says, or appgrant")
	flags.StringVar(&f.expect, "expect", "", "YAML file of expected failures, each with pattern, reason and until")
	flags.BoolVar(&f.opts.Strict, "strict", false, "find fault with members of answers that the contract does not have")
}

// read makes of the flags what the suite works with.
func (f *serverFlags) read() (conformance.Target, error) {
	var t conformance.Target
	if f.targetFile != "" {
		text, err := settings.ReadFile(f.targetFile, maxSpec)
		if err != nil {
			return t, err
		}
		if t, err = conformance.ParseTarget(text, f.env.Lookup); err != nil {
			return t, fmt.Errorf("%s: %w", f.targetFile, err)
		}
	}
	if f.target != "" {
		t.Endpoint = f.target
	}
	if f.profile != "" {
		t.Profile = conformance.Profile(f.profile)
	}
	if t.Endpoint == "" {
		return t, errors.New("--target is missing")
	}
	if f.expect != "" {
		text, err := settings.ReadFile(f.expect, maxSpec)
		if err != nil {
			return t, err
		}
		if f.opts.Expected, err = conformance.ParseExpected(text); err != nil {
			return t, fmt.Errorf("%s: %w", f.expect, err)
		}
	}
	return t, nil
}

// adminToken is the token for an appgrant server: the one given, or else the demo's.
func (f *serverFlags) adminToken(described string) (string, error) {
	token, err := f.env.Token("admin-token", f.adminTokenFile, settings.ReadFile)
	switch {
	case err != nil || token != "":
		return token, err
	case described != "":
		return described, nil
	default:
		return demoAdminToken, nil
	}
}

func judgeServerCommand(env []string) *cobra.Command {
	f := serverFlags{output: output{env: settings.ParseEnv(env)}}
	list := false
	cmd := &cobra.Command{
		Use:   "server",
		Short: "Judge a server against the contract",
		Long: `Send a server the documented requests, wrong ones of every sort, and random sequences,
and hold each answer against the contract, against what an answer owes to its request,
and against what the case expects.

A server of this program needs no description but its URL and admin token (the demo's by
default); each case gets a project of its own there. For another implementation, describe
its tokens and ids with --target-file.`,
		Example: "  appgrant conformance server --target http://127.0.0.1:8080\n" +
			"  appgrant conformance server --target-file region.yaml --run 'apig/**' --report-dir reports",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := settings.FromEnv(cmd.Flags(), f.env); err != nil {
				return err
			}
			if list {
				return listCases(cmd.OutOrStdout(), f.opts)
			}
			target, err := f.read()
			if err != nil {
				return err
			}
			if target.Profile == "" || target.Profile == conformance.Appgrant {
				if target.AdminToken, err = f.adminToken(target.AdminToken); err != nil {
					return err
				}
			}
			ended := follow(cmd.ErrOrStderr(), &f.opts)
			r := conformance.Server(cmd.Context(), target, f.opts)
			ended()
			return f.write(cmd, r)
		},
	}
	flags := cmd.Flags()
	f.addTarget(flags)
	flags.StringVar(&f.adminTokenFile, "admin-token-file", "", "file with the server's admin token (or the token itself in APPGRANT_ADMIN_TOKEN; default the demo's)")
	flags.StringVar(&f.opts.Run, "run", "", "only the cases of that name; * is any part between slashes, ** any parts")
	flags.BoolVar(&f.opts.FailFast, "fail-fast", false, "stop at the first failure")
	flags.BoolVar(&list, "list", false, "list the cases and run none")
	flags.Uint64Var(&f.opts.Seed, "seed", 0, "repeat the generated cases of a run; 0 is a new seed")
	flags.BoolVar(&f.opts.Deep, "deep", false, "generate many more cases")
	f.add(flags)
	return cmd
}

func listCases(w io.Writer, opts conformance.Options) error {
	all, err := conformance.List(opts)
	if err != nil {
		return err
	}
	for _, c := range all {
		if _, err := fmt.Fprintf(w, "%s\t%s\n", c.ID, c.About); err != nil {
			return err
		}
	}
	return nil
}

// follow shows the run while it is under way, until ended is called.
func follow(w io.Writer, opts *conformance.Options) (ended func()) {
	progress := report.NewProgress(w, 0, settings.IsTerminal(w))
	opts.Planned = func(total int) { progress = report.NewProgress(w, total, settings.IsTerminal(w)) }
	opts.Done = func(c report.Case) { progress.Add(c) }
	return func() { progress.Close() }
}

func judgeProxyCommand(env []string) *cobra.Command {
	f := serverFlags{output: output{env: settings.ParseEnv(env)}}
	var listen string
	cmd := &cobra.Command{
		Use:   "proxy [-- COMMAND [ARG...]]",
		Short: "Judge a server by the traffic of its own clients",
		Long: `Stand between clients and a server, pass everything on as it is, and hold every exchange
against the contract. It ends with SIGINT or SIGTERM, and tells the verdict.

With a command it ends when that ends. The command finds the proxy's URL in its
environment, as APPGRANT_ENDPOINT. If the command fails, the exit status is 2.

When it accepts connections it prints one line on standard error:
  appgrant: listening on http://HOST:PORT`,
		Example: "  appgrant conformance proxy --target http://127.0.0.1:8080 --listen 127.0.0.1:9090\n" +
			"  appgrant conformance proxy --target http://127.0.0.1:8080 -- go test ./...",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && cmd.ArgsLenAtDash() != 0 {
				return fmt.Errorf("unknown argument %q; a command stands behind --", args[0])
			}
			if err := settings.FromEnv(cmd.Flags(), f.env); err != nil {
				return err
			}
			return f.proxy(cmd, listen, args, env)
		},
	}
	flags := cmd.Flags()
	f.addTarget(flags)
	flags.StringVar(&listen, "listen", "127.0.0.1:0", "address to listen on; port 0 picks a free one")
	f.add(flags)
	return cmd
}

// proxy runs the proxy until ctx or the command ends.
func (f *serverFlags) proxy(cmd *cobra.Command, listen string, command, env []string) error {
	target, err := f.read()
	if err != nil {
		return err
	}
	proxy, err := conformance.NewProxy(target, f.opts)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	p, err := startProxy(ctx, listen, proxy)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(cmd.ErrOrStderr(), "appgrant: listening on %s\n", p.url); err != nil {
		return err
	}
	failed := p.wait(ctx, cmd, command, env)
	r := proxy.Report()
	if failed != nil && r.Problem == "" {
		r.Problem = failed.Error()
	}
	return f.write(cmd, r)
}
