package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// file is one file as a server sends it. It is read when it is first asked for.
type file struct {
	mediaType string
	policy    string // the Content-Security-Policy of a page
	zipped    bool   // the text is kept compressed
	read      func() text
}

// text is the bytes of a file and the SHA-256 of them.
type text struct {
	bytes []byte
	sum   string
}

// newFile makes a file of what read returns; if that is an error, each request panics.
func newFile(mediaType string, read func() ([]byte, error)) *file {
	return &file{mediaType: mediaType, read: sync.OnceValue(func() text {
		b, err := read()
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		return text{b, hex.EncodeToString(sum[:])}
	})}
}

// ServeHTTP implements [http.Handler]. It takes no Range: to no request is the answer
// an error.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, header := f.read(), w.Header()
	tag, unzip := text.sum, false
	if f.zipped {
		header.Add("Vary", "Accept-Encoding") // beside what it varies by already
		if unzip = !takesGzip(r); unzip {
			tag += "-plain"
		} else {
			header.Set("Content-Encoding", "gzip")
		}
	}
	tag = `"` + tag + `"`
	header.Set("ETag", tag)
	header.Set("Cache-Control", "no-cache") // ask whether it is still the same
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	if f.policy != "" {
		header.Set("Content-Security-Policy", f.policy)
	}
	if isOneOf(tag, r.Header.Values("If-None-Match")) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", f.mediaType)
	if !unzip {
		header.Set("Content-Length", strconv.Itoa(len(text.bytes)))
	}
	if !unzip {
		_, _ = w.Write(text.bytes) // who doesn't read it doesn't need it; nobody does after HEAD
		return
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(text.bytes))
	if err != nil {
		panic(err) // it is embedded
	}
	_, _ = io.Copy(w, unzipped)
}

// takesGzip tells whether a request accepts gzip. One that has more to say about it than
// its name is taken not to.
func takesGzip(r *http.Request) bool {
	accepted := strings.Join(r.Header.Values("Accept-Encoding"), ",")
	return slices.ContainsFunc(strings.Split(accepted, ","), func(coding string) bool {
		return strings.TrimSpace(coding) == "gzip"
	})
}

// isOneOf tells whether a tag is among those of If-None-Match.
func isOneOf(tag string, fields []string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(fields, ","), ","), func(other string) bool {
		other = strings.TrimPrefix(strings.TrimSpace(other), "W/")
		return other == tag || other == "*"
	})
}
