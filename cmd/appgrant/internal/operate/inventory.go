package operate

import (
	"strings"

	"github.com/appgrant/appgrant/gen/admin/types"
)

var inventoryHead = []string{"service", "realm_id", "kind", "id", "name", "owners", "published"}

// inventory has a line for each thing in a catalog.
func inventory(c types.Catalog) (lines [][]string) {
	add := func(service types.Service, realm, kind, id, name string, owners, published []string) {
		lines = append(lines, []string{string(service), realm, kind, id, name, strings.Join(owners, " "), strings.Join(published, " ")})
	}
	for _, u := range c.Users {
		add("", "", "user", u.Name, "", nil, nil)
	}
	for _, p := range c.Projects {
		for _, side := range []struct {
			service  types.Service
			gateways types.Gateways
		}{{types.Apig, p.Apig}, {types.Roma, p.Roma}} {
			for _, g := range side.gateways.Instances {
				add(side.service, g.Id, "instance", "", "", nil, nil)
				for _, e := range g.Environments {
					add(side.service, g.Id, "environment", e, "", nil, nil)
				}
				for _, a := range g.Apis {
					add(side.service, g.Id, "api", a.Id, a.Name, []string{a.Owner}, a.Published)
				}
				for _, a := range g.Apps {
					add(side.service, g.Id, "app", a.Id, a.Name, a.Owners, nil)
				}
			}
		}
		for _, a := range p.Modelarts.Apps {
			add(types.Modelarts, "", "app", a.Id, a.Name, nil, nil)
		}
		for _, s := range p.Modelarts.Services {
			add(types.Modelarts, s.Id, "service", "", "", nil, nil)
			for _, a := range s.Apis {
				add(types.Modelarts, s.Id, "api", a.Id, a.Name, nil, nil)
			}
		}
		for _, w := range p.Dataarts.Workspaces {
			add(types.Dataarts, w.Id, "workspace", "", "", nil, nil)
			for _, cluster := range w.Clusters {
				add(types.Dataarts, w.Id, "cluster", cluster, "", nil, nil)
			}
			for _, a := range w.Apis {
				add(types.Dataarts, w.Id, "api", a.Id, a.Name, []string{a.Owner}, nil)
			}
			for _, a := range w.Apps {
				add(types.Dataarts, w.Id, "app", a.Id, a.Name, a.Owners, nil)
			}
		}
	}
	return lines
}
