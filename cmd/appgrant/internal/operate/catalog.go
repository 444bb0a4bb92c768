package operate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/remote"
	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	admin "github.com/appgrant/appgrant/gen/admin/client"
	"github.com/appgrant/appgrant/gen/admin/types"
)

// maxCatalog is how long a catalog file may be, in bytes.
const maxCatalog = 64 << 20

// catalogCommands are about what exists.
func catalogCommands(env settings.Env) []*cobra.Command {
	return []*cobra.Command{
		list{
			use: "projects", short: "List the projects",
			long:    "List the ids of all projects.",
			example: "  export APPGRANT_ADMIN_TOKEN=demo-admin\n  appgrant admin projects",
			op:      "ListProjects", page: types.ProjectPage{}, member: "projects", columns: []string{"project"},
			everywhere: true,
			send: func(ctx context.Context, api *admin.Client, q query) (*http.Response, error) {
				return api.ListProjects(ctx, &types.ListProjectsParams{Limit: q.limit, Cursor: q.cursor})
			},
		}.command(env),
		readProject(env), deleteProject(env), applyCatalog(env),
	}
}

func readProject(env settings.Env) *cobra.Command {
	return adminCommand{
		use: "project ID", short: "Show what exists in a project",
		long: `Show what exists in a project, and the users who are members of it. As JSON it is a
catalog, which "appgrant admin apply" takes back: it has no secrets and no records.`,
		example: `  appgrant admin project 0a1b2c3d4e5f60718293a4b5c6d7e8f9
  appgrant admin project 0a1b2c3d4e5f60718293a4b5c6d7e8f9 --output json > project.json`,
		everywhere: true,
		do: func(s *session) error {
			body, err := s.call("ReadProject", types.Catalog{}, func(ctx context.Context, api *admin.Client) (*http.Response, error) {
				return api.ReadProject(ctx, s.args[0])
			})
			switch {
			case err != nil:
				return err
			case s.Format == remote.AsJSON:
				return s.show(body, nil)
			}
			var catalog types.Catalog
			if err := json.Unmarshal(body, &catalog); err != nil {
				return err
			}
			if err := remote.WriteTable(s.cmd.OutOrStdout(), inventoryHead, inventory(catalog)); err != nil {
				return remote.ExitError{Err: err, Status: remote.ExitRefused}
			}
			return nil
		},
	}.command(env)
}

func deleteProject(env settings.Env) *cobra.Command {
	var yes bool
	return adminCommand{
		use: "delete-project ID", short: "Delete a project",
		long: `Delete a project with all that hangs on it: what exists in it, its records, its clock and
faults, and the users who are members of no other project. Its events stay. It asks first.`,
		example:    "  appgrant admin delete-project ffffffffffffffffffffffffffffffff --yes",
		everywhere: true,
		flags: func(cmd *cobra.Command) {
			cmd.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask before doing it")
		},
		do: func(s *session) error {
			if !yes && !s.DryRun {
				question := fmt.Sprintf("delete the project %s at %s", s.args[0], s.Endpoint)
				if err := remote.Confirm(s.cmd, question, s.Token.TakesStdin()); err != nil {
					return err
				}
			}
			return s.change("DeleteProject", func(ctx context.Context, api *admin.Client) (*http.Response, error) {
				return api.DeleteProject(ctx, s.args[0])
			})
		},
	}.command(env)
}

// change makes a call whose success has nothing to say.
func (s *session) change(op string, send send) error {
	if _, err := s.call(op, nil, send); err != nil {
		return err
	}
	return s.show(json.RawMessage(`{"status":"done"}`), []string{"status"})
}

func applyCatalog(env settings.Env) *cobra.Command {
	return adminCommand{
		use: "apply FILE", short: "Make things exist",
		long: `Merge a catalog file, in YAML or JSON, into what exists: all of it or, on an error,
nothing. FILE may be - for standard input. What the file does not mention stays as it is; an
API or app that it mentions is replaced whole. It may refer to things that exist already.

A dry run prints the secrets that the file has.`,
		example: `  appgrant admin apply catalog.yaml
  appgrant admin project 0a1b2c3d4e5f60718293a4b5c6d7e8f9 --output json | appgrant admin apply -`,
		everywhere: true,
		stdin: func(args []string) string {
			if args[0] == "-" {
				return "FILE"
			}
			return ""
		},
		do: func(s *session) error {
			file := s.args[0]
			text, err := settings.ReadInput(s.cmd.Context(), file, maxCatalog, s.cmd.InOrStdin())
			if err == nil && len(text) > maxCatalog {
				err = fmt.Errorf("%s is longer than %d bytes", file, maxCatalog)
			}
			if err != nil {
				return remote.ReadError(err)
			}
			if text, err = catalogJSON(file, text); err != nil {
				return err
			}
			return s.change("UpsertCatalog", func(ctx context.Context, api *admin.Client) (*http.Response, error) {
				return api.UpsertCatalogWithBody(ctx, "application/json", bytes.NewReader(text))
			})
		},
	}.command(env)
}

// catalogJSON makes JSON of a catalog file, and refuses what the contract does not
// have. JSON stays as it is.
func catalogJSON(file string, text []byte) ([]byte, error) {
	if !json.Valid(text) {
		var root node
		if err := yaml.Load(text, &root); err != nil {
			return nil, yamlError(file, err)
		}
		var err error
		if text, err = json.Marshal(root.value); err != nil {
			return nil, err
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var catalog *types.Catalog
	err := decoder.Decode(&catalog)
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mismatch) && mismatch.Field != "":
		return nil, fmt.Errorf("%s: %s: a value of the wrong kind", file, mismatch.Field)
	case errors.As(err, &mismatch) || err == nil && catalog == nil:
		return nil, fmt.Errorf("%s: not a catalog", file)
	case err != nil: // that of DisallowUnknownFields has no type
		return nil, fmt.Errorf("%s: %s", file, strings.Replace(err.Error(), "json: unknown field", "unknown key", 1))
	}
	return text, nil
}

// yamlError is the first problem of a file, with its line.
func yamlError(file string, err error) error {
	var one *yaml.LoadError
	var many *yaml.LoadErrors
	if errors.As(err, &many) && len(many.Errors) > 0 {
		one = many.Errors[0]
	} else if !errors.As(err, &one) {
		return fmt.Errorf("%s: %w", file, err)
	}
	line := one.Mark.Line
	var item *itemError
	if errors.As(one, &item) {
		line = item.line
	}
	if line > 0 {
		file += fmt.Sprintf(":%d", line)
	}
	return fmt.Errorf("%s: %s", file, strings.TrimPrefix(one.Message, "yaml: "))
}

// itemError is that a list has an item that is nothing.
type itemError struct{ line int }

func (e *itemError) Error() string { return "a list item that is nothing" }

// node is a value of a catalog file: a map, a list, or a text as it stands there, since
// a catalog has no other scalars. It is nil if there is nothing.
type node struct{ value any }

// UnmarshalYAML implements [yaml.Unmarshaler].
func (n *node) UnmarshalYAML(from *yaml.Node) error {
	if from.Style&yaml.TaggedStyle != 0 {
		return errors.New("a tag")
	}
	switch from.Kind {
	case yaml.MappingNode:
		var members map[string]node
		if err := from.Load(&members); err != nil {
			return err
		}
		object := make(map[string]any, len(members))
		for name, member := range members {
			if member.value != nil { // what is nothing is left out
				object[name] = member.value
			}
		}
		n.value = object
	case yaml.SequenceNode:
		for _, item := range from.Content {
			if item.ShortTag() == "!!null" {
				return &itemError{item.Line}
			}
		}
		var items []node
		if err := from.Load(&items); err != nil {
			return err
		}
		list := make([]any, len(items))
		for i, item := range items {
			list[i] = item.value
		}
		n.value = list
	default:
		var text string
		if err := from.Load(&text); err != nil {
			return err
		}
		n.value = text
	}
	return nil
}
