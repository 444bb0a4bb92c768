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
	commands := [][]string{
		{binary, "conformance", "contract", "--spec", contract},
		{filepath.Join("openapi", "lint", "node_modules", ".bin", "spectral"), "lint", "--ruleset", filepath.Join("openapi", "lint", "spectral.yaml"), contract},
	}
	took := make([]sample, len(commands))
	for range b.rounds {
		for i, command := range commands {
			cmd := exec.CommandContext(ctx, command[0], command[1:]...)
			cmd.Dir = b.root
			began := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("%s: %w: %s", command[0], err, out)
			}
			took[i] = append(took[i], float64(time.Since(began).Microseconds())/1000)
		}
	}
	b.atMost("appgrant conformance contract beside Spectral", "0.1 ×", 0.1, took[0].over(took[1]), says3)
	b.add(section{
		title:   "Judging the contract",
		text:    "Whole processes, on openapi/app-authorization.yaml; Spectral with this repository's rules.",
		columns: []string{"command", "wall time"},
		rows:    [][]string{{"appgrant conformance contract", millis(took[0])}, {"spectral lint", millis(took[1])}},
	})
	return nil
}
