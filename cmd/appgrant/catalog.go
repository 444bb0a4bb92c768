package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	"github.com/appgrant/appgrant/server"
)

func catalogCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "Work with catalog files",
		Args:  cobra.NoArgs,
		// Without it cobra would answer whatever is misspelt with help, and status 0.
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "check FILE",
		Short:   "Tell what is wrong with a catalog file",
		Example: "  appgrant catalog check catalog.yaml",
		Long: `Read a catalog file as a server would. If a server could use it, a line tells what
is in it; otherwise, a line tells each thing that is wrong, and where.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := settings.ReadFile(args[0], server.MaxCatalog)
			if err != nil {
				return err
			}
			summary, wrong := server.CheckCatalog(args[0], text)
			for _, line := range wrong {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), line); err != nil {
					return failure{err}
				}
			}
			if len(wrong) > 0 {
				return failure{fmt.Errorf("%s can't be used", args[0])}
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), summary)
			return asFailure(err)
		},
	})
	return cmd
}
