package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/appgrant/appgrant/server/internal/catalog"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// CatalogError says that the catalog cannot be used. Its text names the file, the
// line and what is wrong there.
type CatalogError struct{ err error }

// Error implements error.
func (e *CatalogError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *CatalogError) Unwrap() error { return e.err }

// catalogFile is the text of what exists, read if need be.
type catalogFile struct {
	name   string
	text   []byte
	exists *grant.Catalog
}

func fileOf(cfg Config) *catalogFile {
	if cfg.Catalog == nil {
		return &catalogFile{name: "the demo catalog", text: catalog.Demo}
	}
	return &catalogFile{name: cfg.CatalogName, text: cfg.Catalog}
}

func (f *catalogFile) read() error {
	if f.exists != nil {
		return nil
	}
	exists, err := catalog.Parse(f.name, f.text)
	if err != nil {
		return &CatalogError{err}
	}
	f.exists = &exists
	return nil
}

// apply applies the file. It is not read if it is the one applied last, which was read
// then.
func (f *catalogFile) apply(ctx context.Context, authority *grant.Authority) error {
	sum := grant.HashOf(string(f.text))
	done, err := authority.Applied(ctx, sum)
	if err == nil && !done {
		if err := f.read(); err != nil {
			return err
		}
		err = authority.Apply(ctx, *f.exists, sum)
	}
	if err != nil {
		return fmt.Errorf("apply the catalog: %w", err)
	}
	return nil
}

// CheckCatalog reads a catalog as New would. It returns a line that says what is in
// it or, if it cannot be used, a line for everything that is wrong, with the name
// and the place.
func CheckCatalog(name string, text []byte) (summary string, wrong []string) {
	c, err := catalog.Parse(name, text)
	var problems *catalog.Problems
	if errors.As(err, &problems) {
		return "", problems.Lines()
	}
	var realms, apis, apps, records int
	for _, p := range c.Projects {
		realms += len(p.Realms)
		apps += len(p.Apps)
		for _, r := range p.Realms {
			apis += len(r.APIs)
			apps += len(r.Apps)
			records += len(r.Authorizations)
			for _, app := range r.Apps {
				records += len(app.AppCodes)
			}
		}
	}
	return fmt.Sprintf("%s: %d users, %d projects, %d gateways, services and workspaces, %d APIs, %d apps, %d authorizations and AppCodes",
		name, len(c.Users), len(c.Projects), realms, apis, apps, records), nil
}
