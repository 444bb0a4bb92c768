package httpapi

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/appgrant/appgrant/gen/ginserver"
	"github.com/appgrant/appgrant/gen/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// generated is the answer in the generated type.
func generated(pairs []grant.AuthorizedPair) ginserver.CreateAuthorizingAppsV2201JSONResponse {
	response := ginserver.CreateAuthorizingAppsV2201JSONResponse{Body: types.AuthorizationRecords{Auths: make([]types.ApiAuthRelations, len(pairs))}}
	for i, pair := range pairs {
		if pair.Failed {
			response.Body.Auths[i] = failedRelation(&pair)
			continue
		}
		status := types.SUCCESS
		if pair.Existed {
			status = types.SKIPPED
		}
		response.Body.Auths[i] = types.ApiAuthRelations{
			Id: string(pair.ID), ApiId: string(pair.API), AppId: string(pair.App), AuthResult: types.AuthResult{Status: status},
			AuthRole: types.ApiAuthRelationsAuthRole(pair.Role), AuthTime: pair.At.UTC().Format(timeLayout), AuthTunnel: types.NORMAL,
		}
	}
	return response
}

func drawPair(t *rapid.T) grant.AuthorizedPair {
	text := rapid.OneOf(
		rapid.StringMatching(`[A-Za-z0-9_-]{0,8}`), rapid.StringMatching(`[ -~]{0,8}`), rapid.String(),
		rapid.SampledFrom([]string{`"`, `\`, "<", ">", "&", "a\u2028b", "\u2029", "\xff", "a\xc3", "\x00", "\x1f", "\x7f", "\u00e9", "\t\n\b\f\r"}),
	)
	at := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(-1e10, 1e10).Draw(t, "seconds"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanoseconds"))
	})
	pair := grant.AuthorizedPair{
		Existed: rapid.Bool().Draw(t, "existed"), Failed: rapid.IntRange(0, 5).Draw(t, "failed") == 0,
		APIName: text.Draw(t, "API's name"), AppName: text.Draw(t, "app's name"),
	}
	pair.ID, pair.API, pair.App = grant.AuthorizationID(text.Draw(t, "id")), grant.APIID(text.Draw(t, "API")), grant.AppID(text.Draw(t, "app"))
	pair.Role = rapid.SampledFrom([]grant.Role{grant.Provider, grant.Consumer, ""}).Draw(t, "role")
	pair.At = rapid.OneOf(at, rapid.SampledFrom([]time.Time{{}, time.Unix(1, 0), time.Unix(1, 0).UTC(), time.Unix(1, 0).In(time.FixedZone("", 3600))})).Draw(t, "at")
	return pair
}

// The answer is the generated type's, to the byte.
func TestAuthorizedIsTheGeneratedAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(rapid.Custom(drawPair), 0, 12).Draw(t, "pairs")
		want, got := httptest.NewRecorder(), httptest.NewRecorder()
		if err := generated(pairs).VisitCreateAuthorizingAppsV2Response(want); err != nil {
			t.Fatal(err)
		}
		if err := authorized(pairs).VisitCreateAuthorizingAppsV2Response(got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" || want.Code != got.Code {
			t.Fatalf("%d instead of %d (-want +got):\n%s", got.Code, want.Code, diff)
		}
		if want, got := want.Header().Get("Content-Type"), got.Header().Get("Content-Type"); want != got {
			t.Fatalf("%q instead of %q", got, want)
		}
	})
}
