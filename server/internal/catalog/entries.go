package catalog

import "go.yaml.in/yaml/v4"

// at is a value and the line it stands on.
type at[T any] struct {
	v    T
	line int
}

// UnmarshalYAML implements [yaml.Unmarshaler].
func (a *at[T]) UnmarshalYAML(n *yaml.Node) error {
	a.line = n.Line
	return n.Load(&a.v, yaml.WithKnownFields())
}

// The entries mirror the file, key by key. What each means is told in the demo
// catalog, which shows all of them.
type (
	fileEntry struct {
		Users    []at[userEntry]    `yaml:"users"`
		Projects []at[projectEntry] `yaml:"projects"`
	}
	userEntry struct {
		Name        at[string]            `yaml:"name"`
		Token       at[string]            `yaml:"token"`
		TokenSHA256 at[string]            `yaml:"token_sha256"`
		ExpiresAt   at[string]            `yaml:"expires_at"`
		MemberOf    []at[membershipEntry] `yaml:"member_of"`
	}
	membershipEntry struct {
		Project     at[string]   `yaml:"project"`
		Permissions []at[string] `yaml:"permissions"`
	}

	projectEntry struct {
		ID        at[string]     `yaml:"id"`
		APIG      gatewaysEntry  `yaml:"apig"`
		ROMA      gatewaysEntry  `yaml:"roma"`
		ModelArts modelArtsEntry `yaml:"modelarts"`
		DataArts  dataArtsEntry  `yaml:"dataarts"`
	}

	gatewaysEntry struct {
		Instances []at[gatewayEntry] `yaml:"instances"`
	}
	gatewayEntry struct {
		ID             at[string]              `yaml:"id"`
		Environments   []at[string]            `yaml:"environments"`
		APIs           []at[gatewayAPIEntry]   `yaml:"apis"`
		Apps           []at[gatewayAppEntry]   `yaml:"apps"`
		Authorizations []at[gatewayGrantEntry] `yaml:"authorizations"`
	}
	gatewayAPIEntry struct {
		ID        at[string]   `yaml:"id"`
		Name      at[string]   `yaml:"name"`
		Owner     at[string]   `yaml:"owner"`
		Published []at[string] `yaml:"published"`
	}
	gatewayAppEntry struct {
		ID       at[string]         `yaml:"id"`
		Name     at[string]         `yaml:"name"`
		Owners   []at[string]       `yaml:"owners"`
		AppCodes []at[appCodeEntry] `yaml:"app_codes"`
	}
	appCodeEntry struct {
		ID    at[string] `yaml:"id"`
		Value at[string] `yaml:"value"`
	}
	gatewayGrantEntry struct {
		Environment at[string] `yaml:"environment"`
		API         at[string] `yaml:"api"`
		App         at[string] `yaml:"app"`
	}

	modelArtsEntry struct {
		Apps     []at[modelThingEntry]   `yaml:"apps"`
		Services []at[modelServiceEntry] `yaml:"services"`
	}
	modelServiceEntry struct {
		ID             at[string]            `yaml:"id"`
		Workspace      at[string]            `yaml:"workspace"`
		APIs           []at[modelThingEntry] `yaml:"apis"`
		Authorizations []at[modelGrantEntry] `yaml:"authorizations"`
	}
	modelThingEntry struct {
		ID   at[string] `yaml:"id"`
		Name at[string] `yaml:"name"`
	}
	modelGrantEntry struct {
		API at[string] `yaml:"api"`
		App at[string] `yaml:"app"`
	}

	dataArtsEntry struct {
		Workspaces []at[workspaceEntry] `yaml:"workspaces"`
	}
	workspaceEntry struct {
		ID             at[string]           `yaml:"id"`
		Clusters       []at[string]         `yaml:"clusters"`
		APIs           []at[dataAPIEntry]   `yaml:"apis"`
		Apps           []at[dataAppEntry]   `yaml:"apps"`
		Authorizations []at[dataGrantEntry] `yaml:"authorizations"`
	}
	dataAPIEntry struct {
		ID        at[string]   `yaml:"id"`
		Name      at[string]   `yaml:"name"`
		Owner     at[string]   `yaml:"owner"`
		Reviewers []at[string] `yaml:"reviewers"`
	}
	dataAppEntry struct {
		ID     at[string]   `yaml:"id"`
		Name   at[string]   `yaml:"name"`
		Owners []at[string] `yaml:"owners"`
	}
	dataGrantEntry struct {
		Cluster at[string] `yaml:"cluster"`
		API     at[string] `yaml:"api"`
		App     at[string] `yaml:"app"`
		Until   at[string] `yaml:"until"`
	}
)
