package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// peer is a mock server as bench/peers/peers.json describes it.
type peer struct {
	Name    string
	Command []string
}

// peers compares the server with mock servers of the same contract.
func (b *bench) peers(ctx context.Context) error {
	folder := filepath.Join(b.root, "bench", "peers")
	// The mocks hold no catalog, so that of the server is not to weigh on its memory.
	few := world{Apps: 500, APIs: 600}
	own := *b
	own.catalog = filepath.Join(b.dir, "few.yaml")
	if err := os.WriteFile(own.catalog, few.catalog(), 0o600); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(folder, "peers.json"))
	if err != nil {
		return err
	}
	var list []peer
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	table := section{
		title: "Beside mock servers of the same contract",
		text: "The documented authorization request, each for a pair of its own, on 32 connections; servers and load share the processors. " +
			"This server checks, decides and makes durable; the mocks keep nothing. All are started five times; this server finds its database but for the first.",
		columns: []string{"server", "throughput", "CPU a request", "p50", "p99", "memory under load", "start to first answer"},
	}
	contestants := []*contestant{{name: "appgrant, " + b.engine(), start: func() (*process, error) { return own.server(ctx, both, "peers") }}}
	for _, peer := range list {
		if _, err := exec.LookPath(peer.program(folder)); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", peer.Name, "is left out:", err)
			table.text += " " + peer.Name + " was left out, since what runs it is not installed."
			continue
		}
		contestants = append(contestants, &contestant{name: peer.Name, start: func() (*process, error) { return b.startPeer(ctx, folder, peer) }})
	}
	defer func() {
		for _, c := range contestants {
			c.stop()
		}
	}()
	for range 5 {
		for _, c := range contestants {
			if err := c.restart(ctx, few); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	for range b.rounds {
		for _, c := range contestants {
			l := load{What: "authorize", Connections: 32, For: b.slice, World: few, First: c.next}
			o, err := c.process.put(ctx, both, l)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			m, err := c.process.memory()
			if err != nil {
				return err
			}
			c.next, c.found, c.memory = o.Next, append(c.found, o), append(c.memory, float64(m.now)/1e6)
		}
	}
	ours := contestants[0]
	for _, c := range contestants {
		row := append([]string{c.name}, c.found.cells()...)
		table.rows = append(table.rows, append(row, says(c.memory, "%.0f MB", "%.0f"), millis(inMillis(c.startups))))
		if strings.HasPrefix(c.name, "Prism") {
			b.atLeast("throughput beside "+c.name+", 32 connections", "4 ×", 4, ours.found.throughput().over(c.found.throughput()), times)
			b.atMost("memory beside "+c.name, "0.25 ×", 0.25, ours.memory.over(c.memory), times)
			b.atMost("start to first answer beside "+c.name, "0.05 ×", 0.05, inMillis(ours.startups).over(inMillis(c.startups)), says3)
		}
	}
	b.add(table)
	return nil
}

// contestant is a server among others.
type contestant struct {
	name     string
	start    func() (*process, error)
	process  *process
	next     uint64 // the first pair that it was not asked for
	found    outcomes
	memory   sample // in use after each load, MB
	startups []time.Duration
}

// restart starts the server anew, up to its first answer.
func (c *contestant) restart(ctx context.Context, w world) (err error) {
	c.stop()
	began := time.Now()
	if c.process, err = c.start(); err != nil {
		return err
	}
	if err := c.process.firstAnswer(ctx, w); err != nil {
		return err
	}
	c.next, c.startups = 1, append(c.startups, time.Since(began))
	return nil
}

func (c *contestant) stop() {
	if c.process != nil {
		c.process.stop()
		c.process = nil
	}
}

func says3(s sample) string { return says(s, "%.3f ×", "%.3f") }

// program is what runs a peer.
func (p peer) program(folder string) string {
	if strings.Contains(p.Command[0], "/") {
		return filepath.Join(folder, p.Command[0])
	}
	return p.Command[0]
}

// startPeer starts a mock server on a free port.
func (b *bench) startPeer(ctx context.Context, folder string, p peer) (*process, error) {
	contract, err := filepath.Abs(filepath.Join(b.root, "openapi", "app-authorization.yaml"))
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	if err := listener.Close(); err != nil {
		return nil, err
	}
	fill := strings.NewReplacer("{port}", port, "{contract}", contract)
	args := make([]string, len(p.Command)-1)
	for i, arg := range p.Command[1:] {
		args[i] = fill.Replace(arg)
	}
	program, err := filepath.Abs(p.program(folder))
	if !strings.Contains(p.Command[0], "/") {
		program, err = exec.LookPath(p.Command[0])
	}
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = folder
	endWith(cmd)
	if err := onCPUs(both, cmd.Start); err != nil {
		return nil, err
	}
	return &process{cmd: cmd, endpoint: "http://127.0.0.1:" + port}, nil
}

// firstAnswer waits until the documented request is answered.
func (p *process) firstAnswer(ctx context.Context, w world) error {
	l := load{What: "authorize", Connections: 1, World: w, Endpoint: p.endpoint}
	deadline := time.Now().Add(time.Minute)
	for {
		_, err := l.run(ctx) // one request
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		time.Sleep(2 * time.Millisecond)
	}
}
