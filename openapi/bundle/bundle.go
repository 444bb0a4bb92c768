// Package bundle makes of the contracts what other teams take away: each as YAML and
// as JSON, in OpenAPI 3.0 as it is written and in OpenAPI 3.1, with its version, and
// the SHA-256 of all of it. The same contract always gives the same bytes.
package bundle

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/openapi"
)

// Bundle is one contract in all its editions.
type Bundle struct {
	Name    string // of its files
	Version string // its info.version, a semantic version

	YAML   []byte // as it is written
	JSON   []byte // the same, members in the same order
	YAML31 []byte // in OpenAPI 3.1
	JSON31 []byte
}

// File is a file of the bundle. Its name may have folders in it, separated by "/".
type File struct {
	Name string
	Text []byte
}

// Contract is the bundle of the contract of this program. An error means that this
// build carries a broken contract, which its tests don't let pass.
var Contract = sync.OnceValues(func() (Bundle, error) { return Of("app-authorization", openapi.YAML) })

// Admin is the bundle of the contract of administering a server, likewise.
var Admin = sync.OnceValues(func() (Bundle, error) { return Of("admin", openapi.AdminYAML) })

// Of makes the bundle of an OpenAPI 3.0 document in YAML. Errors name the
// line. What YAML can say and JSON can't (an alias, a merged map, a key that is no
// text) is an error, and so is what means something else in OpenAPI 3.1 and can't be
// said in its words.
func Of(name string, text []byte) (Bundle, error) {
	b := Bundle{Name: name, YAML: text}
	err := b.derive()
	if err != nil {
		return Bundle{}, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

func (b *Bundle) derive() error {
	var document yaml.Node
	if err := yaml.Load(b.YAML, &document); err != nil {
		return err
	}
	root := document.Content[0]
	version := member(member(root, "info"), "version")
	if version == nil || version.Kind != yaml.ScalarNode {
		return errors.New("it has no info.version")
	}
	b.Version = version.Value
	var err error
	if b.JSON, err = encodeJSON(root); err != nil {
		return err
	}
	if err := upgrade(root); err != nil {
		return fmt.Errorf("OpenAPI 3.1: %w", err)
	}
	if b.JSON31, err = encodeJSON(root); err != nil {
		return err
	}
	root.HeadComment = "# Made from " + b.Name + ".yaml, which is the one to edit."
	root.Content[0].HeadComment = ""
	unfold(root)
	b.YAML31, err = yaml.Dump(root, yaml.WithIndent(2), yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
	return err
}

// longest is how long a map or a list on one line may be.
const longest = 100

// unfold gives a line of its own to each member of what would be too long for one.
func unfold(n *yaml.Node) {
	var flat bytes.Buffer
	if n.Style&yaml.FlowStyle != 0 && (writeJSON(&flat, n) != nil || flat.Len() > longest) {
		n.Style &^= yaml.FlowStyle
	}
	if n.Style&yaml.FlowStyle == 0 {
		for _, child := range n.Content {
			unfold(child)
		}
	}
}

// Files are the files of the bundle, by name.
func (b Bundle) Files() []File {
	return []File{
		{b.Name + "-3.1.json", b.JSON31},
		{b.Name + "-3.1.yaml", b.YAML31},
		{b.Name + ".json", b.JSON},
		{b.Name + ".yaml", b.YAML},
		{"VERSION", []byte(b.Version + "\n")},
	}
}

// Files are the files of both contracts, that of administering a server in a folder of
// its own, and SHA256SUMS over them, in the format of sha256sum.
func Files() ([]File, error) {
	contract, err := Contract()
	if err != nil {
		return nil, err
	}
	admin, err := Admin()
	if err != nil {
		return nil, err
	}
	files := contract.Files()
	for _, file := range admin.Files() {
		files = append(files, File{"admin/" + file.Name, file.Text})
	}
	var sums strings.Builder
	for _, file := range files {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(file.Text), file.Name)
	}
	return append(files, File{"SHA256SUMS", []byte(sums.String())}), nil
}

// Write writes the files to a directory, which it makes if need be. What else is in
// the directory stays.
func Write(dir string, files []File) error {
	for _, file := range files {
		name := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, file.Text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
