package exchange_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/report"
)

func sent(t *testing.T, method, to string, header http.Header, body []byte) *exchange.Exchange {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	return &exchange.Exchange{Method: method, URL: u, RequestHeader: header, RequestBody: body}
}

func TestCurl(t *testing.T) {
	t.Parallel()
	jsonBody := http.Header{"Content-Type": {"application/json"}}
	tests := []struct {
		name string
		x    *exchange.Exchange
		want string
	}{
		{"plain", sent(t, "DELETE", "http://h/a", http.Header{}, nil), "curl -ig --path-as-is -X DELETE http://h/a"},
		{"head", sent(t, "HEAD", "http://h/a", http.Header{}, nil), "curl -ig --path-as-is --head http://h/a"},
		{"a query", sent(t, "GET", "http://h/a?b=c&d", http.Header{}, nil), "curl -ig --path-as-is -X GET 'http://h/a?b=c&d'"},
		{"a token", sent(t, "GET", "http://h/", http.Header{"X-Auth-Token": {"tok"}}, nil), `curl -ig --path-as-is -X GET http://h/ -H "X-Auth-Token: $TOKEN"`},
		{"no token", sent(t, "GET", "http://h/", http.Header{"X-Auth-Token": {""}}, nil), "curl -ig --path-as-is -X GET http://h/ -H 'X-Auth-Token;'"},
		{"another secret", sent(t, "GET", "http://h/", http.Header{"X-Apig-Appcode": {"code"}}, nil), `curl -ig --path-as-is -X GET http://h/ -H "X-Apig-Appcode: $SECRET"`},
		{"a body", sent(t, "POST", "http://h/", jsonBody, []byte(`{"a":"it's"}`)), `curl -ig --path-as-is -X POST http://h/ -H 'Content-Type: application/json' --data-binary '{"a":"it'\''s"}'`},
		{"a body of no type", sent(t, "POST", "http://h/", http.Header{}, []byte("x")), "curl -ig --path-as-is -X POST http://h/ -H Content-Type: --data-binary x"},
		{"bytes", sent(t, "POST", "http://h/", jsonBody, []byte("\xff%\x00")), `printf '\377\045\000' | curl -ig --path-as-is -X POST http://h/ -H 'Content-Type: application/json' --data-binary @-`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.x.Report(nil).Curl); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Wherever a secret stands, and however it is written there, it is told nobody.
func TestTell(t *testing.T) {
	t.Parallel()
	const token, code = `a "secret" token`, "an-app-code+value"
	x := sent(t, "POST", "http://h/?q="+url.QueryEscape(token), http.Header{"X-Auth-Token": {token}, "X-Other": {"it is " + token}}, []byte(`{"t": "a \"secret\" token"}`))
	x.Status, x.Header, x.Body = 200, http.Header{"X-Echo": {code}}, []byte(code+" "+token)
	c := report.Case{
		Outcome: report.Fail, Reason: "because of " + code,
		Findings: []report.Finding{{Message: "it says " + token, Where: "/" + code}},
	}
	text, err := json.Marshal(exchange.Tell(c, exchange.Secrets{code, "short"}, x))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{code, "secret", url.QueryEscape(code)} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s is in %s", secret, text)
		}
	}
	if told := exchange.Tell(report.Case{Outcome: report.Pass}, nil, x); len(told.Exchanges) > 0 {
		t.Error("a case that passed tells its exchanges")
	}
}
