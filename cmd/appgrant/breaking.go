package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appgrant/appgrant/cmd/appgrant/internal/settings"
	"github.com/appgrant/appgrant/openapi/breaking"
)

func breakingCommand() *cobra.Command {
	var base, spec, format string
	var which whichContract
	var release bool
	cmd := &cobra.Command{
		Use:   "breaking",
		Short: "Tell whether a contract breaks an earlier one",
		Long: `Compare an OpenAPI file with an earlier one, and tell for each change what clients will
see of it. A change that breaks them has to be announced by the next major version, in
info.version. Other changes ask for the next minor version or, if only words changed, the
next patch; that is a remark, and a failure with --release.

Without --spec it is this program's own contract that is compared, or with --admin that
of administering a server. References to other files or addresses are refused.

Exit status: 0 nothing breaks, or the major version has risen, 1 it breaks, or with
--release the version has not risen as the changes ask, 2 it could not be judged.`,
		Example: "  appgrant contract breaking --base app-authorization-1.0.0.yaml\n" +
			"  appgrant contract breaking --base old.yaml --spec new.yaml --output json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--output %q is neither text nor json", format)
			}
			if base == "" {
				return errors.New("--base is missing")
			}
			if spec != "" && which.admin {
				return errors.New("--admin is for this program's contract, and --spec for another one")
			}
			earlier, err := readContract(base)
			if err != nil {
				return err
			}
			name := spec
			var later *breaking.Contract
			if spec != "" {
				later, err = readContract(spec)
			} else {
				name = "the contract of this program"
				later, err = which.parse()
			}
			if err != nil {
				return err
			}
			report, err := breaking.Compare(earlier, later)
			if err != nil {
				return fmt.Errorf("%s and %s: %w", base, name, err)
			}
			unreleasable := release && report.Remark != ""
			if format == "json" {
				err = writeBreakingJSON(cmd.OutOrStdout(), report)
			} else {
				err = writeBreaking(cmd.OutOrStdout(), report, conclusion(report, unreleasable))
			}
			if err != nil {
				return failure{err}
			}
			if report.Verdict == breaking.Breaking || unreleasable {
				return verdict(exitFailed)
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&base, "base", "", "the earlier OpenAPI file, YAML or JSON")
	flags.StringVar(&spec, "spec", "", "the later one (default this program's contract)")
	which.add(flags)
	flags.BoolVar(&release, "release", false, "fail unless the version has risen as the changes ask")
	flags.StringVar(&format, "output", "text", "text or json")
	return cmd
}

// parse reads this program's contract.
func (w *whichContract) parse() (*breaking.Contract, error) {
	b, err := w.bundle()
	if err != nil {
		return nil, failure{err}
	}
	return breaking.Parse(b.YAML)
}

func readContract(name string) (*breaking.Contract, error) {
	text, err := settings.ReadFile(name, breaking.MaxSize)
	if err != nil {
		return nil, err
	}
	contract, err := breaking.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return contract, nil
}

func writeBreakingJSON(w io.Writer, r *breaking.Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// fewWords is how many changes of words are told to people.
const fewWords = 3

// writeBreaking tells a comparison to people: breaks in full, other changes in a line,
// the verdict last.
func writeBreaking(w io.Writer, r *breaking.Report, conclusion string) error {
	var t strings.Builder
	line := func(indent string, parts ...string) {
		t.WriteString(indent + settings.Printable(strings.Join(parts, " ")) + "\n")
	}
	words := 0
	for _, f := range r.Findings {
		switch f.Asks {
		case breaking.Major:
			line("", "breaks:", f.Change, "["+f.ID+"]")
			line("  ", f.Consequence)
			for _, p := range f.Places {
				line("    ", p.Method, p.Path, p.OperationID, strings.Join(p.Statuses, " "))
			}
		case breaking.Minor:
			line("", "minor:", f.Change, inPlaces(f.Places))
		default:
			if words++; words <= fewWords {
				line("", "patch:", f.Change, inPlaces(f.Places))
			}
		}
	}
	if words > fewWords {
		line("", fmt.Sprintf("patch: %d more changes of words", words-fewWords))
	}
	line("", conclusion)
	_, err := io.WriteString(w, t.String())
	return err
}

// inPlaces names the operations, or the first of many.
func inPlaces(places []breaking.Place) string {
	switch len(places) {
	case 0:
		return ""
	case 1:
		return "(" + nameOf(places[0]) + ")"
	default:
		return fmt.Sprintf("(%s and %d more)", nameOf(places[0]), len(places)-1)
	}
}

func nameOf(p breaking.Place) string {
	if p.OperationID != "" {
		return p.OperationID
	}
	return p.Method + " " + p.Path
}

// conclusion tells the verdict; unreleasable is a version that has not risen enough.
func conclusion(r *breaking.Report, unreleasable bool) string {
	breaks, undo := fmt.Sprintf("%d changes break clients", r.Breaks()), "undo them, or announce them"
	if r.Breaks() == 1 {
		breaks, undo = "1 change breaks clients", "undo it, or announce it"
	}
	switch r.Verdict {
	case breaking.Unchanged:
		return fmt.Sprintf("%s to %s: nothing changed", r.Base, r.Version)
	case breaking.Compatible:
		if unreleasable {
			return fmt.Sprintf("%s to %s: nothing breaks, but it can't be released under this version; the changes ask for %s", r.Base, r.Version, r.Next)
		}
		if r.Remark != "" {
			return fmt.Sprintf("%s to %s: nothing breaks; %s", r.Base, r.Version, r.Remark)
		}
		return fmt.Sprintf("%s to %s: nothing breaks", r.Base, r.Version)
	case breaking.Announced:
		return fmt.Sprintf("%s to %s: %s, as the major version announces", r.Base, r.Version, breaks)
	default:
		return fmt.Sprintf("%s to %s: %s; %s by the version %s", r.Base, r.Version, breaks, undo, r.Next)
	}
}
