package grant

// Identifiers are opaque, compared byte for byte, and typed so that two of them
// can't be swapped.
type (
	// ProjectID names a project, the tenant that everything else belongs to.
	ProjectID string
	// RealmID names a realm within its service and project.
	RealmID string
	// EnvID names an environment of a gateway or, in DataArts Studio, a cluster.
	EnvID string
	// APIID names an API within its realm.
	APIID string
	// AppID names an app within its realm.
	AppID string
	// AppCodeID names an AppCode within its app. It is not the AppCode's value.
	AppCodeID string
	// AuthorizationID names an authorization record. The store makes them.
	AuthorizationID string
	// ApplicationID names an application of DataArts Studio, or the notice of a
	// cancellation. The store makes them.
	ApplicationID string
	// WorkspaceID names the workspace of a ModelArts service.
	WorkspaceID string
	// UserName names a user of the catalog.
	UserName string
)

// Service is one of the four services.
type Service string

// The services.
const (
	APIG      Service = "apig"
	ROMA      Service = "roma"
	ModelArts Service = "modelarts"
	DataArts  Service = "dataarts"
)

// Realm is the space in which APIs, apps and the authorizations between them
// live: a gateway instance of APIG or ROMA Connect, a service of ModelArts, a
// workspace of DataArts Studio. Ids of two realms have nothing to do with each
// other, even when they are spelt alike.
type Realm struct {
	Service Service   `json:"service"`
	Project ProjectID `json:"-"` // of the project it stands in
	ID      RealmID   `json:"id"`
}

// NoEnv is the environment of realms that have none (ModelArts).
const NoEnv EnvID = ""

// Permission is the right to use one operation in one project. It has the
// operation's own name in the contract.
type Permission string

// The permissions, one for each operation.
const (
	MayAuthorizeApps          Permission = "CreateAuthorizingAppsV2"
	MayCancelAuthorization    Permission = "CancelingAuthorizationV2"
	MayDeleteAppCode          Permission = "DeleteAppCodeV2"
	MayCancelAPIAuthorization Permission = "DeleteApiAppAuth"
	MayActOnAuthorization     Permission = "AuthorizeActionApiToInstance"
)

// Permissions lists every permission there is.
var Permissions = []Permission{
	MayAuthorizeApps, MayCancelAuthorization, MayDeleteAppCode, MayCancelAPIAuthorization, MayActOnAuthorization,
}
