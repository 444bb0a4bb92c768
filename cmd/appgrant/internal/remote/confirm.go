package remote

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
)

// Confirm asks the people at the terminal. If standard input is taken for something
// else, there is nobody to ask.
func Confirm(cmd *cobra.Command, question string, taken bool) error {
	if taken || !settings.IsTerminal(cmd.InOrStdin()) {
		return fmt.Errorf("to %s give --yes, since there is nobody to ask", question)
	}
	_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%s? [y/N] ", strings.ToUpper(question[:1])+question[1:])
	answer, err := settings.Interruptible(cmd.Context(), func() (string, error) {
		return bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	})
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return Judged(err)
	}
	return errors.New("nothing was done")
}
