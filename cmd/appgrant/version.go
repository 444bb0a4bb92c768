package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/openapi"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the versions of the program and of the contract",
		Example: "  appgrant version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			program := unversioned
			if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
				program = info.Main.Version
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "appgrant %s, contract %s\n", program, openapi.Version())
			if err != nil {
				return failure{err}
			}
			return nil
		},
	}
}
