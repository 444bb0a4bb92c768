package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readmeURL is where the README's server listens; the tests' listens elsewhere.
const readmeURL = "http://127.0.0.1:8080"

// TestREADME pastes the README's calls into a shell and compares what one sees.
func TestREADME(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	calls := regexp.MustCompile("(?s)```sh\n((?:curl|export) .*?)```\n\n```\n(.*?)```\n").FindAllStringSubmatch(string(text), -1)
	if len(calls) != 8 {
		t.Fatalf("the README has %d calls with answers, want 8", len(calls))
	}
	p := start(t)
	dir := t.TempDir()
	for _, call := range calls {
		shell := exec.Command("sh", "-c", strings.NewReplacer("/tmp/", dir+"/", "bin/appgrant", "appgrant").Replace(call[1]))
		shell.Env = append(os.Environ(), "README_SERVER="+p.url, "APPGRANT_ENDPOINT="+p.url)
		shell.Stderr = os.Stderr
		seen, err := shell.Output()
		if err != nil {
			t.Fatalf("%s: %v", call[1], err)
		}
		if diff := cmp.Diff(timeless(call[2]), timeless(string(seen))); diff != "" {
			t.Errorf("%s\nanswers otherwise than the README says (-README +seen):\n%s", call[1], diff)
		}
	}
}

// timeless blots out what differs from one run to the next.
func timeless(s string) string {
	s = regexp.MustCompile(`"(id|auth_id|auth_time|at)":"[^"]+"`).ReplaceAllString(s, `"$1":"*"`)
	return regexp.MustCompile(`(done +)[0-9a-f]{32}`).ReplaceAllString(s, "$1*")
}

// curl is as much of curl as the README uses, so that the test needs no more than
// Go does.
func curl() {
	var method, url, body, write string
	header := http.Header{}
	args := os.Args[1:]
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if !strings.HasPrefix(arg, "-") {
			url = strings.Replace(arg, readmeURL, os.Getenv("README_SERVER"), 1)
			continue
		}
		value := args[0]
		args = args[1:]
		switch arg {
		case "-X":
			method = value
		case "-H":
			name, v, _ := strings.Cut(value, ": ")
			header.Set(name, v)
		case "-d":
			body = value
		case "-sw":
			write = strings.ReplaceAll(value, `\n`, "\n")
		default:
			fail(fmt.Errorf("curl: unknown option %s", arg))
		}
	}
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		fail(err)
	}
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fail(err)
	}
	if _, err := io.Copy(os.Stdout, response.Body); err != nil {
		fail(err)
	}
	fmt.Print(strings.ReplaceAll(write, "%{http_code}", strconv.Itoa(response.StatusCode)))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
