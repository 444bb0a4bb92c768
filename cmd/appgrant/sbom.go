package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/spf13/cobra"
)

// unversioned is the version of a module that was built from a folder.
const unversioned = "(devel)"

// The pages of this program have files of swagger-ui-dist, from npm, in them, which is
// no Go module. They come with a module that Go knows.
const (
	swaggerCarrier = "github.com/swaggest/swgui@v1.8.5"
	swaggerName    = "swagger-ui-dist"
	swaggerVersion = "5.29.1"
)

func sbomCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sbom [FILE]",
		Short: "Print what a Go program is made of, as CycloneDX JSON",
		Long: `Print the software bill of materials of this program or, with FILE, of another Go
program for whatever system: the modules in it, the standard library, and how it was
built. It is what the Go toolchain wrote into the program, so the same program always
has the same bill.

What is embedded in a module is not known, such as scripts of pages, or C that was
translated. Of this program's modules it is known that swgui brings Swagger UI, which is
listed; it has others in it, which its licence names.

A module that was replaced is listed as what replaced it. Its go.sum hash is a
property, since it is not the hash of a file. Which module needs which is not known.

Exit status: 2 if FILE can't be read or is not a Go program built from a module.`,
		Example: "  appgrant sbom\n  appgrant sbom build/other-program > other-program.cdx.json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			info, err := readBuildInfo(args)
			if err != nil {
				return err
			}
			return asFailure(writeSBOM(cmd.OutOrStdout(), sbom(info)))
		},
	}
}

// writeSBOM writes a bill of materials in version 1.6 of the format, which most readers
// know.
func writeSBOM(w io.Writer, bom *cyclonedx.BOM) error {
	encoder := cyclonedx.NewBOMEncoder(w, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	return encoder.EncodeVersion(bom, cyclonedx.SpecVersion1_6)
}

// readBuildInfo reads the build information of the program in the file that is named,
// if one is, or else of this one.
func readBuildInfo(names []string) (*debug.BuildInfo, error) {
	if len(names) == 0 {
		info, ok := debug.ReadBuildInfo()
		if !ok {
			return nil, failure{errors.New("this program has no build information")}
		}
		return info, nil
	}
	file, err := os.Open(names[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := buildinfo.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s is not a Go program: %w", names[0], err)
	}
	if info.Main.Path == "" {
		return nil, fmt.Errorf("%s was not built from a module", names[0])
	}
	return info, nil
}

// sbom is the bill of materials that build information amounts to. Its time is that of
// the commit, if that is known; it has no serial number.
func sbom(info *debug.BuildInfo) *cyclonedx.BOM {
	program := component(&info.Main)
	program.Type = cyclonedx.ComponentTypeApplication
	program.Properties = buildProperties(info)
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{Component: &program}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			bom.Metadata.Timestamp = s.Value
		}
	}
	components := []cyclonedx.Component{standardLibrary(info.GoVersion)}
	for _, m := range info.Deps {
		c := component(m)
		components = append(components, c)
		if info.Main.Path == "github.com/appgrant/appgrant" && c.BOMRef == swaggerCarrier && m.Replace == nil {
			components = append(components, swaggerUI())
		}
	}
	refs := make([]string, 0, len(components))
	for _, c := range components {
		refs = append(refs, c.BOMRef)
	}
	bom.Components = &components
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: program.BOMRef, Dependencies: &refs}}
	return bom
}

// buildProperties tell how the program was built, in CycloneDX's own names for what they
// cover.
func buildProperties(info *debug.BuildInfo) *[]cyclonedx.Property {
	properties := []cyclonedx.Property{{Name: "appgrant:go:package", Value: info.Path}}
	if info.Main.Sum != "" {
		properties = append(properties, cyclonedx.Property{Name: "appgrant:go:sum", Value: info.Main.Sum})
	}
	for _, s := range info.Settings {
		space := "appgrant:go:build:"
		if slices.Contains([]string{"GOOS", "GOARCH", "CGO_ENABLED"}, s.Key) {
			space = "cdx:gomod:build:env:"
		}
		properties = append(properties, cyclonedx.Property{Name: space + s.Key, Value: s.Value})
	}
	return &properties
}

// component is a module, as it was built. A build has a path once, but may have the same
// replacement twice: the reference is the module that was asked for.
func component(m *debug.Module) cyclonedx.Component {
	c := cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, BOMRef: m.Path + "@" + m.Version, Name: m.Path}
	var properties []cyclonedx.Property
	if r := m.Replace; r != nil {
		if r.Version == "" || r.Version == unversioned { // a folder, and nobody else knows what is in it
			c.Properties = &[]cyclonedx.Property{{Name: "appgrant:go:replaced-by", Value: r.Path}}
			return c
		}
		properties = append(properties, cyclonedx.Property{Name: "appgrant:go:replaces", Value: c.BOMRef})
		m = r
	}
	c.Name = m.Path
	if m.Version != unversioned {
		c.Version = m.Version
	}
	c.PackageURL = packageURL(c.Name, c.Version)
	if m.Sum != "" {
		properties = append(properties, cyclonedx.Property{Name: "appgrant:go:sum", Value: m.Sum})
	}
	if len(properties) > 0 {
		c.Properties = &properties
	}
	return c
}

// standardLibrary is the part of a program that came with Go, whose version reads
// "go1.26.0", and on for an experiment.
func standardLibrary(goVersion string) cyclonedx.Component {
	release, _, _ := strings.Cut(goVersion, " ")
	version := strings.TrimPrefix(release, "go")
	return cyclonedx.Component{
		Type:       cyclonedx.ComponentTypeLibrary,
		BOMRef:     "std@" + version,
		Name:       "std",
		Version:    version,
		PackageURL: packageURL("std", version),
		Properties: &[]cyclonedx.Property{{Name: "cdx:gomod:build:env:GOVERSION", Value: goVersion}},
	}
}

// swaggerUI is the part of this program's pages that shows contracts.
func swaggerUI() cyclonedx.Component {
	ref := swaggerName + "@" + swaggerVersion
	return cyclonedx.Component{
		Type: cyclonedx.ComponentTypeLibrary, BOMRef: ref, Name: swaggerName, Version: swaggerVersion, PackageURL: "pkg:npm/" + ref,
	}
}

// packageURL names a module the way the package-url specification has it, which knows no
// capital letters in the name of a Go module.
func packageURL(path, version string) string {
	purl := "pkg:golang/" + strings.ToLower(path)
	if version != "" {
		purl += "@" + strings.ReplaceAll(url.PathEscape(version), "+", "%2B")
	}
	return purl
}
