package main

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary stand in for the program, and for the one other
// program that the README calls.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"appgrant": main, "curl": curl})
}

// process is a running `appgrant serve`.
type process struct {
	cmd    *exec.Cmd
	url    string
	stdout io.Reader // what follows the first line
	stderr *lockedBuffer
}

// lockedBuffer is text that one goroutine writes while another reads.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements [io.Writer].
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// String implements [fmt.Stringer].
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (p *process) address() string { return strings.TrimPrefix(p.url, "http://") }

// start runs `appgrant serve` on a free port and waits until it listens.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{stderr: new(lockedBuffer)}
	p.cmd = exec.Command("appgrant", append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Stderr = p.stderr
	pipe, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // where the test has not ended it
		_ = p.cmd.Wait()
	})
	stdout := bufio.NewReader(pipe)
	line, err := stdout.ReadString('\n')
	if err != nil {
		_ = p.cmd.Wait()
		t.Fatalf("no line on standard output: %v; standard error: %s", err, p.stderr)
	}
	url, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "appgrant: listening on ")
	if !ok {
		t.Fatalf("the first line on standard output is %q", line)
	}
	p.url, p.stdout = url, stdout
	return p
}
