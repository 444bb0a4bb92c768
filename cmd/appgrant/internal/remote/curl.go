package remote

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// ErrDryRun is what comes of a request that is not sent.
var ErrDryRun = errors.New("nothing is sent in a dry run")

// dryRun prints requests as curl commands, in which the token is a variable of the
// shell, and sends none.
type dryRun struct {
	w             io.Writer
	tokenVariable string
	err           error // why something could not be printed
}

// RoundTrip implements [http.RoundTripper].
func (d *dryRun) RoundTrip(req *http.Request) (*http.Response, error) {
	parts := []string{"curl -i -X", req.Method, quote(req.URL.String()), `-H "X-Auth-Token: $` + d.tokenVariable + `"`}
	names := make([]string, 0, len(req.Header))
	for name := range req.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch name {
		case "X-Auth-Token", "User-Agent":
		case "X-Apig-Appcode":
			parts = append(parts, `-H "X-Apig-AppCode: $APPGRANT_APP_CODE"`)
		default:
			parts = append(parts, "-H", quote(name+": "+req.Header.Get(name)))
		}
	}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		parts = append(parts, "--data-binary", quote(strings.TrimSpace(string(body))))
	}
	if _, err := fmt.Fprintln(d.w, strings.Join(parts, " ")); err != nil && d.err == nil {
		d.err = ExitError{Err: err, Status: ExitRefused}
	}
	return nil, ErrDryRun
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_./:=,@%+-]+$`)

// quote makes one word of the shell.
func quote(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
