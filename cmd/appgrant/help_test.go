package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestHelp wants every command to say what it does and to show how it is used, with
// flags that it has.
func TestHelp(t *testing.T) {
	t.Parallel()
	checked := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, below := range cmd.Commands() {
			walk(below)
		}
		if name := cmd.Name(); cmd.HasSubCommands() && !slices.Contains([]string{"apig", "roma", "modelarts", "dataarts", "admin"}, name) ||
			name == "help" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
			return
		}
		checked++
		path := cmd.CommandPath()
		if cmd.Short == "" || !strings.Contains(cmd.Example, path) {
			t.Errorf("%s: its help has no example of it", path)
		}
		for _, word := range strings.Fields(cmd.Example) {
			if name, isFlag := strings.CutPrefix(word, "--"); isFlag && name != "" && !cmd.HasSubCommands() && cmd.Flags().Lookup(name) == nil {
				t.Errorf("%s: the example has the flag %s, which it has not", path, word)
			}
		}
	}
	walk(commands(nil))
	if checked < 20 {
		t.Errorf("%d commands were found", checked)
	}
}
