package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/appgrant/appgrant/server"
	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
	"github.com/appgrant/appgrant/server/internal/httpapi"
	"github.com/appgrant/appgrant/server/internal/instant"
	"github.com/appgrant/appgrant/server/internal/metrics"
)

// yardsticks are handlers that do less than the server, as processes of their own.
var yardsticks = map[string]func(catalogFile string) (*http.Server, error){
	"empty":   func(string) (*http.Server, error) { return plain(answerNothing), nil },
	"bare":    func(string) (*http.Server, error) { return plain(answerBarely), nil },
	"instant": answerInstantly,
}

func plain(handler http.HandlerFunc) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
}

func answerNothing(http.ResponseWriter, *http.Request) {}

// answerBarely decodes the documented request and writes the documented answer, and
// nothing more.
func answerBarely(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Env  string   `json:"env_id"`
		Apps []string `json:"app_ids"`
		APIs []string `json:"api_ids"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	type result struct {
		Status string `json:"status"`
	}
	type auth struct {
		API    string `json:"api_id"`
		App    string `json:"app_id"`
		Result result `json:"auth_result"`
		Role   string `json:"auth_role"`
		Time   string `json:"auth_time"`
		Tunnel string `json:"auth_tunnel"`
		ID     string `json:"id"`
	}
	answer := struct {
		Auths []auth `json:"auths"`
	}{}
	for _, app := range asked.Apps {
		for _, api := range asked.APIs {
			answer.Auths = append(answer.Auths, auth{
				api, app, result{"SUCCESS"}, "PROVIDER", "2020-08-04T04:02:22.482227000Z", "NORMAL", "5f918d104dc84480a75166ba99efff24",
			})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(answer) // the client may be gone
}

// answerInstantly is the whole server on a store that answers at once.
func answerInstantly(catalogFile string) (*http.Server, error) {
	exists, _, err := readCatalog(catalogFile)
	if err != nil {
		return nil, err
	}
	logger := slog.New(slog.NewTextHandler(server.NewLineWriter(os.Stderr), nil))
	handler, err := httpapi.New(httpapi.Config{
		Authority:  grant.New(instant.New(exists), time.Now),
		Logger:     logger,
		Metrics:    metrics.New(),
		MaxBody:    server.DefaultMaxBody,
		Timeout:    server.DefaultTimeout,
		AdminToken: adminToken,
	})
	if err != nil {
		return nil, err
	}
	return server.NewHTTPServer(handler, logger), nil
}

// readCatalog is what a catalog file says exists, and the hash of its text.
func readCatalog(file string) (exists grant.Catalog, sum grant.Hash, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return exists, sum, err
	}
	exists, err = catalog.Parse(file, text)
	return exists, grant.HashOf(string(text)), err
}

// serve is a yardstick's process. It says where it listens as the server does.
func serve(ctx context.Context, kind, catalogFile string) error {
	begin, ok := yardsticks[kind]
	if !ok {
		return fmt.Errorf("no yardstick is called %q", kind)
	}
	yardstick, err := begin(catalogFile)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("appgrant: listening on http://%s\n", listener.Addr())
	context.AfterFunc(ctx, func() { _ = yardstick.Close() })
	if err := yardstick.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// process is a server under way.
type process struct {
	cmd      *exec.Cmd
	endpoint string
}

// startTime is how long a server may take to say where it listens.
const startTime = time.Minute

// start starts a command that says where it listens, on some processors. Its log goes
// to a file, as a server's does.
func start(ctx context.Context, cpus []int, logFile string, command ...string) (*process, error) {
	log, err := os.Create(logFile)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has it
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "APPGRANT_ADMIN_TOKEN="+adminToken, "GOMAXPROCS="+strconv.Itoa(len(cpus)))
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	endWith(cmd)
	if err := onCPUs(cpus, cmd.Start); err != nil {
		return nil, err
	}
	slow := time.AfterFunc(startTime, func() { _ = cmd.Process.Kill() })
	defer slow.Stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	_, endpoint, found := strings.Cut(strings.TrimSpace(line), "listening on ")
	if err != nil || !found {
		stop(cmd)
		text, _ := os.ReadFile(logFile)
		return nil, fmt.Errorf("%s did not start: it says %q and %q", filepath.Base(command[0]), line, text)
	}
	return &process{cmd, endpoint}, nil
}

// stop ends the process, by force if it takes long.
func (p *process) stop() { stop(p.cmd) }

func stop(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	_ = cmd.Wait() // with whichever status
}

// tick is the unit of CPU times in /proc, a hundredth of a second on Linux.
const tick = time.Second / 100

// cpu is how much CPU time the process has had.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	return time.Duration(atoi(string(fields[11]))+atoi(string(fields[12]))) * tick, nil
}

// memory is how much memory a process has in use, and had at most, in bytes.
type memory struct{ now, most int64 }

// memory is how much memory the process uses.
func (p *process) memory() (m memory, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return m, err
	}
	for name, to := range map[string]*int64{"VmRSS:": &m.now, "VmHWM:": &m.most} {
		_, rest, _ := strings.Cut(string(text), name)
		*to = int64(atoi(strings.Fields(rest)[0])) << 10
	}
	return m, nil
}

// put puts a load on the process from another one, on some processors.
func (p *process) put(ctx context.Context, cpus []int, l load) (o outcome, err error) {
	l.Endpoint = p.endpoint
	text, err := json.Marshal(l)
	if err != nil {
		return o, err
	}
	self, err := os.Executable()
	if err != nil {
		return o, err
	}
	cmd := exec.CommandContext(ctx, self, "load", string(text))
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(len(cpus)))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	endWith(cmd)
	before, err := p.cpu()
	if err != nil {
		return o, err
	}
	if err := onCPUs(cpus, cmd.Run); err != nil {
		return o, fmt.Errorf("load %s: %w", l.What, err)
	}
	after, err := p.cpu()
	if err != nil {
		return o, err
	}
	err = json.Unmarshal(out.Bytes(), &o)
	o.CPU = after - before
	return o, err
}
