//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// A file that has reached the largest size allowed is an error like that of a full
// disk, from which the server recovers, and not the end of the process.
func init() { signal.Ignore(syscall.SIGXFSZ) }
