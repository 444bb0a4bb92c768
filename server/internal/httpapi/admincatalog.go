package httpapi

import (
	"context"
	"encoding/json"

	adminserver "github.com/appgrant/appgrant/gen/admin/ginserver"
	admintypes "github.com/appgrant/appgrant/gen/admin/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// UpsertCatalog implements [adminserver.StrictServerInterface]. The body has the
// keys of a catalog file and is read as one.
func (a adminAPI) UpsertCatalog(ctx context.Context, r adminserver.UpsertCatalogRequestObject) (adminserver.UpsertCatalogResponseObject, error) {
	text, err := json.Marshal(r.Body)
	if err != nil {
		return nil, err
	}
	part, err := a.ReadCatalog(text)
	if err != nil {
		return nil, err
	}
	request, caller := requestOf(ctx)
	if err := a.Authority.UpsertCatalog(request, caller, part); err != nil {
		return nil, err
	}
	var response adminserver.UpsertCatalog204Response
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// ListProjects implements [adminserver.StrictServerInterface].
func (a adminAPI) ListProjects(ctx context.Context, r adminserver.ListProjectsRequestObject) (adminserver.ListProjectsResponseObject, error) {
	request, _ := requestOf(ctx)
	ids, next, err := a.Authority.ListProjects(request, pageOf(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	response := adminserver.ListProjects200JSONResponse{Body: admintypes.ProjectPage{Projects: textsOf(ids), NextCursor: next}}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// DeleteProject implements [adminserver.StrictServerInterface].
func (a adminAPI) DeleteProject(ctx context.Context, r adminserver.DeleteProjectRequestObject) (adminserver.DeleteProjectResponseObject, error) {
	request, caller := requestOf(ctx)
	if err := a.Authority.DeleteProject(request, caller, grant.ProjectID(r.ProjectId)); err != nil {
		return nil, err
	}
	var response adminserver.DeleteProject204Response
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

// ReadProject implements [adminserver.StrictServerInterface].
func (a adminAPI) ReadProject(ctx context.Context, r adminserver.ReadProjectRequestObject) (adminserver.ReadProjectResponseObject, error) {
	request, _ := requestOf(ctx)
	c, err := a.Authority.ReadProject(request, grant.ProjectID(r.ProjectId))
	if err != nil {
		return nil, err
	}
	response := adminserver.ReadProject200JSONResponse{Body: admintypes.Catalog{
		Users: listed(c.Users, userOf), Projects: listed(c.Projects, projectOf),
	}}
	response.Headers.XRequestId = requestIDOf(ctx)
	return response, nil
}

func userOf(u grant.User) admintypes.User {
	user := admintypes.User{Name: string(u.Name), ExpiresAt: instantText(u.ExpiresAt)}
	for project, permissions := range u.Permissions {
		user.MemberOf = append(user.MemberOf, admintypes.Membership{
			Project:     string(project),
			Permissions: listed(permissions, func(p grant.Permission) admintypes.Permission { return admintypes.Permission(p) }),
		})
	}
	return user
}

func projectOf(p grant.Project) admintypes.Project {
	project := admintypes.Project{Id: string(p.ID)}
	for _, a := range p.Apps {
		project.Modelarts.Apps = append(project.Modelarts.Apps, admintypes.ModelApp{Id: string(a.ID), Name: a.Name})
	}
	for _, r := range p.Realms {
		switch r.Service {
		case grant.APIG:
			project.Apig.Instances = append(project.Apig.Instances, gatewayOf(r))
		case grant.ROMA:
			project.Roma.Instances = append(project.Roma.Instances, gatewayOf(r))
		case grant.ModelArts:
			project.Modelarts.Services = append(project.Modelarts.Services, modelServiceOf(r))
		case grant.DataArts:
			project.Dataarts.Workspaces = append(project.Dataarts.Workspaces, dataWorkspaceOf(r))
		}
	}
	return project
}

func gatewayOf(r grant.RealmContents) admintypes.Gateway {
	return admintypes.Gateway{
		Id:           string(r.ID),
		Environments: textsOf(r.Envs),
		Apis: listed(r.APIs, func(a grant.API) admintypes.GatewayApi {
			return admintypes.GatewayApi{Id: string(a.ID), Name: a.Name, Owner: string(a.Owner), Published: textsOf(a.Published)}
		}),
		Apps: listed(r.Apps, func(a grant.App) admintypes.GatewayApp {
			return admintypes.GatewayApp{Id: string(a.ID), Name: a.Name, Owners: textsOf(a.Owners)}
		}),
	}
}

func modelServiceOf(r grant.RealmContents) admintypes.ModelService {
	return admintypes.ModelService{
		Id:        string(r.ID),
		Workspace: string(r.Workspace),
		Apis: listed(r.APIs, func(a grant.API) admintypes.ModelApi {
			return admintypes.ModelApi{Id: string(a.ID), Name: a.Name}
		}),
	}
}

func dataWorkspaceOf(r grant.RealmContents) admintypes.Workspace {
	return admintypes.Workspace{
		Id:       string(r.ID),
		Clusters: textsOf(r.Envs),
		Apis: listed(r.APIs, func(a grant.API) admintypes.DataApi {
			return admintypes.DataApi{Id: string(a.ID), Name: a.Name, Owner: string(a.Owner), Reviewers: textsOf(a.Reviewers)}
		}),
		Apps: listed(r.Apps, func(a grant.App) admintypes.DataApp {
			return admintypes.DataApp{Id: string(a.ID), Name: a.Name, Owners: textsOf(a.Owners)}
		}),
	}
}

// textsOf is the inverse of idsOf.
func textsOf[T ~string](ids []T) []string {
	return listed(ids, func(id T) string { return string(id) })
}
