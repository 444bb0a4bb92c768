package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// listening is an HTTP server that has begun to listen.
type listening struct {
	*http.Server
	url    string
	served chan error
}

// What the proxy takes from its clients is bounded as in the server.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 128 << 10
)

func startProxy(ctx context.Context, listen string, handler http.Handler) (*listening, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, err
	}
	p := &listening{
		url:    "http://" + listener.Addr().String(),
		served: make(chan error, 1),
		Server: &http.Server{
			Handler: handler, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
			Protocols: new(http.Protocols),
		},
	}
	p.Protocols.SetHTTP1(true)
	p.Protocols.SetUnencryptedHTTP2(true)
	go func() { p.served <- p.Serve(listener) }()
	return p, nil
}

// idleWait is how long a command that is told to end may take.
const idleWait = 10 * time.Second

// wait ends with ctx, or with the command if there is one, and stops listening. The
// error is why what was seen may not be all there was to see.
func (p *listening) wait(ctx context.Context, cmd *cobra.Command, command, env []string) error {
	ended := make(chan error, 1)
	if len(command) > 0 {
		child := exec.CommandContext(ctx, command[0], command[1:]...)
		child.Env = slices.Concat(env, []string{"APPGRANT_ENDPOINT=" + p.url})
		child.Stdout, child.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
		child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }
		child.WaitDelay = idleWait
		if err := child.Start(); err != nil {
			return errors.Join(fmt.Errorf("the command did not start: %w", err), p.Close())
		}
		go func() { ended <- child.Wait() }()
	}
	var problem error
	select {
	case <-ctx.Done():
		if len(command) > 0 {
			problem = errors.Join(errors.New("the command was stopped"), <-ended)
		}
	case err := <-p.served:
		return err
	case err := <-ended:
		if err != nil {
			problem = fmt.Errorf("the command failed: %w", err)
		}
	}
	drained, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	return errors.Join(problem, p.Shutdown(drained))
}
