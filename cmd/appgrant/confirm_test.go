//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/server/servertest"
)

// TestConfirm answers the question that deleting several things asks.
func TestConfirm(t *testing.T) {
	t.Parallel()
	const question = "Delete 2 AppCodes of project 0a1b2c3d4e5f60718293a4b5c6d7e8f9 at "
	for _, test := range []struct {
		name, answer string
		status       int
		shown        string // behind the question
		left         int    // of the five AppCodes
	}{
		{"yes", "y\n", 0, "", 3},
		{"yes in full", "Yes\n", 0, "", 3},
		{"no", "n\n", 2, "appgrant: nothing was done\n", 5},
		{"nothing", "\n", 2, "appgrant: nothing was done\n", 5},
		{"the end", "\x04", 2, "appgrant: nothing was done\n", 5},
		{"an interrupt", "\x03", 130, "appgrant: interrupted\n", 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := servertest.Start(t)
			terminal, tty, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = terminal.Close() }()
			cmd := exec.Command("appgrant", "roma", "delete-appcode", "--instance", demoRoma, "--app", demoRomaApp,
				demoCode, "c0de0000000000000000000000000002")
			cmd.Env = append(os.Environ(), "APPGRANT_ENDPOINT="+s.Endpoint, "APPGRANT_PROJECT="+s.Project, "APPGRANT_TOKEN="+s.Token)
			stderr := new(lockedBuffer)
			cmd.Stdin, cmd.Stderr = tty, stderr
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} // so that ^C is for it
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for !strings.HasSuffix(stderr.String(), "? [y/N] ") {
				time.Sleep(time.Millisecond)
			}
			if _, err := io.WriteString(terminal, test.answer); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // the status tells
			_ = tty.Close()
			if got := cmd.ProcessState.ExitCode(); got != test.status {
				t.Errorf("exit status %d, want %d", got, test.status)
			}
			if diff := cmp.Diff(question+s.Endpoint+"? [y/N] "+test.shown, stderr.String()); diff != "" {
				t.Errorf("standard error (-want +got):\n%s", diff)
			}
			codes, err := s.Admin.ListAppCodesWithResponse(t.Context(), s.Project, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(codes.JSON200.AppCodes); got != test.left {
				t.Errorf("%d AppCodes are left, want %d", got, test.left)
			}
		})
	}
}
