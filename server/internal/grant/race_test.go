//go:build race

package grant_test

import "flag"

// The race detector makes SQLite some thirty times slower. What the command line
// says still counts.
func init() {
	if err := flag.Set("rapid.checks", "5"); err != nil {
		panic(err)
	}
}
