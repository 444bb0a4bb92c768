package server

import (
	"errors"
	"fmt"

	"github.com/appgrant/appgrant/server/internal/catalog"
)

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
