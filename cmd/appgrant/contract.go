package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/appgrant/appgrant/openapi/bundle"
)

func contractCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "contract",
		Short: "Hand out the contract, and guard it",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(printContractCommand(), bundleCommand(), contractVersionCommand(), breakingCommand())
	return cmd
}

// whichContract is the flag that chooses among the contracts.
type whichContract struct{ admin bool }

func (w *whichContract) add(flags *pflag.FlagSet) {
	flags.BoolVar(&w.admin, "admin", false, "the contract of administering a server")
}

func (w *whichContract) bundle() (bundle.Bundle, error) {
	if w.admin {
		return bundle.Admin()
	}
	return bundle.Contract()
}

func printContractCommand() *cobra.Command {
	var which whichContract
	var format, edition string
	cmd := &cobra.Command{
		Use:   "print",
		Short: "Print the contract",
		Long: `Print the contract of this program: as it is written, in YAML and OpenAPI 3.0, or as
JSON, or in OpenAPI 3.1. The same program always prints the same bytes.`,
		Example: "  appgrant contract print > app-authorization.yaml\n  appgrant contract print --edition 3.1 --format json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := which.bundle()
			if err != nil {
				return failure{err}
			}
			text, known := map[string][]byte{
				"yaml 3.0": b.YAML, "json 3.0": b.JSON, "yaml 3.1": b.YAML31, "json 3.1": b.JSON31,
			}[format+" "+edition]
			if !known {
				return fmt.Errorf("there is no contract in the format %q and the edition %q: formats are yaml and json, editions 3.0 and 3.1", format, edition)
			}
			_, err = cmd.OutOrStdout().Write(text)
			return asFailure(err)
		},
	}
	which.add(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "yaml", "yaml or json")
	cmd.Flags().StringVar(&edition, "edition", "3.0", "of OpenAPI, 3.0 or 3.1")
	return cmd
}

func bundleCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Write the contract in all its editions to a directory",
		Long: `Write what other teams need of the contracts of this program to a directory: each as
YAML and as JSON, in OpenAPI 3.0 and 3.1, its version, and a list of SHA-256 sums, which
"sha256sum --check SHA256SUMS" holds against the files. The contract of administering a
server is in the folder admin. What else is in the directory stays as it is.`,
		Example: "  appgrant contract bundle --dir build/contract",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			files, err := bundle.Files()
			if err == nil {
				err = bundle.Write(dir, files)
			}
			return asFailure(err)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "directory to write to, made if need be")
	_ = cmd.MarkFlagRequired("dir")
	return cmd
}

func contractVersionCommand() *cobra.Command {
	var which whichContract
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the contract",
		Example: "  appgrant contract version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := which.bundle()
			if err != nil {
				return failure{err}
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), b.Version)
			return asFailure(err)
		},
	}
	which.add(cmd.Flags())
	return cmd
}
