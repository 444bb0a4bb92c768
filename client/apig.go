package client

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	gen "github.com/appgrant/appgrant/gen/client"
	"github.com/appgrant/appgrant/gen/types"
)

// The limits of one request that authorizes apps. Longer lists take several.
const (
	maxAppIDs = 50
	maxAPIIDs = 1000
	maxPairs  = 10_000
)

// maxProduct is how many pairs one call may have, since what came of them is held in
// memory.
const maxProduct = 1_000_000

// DefaultEnv is the environment that every gateway has, in which APIs are released.
const DefaultEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// APIG is API Gateway, where apps are authorized to call APIs in one environment of a
// gateway.
type APIG struct{ c *Client }

// AppsToAuthorize says which apps may call which APIs, and where.
type AppsToAuthorize struct {
	ProjectID  string   // the project whose gateway it is
	InstanceID string   // the gateway
	EnvID      string   // the environment, such as [DefaultEnv]
	AppIDs     []string // the apps; a repeated one counts once
	APIIDs     []string // the APIs; a repeated one counts once
}

// Authorizations is what came of authorizing apps.
type Authorizations struct {
	// Auths has one item for each pair: all of the first app, in the order of the
	// APIs, then all of the second. Pairs for which no answer came are left out.
	Auths []Authorization `json:"auths"`
}

// Authorization is one app's authorization to call one API.
type Authorization struct {
	ID         string     `json:"id,omitempty"` // by which it can be cancelled
	APIID      string     `json:"api_id"`
	AppID      string     `json:"app_id"`
	AuthResult AuthResult `json:"auth_result"`
	// AuthRole is who authorized: the API's provider or its user.
	AuthRole AuthRole `json:"auth_role,omitempty"`
	// AuthTime is when, in UTC. Its year may have more than four digits, as in the
	// published example; such a time can't be marshalled, AuthTimeText can.
	AuthTime     time.Time `json:"-"`
	AuthTimeText string    `json:"auth_time,omitempty"` // AuthTime as it was sent
	// AuthTunnel, AuthWhitelist and AuthBlacklist are of the green channel, which is
	// not supported at present.
	AuthTunnel    AuthTunnel `json:"auth_tunnel,omitempty"`
	AuthWhitelist []string   `json:"auth_whitelist,omitempty"`
	AuthBlacklist []string   `json:"auth_blacklist,omitempty"`
	VisitParams   string     `json:"visit_params,omitempty"`
}

// AuthResult is what came of authorizing a pair. All but Status is empty unless it
// failed.
type AuthResult struct {
	Status    AuthStatus `json:"status"`
	ErrorCode Code       `json:"error_code,omitempty"`
	ErrorMsg  string     `json:"error_msg,omitempty"`
	APIName   string     `json:"api_name,omitempty"`
	AppName   string     `json:"app_name,omitempty"`
}

// AuthStatus says how authorizing a pair ended.
type AuthStatus string

// How authorizing a pair ended.
const (
	StatusSuccess = AuthStatus(types.SUCCESS) // it is authorized now
	StatusSkipped = AuthStatus(types.SKIPPED) // it was authorized before, perhaps by an attempt whose answer was lost
	StatusFailed  = AuthStatus(types.FAILED)  // it is not
)

// AuthRole says who authorized.
type AuthRole string

// Who authorized.
const (
	RoleProvider = AuthRole(types.PROVIDER) // the API's provider
	RoleConsumer = AuthRole(types.CONSUMER) // its user
)

// AuthTunnel is a kind of channel.
type AuthTunnel string

// The kinds of channel.
const (
	TunnelNormal = AuthTunnel(types.NORMAL)
	TunnelGreen  = AuthTunnel(types.GREEN)
)

// AuthorizeApps authorizes each of the apps to call each of the APIs in one
// environment. Of a pair that is authorized already it returns the existing record,
// so that it can be called again at any time. An app or API that does not exist fails
// the whole request it is in.
//
// Lists of more than 50 apps, 1000 APIs or 10 000 pairs take several requests, some of
// which may be done when another fails. A call may have a million pairs.
//
// The error is nil if every pair is authorized, a [*PartialError] if some are, and
// otherwise as the package says; Auths tells what is done in any case.
//
// openapi: CreateAuthorizingAppsV2
func (s *APIG) AuthorizeApps(ctx context.Context, in AppsToAuthorize) (Authorizations, error) {
	const op = "APIG.AuthorizeApps"
	if err := pathError(op, "ProjectID", in.ProjectID, "InstanceID", in.InstanceID); err != nil {
		return Authorizations{}, err
	}
	appIDs, apiIDs := distinct(in.AppIDs), distinct(in.APIIDs)
	if len(apiIDs) > 0 && len(appIDs) > maxProduct/len(apiIDs) {
		return Authorizations{}, &InputError{Op: op, Field: "AppIDs and APIIDs", Problem: fmt.Sprintf("make more than %d pairs", maxProduct)}
	}
	matrix := newPairs(appIDs, apiIDs)
	parts := matrix.parts()
	problems := s.c.each(ctx, op, len(parts), func(i int) error {
		apps, apis := parts[i].apps, parts[i].apis
		body := types.AppsToAuthorize{EnvId: in.EnvID, AppIds: matrix.apps[apps.from:apps.to], ApiIds: matrix.apis[apis.from:apis.to]}
		return s.c.do(ctx, call{
			op: op, want: http.StatusCreated, repeatable: true,
			send: func(ctx context.Context, edit gen.RequestEditorFn) (*http.Response, error) {
				return s.c.api.CreateAuthorizingAppsV2(ctx, in.ProjectID, in.InstanceID, body, edit)
			},
			accept: func(a answer) error { return matrix.accept(a, parts[i]) },
		})
	})
	result := matrix.result()
	return result, partial(op, result.done(), len(matrix.slots), result.problems(), problems)
}

// CancelAuthorization removes one authorization record, by the id that authorizing
// returned. An unknown one, or one that was cancelled before, is [ErrNotFound].
//
// openapi: CancelingAuthorizationV2
func (s *APIG) CancelAuthorization(ctx context.Context, in AuthorizationToCancel) error {
	const op = "APIG.CancelAuthorization"
	if err := pathError(op, "ProjectID", in.ProjectID, "InstanceID", in.InstanceID, "AppAuthID", in.AppAuthID); err != nil {
		return err
	}
	return s.c.do(ctx, call{
		op: op, want: http.StatusNoContent, repeatable: true, gone: "APIG.3009",
		send: func(ctx context.Context, edit gen.RequestEditorFn) (*http.Response, error) {
			return s.c.api.CancelingAuthorizationV2(ctx, in.ProjectID, in.InstanceID, in.AppAuthID, edit)
		},
	})
}

// AuthorizationToCancel names an authorization record.
type AuthorizationToCancel struct {
	ProjectID  string // the project whose gateway it is
	InstanceID string // the gateway
	AppAuthID  string // the record
}

// Failed returns the pairs that could not be authorized.
func (r Authorizations) Failed() []Authorization {
	return only(r.Auths, func(a Authorization) bool { return a.AuthResult.Status == StatusFailed })
}

// Err returns a [*PartialError] with an [*ItemError] for each of Auths that could not be
// authorized, or nil if there is none. The error of AuthorizeApps also tells of pairs for
// which no answer came.
func (r Authorizations) Err() error {
	return partial("APIG.AuthorizeApps", r.done(), len(r.Auths), r.problems(), nil)
}

func (r Authorizations) done() int { return len(r.Auths) - len(r.Failed()) }

func (r Authorizations) problems() (problems []error) {
	for _, a := range r.Failed() {
		problems = append(problems, &ItemError{AppID: a.AppID, APIID: a.APIID, Code: a.AuthResult.ErrorCode, Message: a.AuthResult.ErrorMsg})
	}
	return problems
}

// pairs are those of apps and APIs, with what came of them. Requests for different
// parts may fill them at the same time.
type pairs struct {
	apps, apis   []string
	appAt, apiAt index
	slots        []Authorization // app by app
	answered     []bool          // of slots
}

// part is the product of some apps and some APIs, for one request.
type part struct{ apps, apis span }

func newPairs(apps, apis []string) *pairs {
	p := &pairs{apps: apps, apis: apis}
	p.appAt, p.apiAt = newIndex(p.apps), newIndex(p.apis)
	p.slots = make([]Authorization, len(p.apps)*len(p.apis))
	p.answered = make([]bool, len(p.slots))
	return p
}

func (p *pairs) parts() (parts []part) {
	for _, apps := range split(len(p.apps), maxAppIDs) {
		for _, apis := range split(len(p.apis), min(maxAPIIDs, maxPairs/max(apps.len(), 1))) {
			parts = append(parts, part{apps, apis})
		}
	}
	return parts
}

// accept takes the answer to one request, which must have each pair of it once.
func (p *pairs) accept(a answer, asked part) error {
	var records types.AuthorizationRecords
	if err := a.decode(&records); err != nil {
		return err
	}
	for i, record := range records.Auths {
		app, knownApp := p.appAt.find(record.AppId)
		api, knownAPI := p.apiAt.find(record.ApiId)
		at := app*len(p.apis) + api
		if !knownApp || !knownAPI || !asked.apps.has(app) || !asked.apis.has(api) || p.answered[at] {
			return a.breaks(authAt(i), "is for a pair that was not asked for, or a second one for the same")
		}
		record.AppId, record.ApiId = p.apps[app], p.apis[api] // so that each is in memory once
		record.AuthResult.ErrorCode = hide(a.token, record.AuthResult.ErrorCode)
		record.AuthResult.ErrorMsg = hide(a.token, record.AuthResult.ErrorMsg)
		auth, member, problem := authorizationOf(record)
		if problem != "" {
			return a.breaks(authAt(i)+member, problem)
		}
		p.slots[at], p.answered[at] = auth, true
	}
	got, want := len(records.Auths), asked.apps.len()*asked.apis.len()
	if got != want {
		return a.breaks("/auths", fmt.Sprintf("has %d items for %d pairs", got, want))
	}
	return nil
}

// authAt points to an item of an answer.
func authAt(i int) string { return "/auths/" + strconv.Itoa(i) }

func (p *pairs) complete() bool { return !slices.Contains(p.answered, false) }

func (p *pairs) result() Authorizations {
	if p.complete() {
		return Authorizations{Auths: p.slots}
	}
	kept := []Authorization{}
	for i, auth := range p.slots {
		if p.answered[i] {
			kept = append(kept, auth)
		}
	}
	return Authorizations{Auths: kept}
}

// authorizationOf converts an item of an answer, or says what is wrong with which
// member of it.
func authorizationOf(r types.ApiAuthRelations) (a Authorization, member, problem string) {
	a = Authorization{
		ID: r.Id, APIID: r.ApiId, AppID: r.AppId,
		AuthResult: AuthResult{
			Status: AuthStatus(r.AuthResult.Status), ErrorCode: Code(r.AuthResult.ErrorCode), ErrorMsg: r.AuthResult.ErrorMsg,
			APIName: r.AuthResult.ApiName, AppName: r.AuthResult.AppName,
		},
		AuthRole: AuthRole(r.AuthRole), AuthTimeText: r.AuthTime,
		AuthTunnel: AuthTunnel(r.AuthTunnel), AuthWhitelist: r.AuthWhitelist, AuthBlacklist: r.AuthBlacklist,
		VisitParams: r.VisitParams,
	}
	var err error
	if r.AuthTime != "" {
		a.AuthTime, err = parseTime(r.AuthTime)
	}
	switch {
	case !r.AuthResult.Status.Valid():
		return a, "/auth_result/status", "is missing or none of SUCCESS, SKIPPED and FAILED"
	case r.AuthRole != "" && !r.AuthRole.Valid():
		return a, "/auth_role", "is neither PROVIDER nor CONSUMER"
	case r.AuthTunnel != "" && !r.AuthTunnel.Valid():
		return a, "/auth_tunnel", "is neither NORMAL nor GREEN"
	case err != nil:
		return a, "/auth_time", "is no time in UTC"
	}
	return a, "", ""
}
