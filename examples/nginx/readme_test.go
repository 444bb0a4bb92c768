package nginx_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestREADME pastes the README's calls into a shell and compares what one sees.
func TestREADME(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil && os.Getenv("APPGRANT_TEST_NGINX") == "" {
		t.Skip("there is no curl")
	}
	calls := regexp.MustCompile("(?s)```sh\n(curl .*?)```\n\n```\n(.*?)```\n").FindAllStringSubmatch(readme(t), -1)
	if len(calls) != 10 {
		t.Fatalf("the README has %d calls with answers, want 10", len(calls))
	}
	g := start(t, "")
	here := strings.NewReplacer("http://"+gatewayAddress, g.url, "http://"+appgrantAddress, g.appgrant.URL)
	for i, call := range calls {
		if i == len(calls)-1 { // here it has the reader stop appgrant
			g.appgrant.Close()
		}
		if diff := cmp.Diff(timeless(call[2]), timeless(g.shell(t, here.Replace(call[1])))); diff != "" {
			t.Errorf("%s\nanswers otherwise than the README says (-README +seen):\n%s", call[1], diff)
		}
	}
}

// timeless blots out what differs from one run to the next.
func timeless(s string) string {
	return regexp.MustCompile(`"(id|auth_time)":"[^"]+"`).ReplaceAllString(s, `"$1":"*"`)
}
