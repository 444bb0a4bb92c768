package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// tools compares the judgement of the contract with a linter's.
func (b *bench) tools(ctx context.Context) error {
	contract := filepath.Join("openapi", "app-authorization.yaml")
	binary, err := filepath.Abs(b.binary)
	if err != nil {
		return err
	}
	judge := []string{binary, "conformance", "contract", "--spec", contract}
	commands := []struct {
		name string
		args []string
	}{
		{"spectral lint", []string{filepath.Join("openapi", "lint", "node_modules", ".bin", "spectral"), "lint", "--ruleset", filepath.Join("openapi", "lint", "spectral.yaml"), contract}},
		{"appgrant conformance contract", judge},
		{"appgrant conformance contract --mutations=false", append(judge, "--mutations=false")},
	}
	took := make([]sample, len(commands))
	for range b.rounds {
		for i, command := range commands {
			cmd := exec.CommandContext(ctx, command.args[0], command.args[1:]...)
			cmd.Dir = b.root
			began := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("%s: %w: %s", command.name, err, out)
			}
			took[i] = append(took[i], float64(time.Since(began).Microseconds())/1000)
		}
	}
	table := section{
		title: "Judging the contract",
		text: "Whole processes, on openapi/app-authorization.yaml; Spectral with this repository's rules. Without --mutations=false the contract and its messages " +
			"are also damaged in more than ten thousand ways, to see that the judgement notices; no linter does that.",
		columns: []string{"command", "wall time"},
	}
	for i, command := range commands {
		table.rows = append(table.rows, []string{command.name, millis(took[i])})
		if i > 0 {
			b.atMost(command.name+" beside Spectral", "0.1 ×", 0.1, took[i].over(took[0]), says3)
		}
	}
	b.add(table)
	return nil
}
