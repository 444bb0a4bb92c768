package main

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// client compares the SDK's calls with those of the generated client.
func (b *bench) client(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "test", "./client", "-run", "^$", "-bench", "/ratio$", "-count", strconv.Itoa(b.rounds))
	cmd.Dir = b.root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	ratios := map[string]map[string]sample{} // by call, then by what it is compared with
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		call, isCall := strings.CutPrefix(strings.Split(line, "/")[0], "Benchmark")
		for i, unit := range fields {
			if other, ok := strings.CutPrefix(unit, "sdk/"); ok && isCall {
				ratio, err := strconv.ParseFloat(fields[i-1], 64)
				if err != nil {
					return err
				}
				if ratios[call] == nil {
					ratios[call] = map[string]sample{}
				}
				ratios[call][other] = append(ratios[call][other], ratio)
			}
		}
	}
	if len(ratios) == 0 {
		return fmt.Errorf("no ratio in %s", out)
	}
	table := section{
		title:   "The SDK",
		text:    "Calls by the SDK beside the same by the generated client with a token and a parsed answer, and beside that with a timeout, which the SDK always sets. Both call a server on the loopback that answers at once.",
		columns: []string{"call", "beside the generated client", "beside it with a timeout"},
	}
	for _, call := range slices.Sorted(maps.Keys(ratios)) {
		table.rows = append(table.rows, []string{call, times(ratios[call]["generated"]), times(ratios[call]["bounded"])})
		b.atMost("the SDK beside the generated client: "+call, "1.05 ×", 1.05, ratios[call]["generated"], times)
	}
	b.add(table)
	return nil
}
