package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/appgrant/appgrant/gen/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// authorized is the answer 201 of CreateAuthorizingAppsV2, to the byte as encoding/json
// writes the generated one. That takes four times as long, which for thousands of pairs
// is more than all the rest of the request. The request id stands in the header since
// the exchange began.
type authorized []grant.AuthorizedPair

// VisitCreateAuthorizingAppsV2Response implements the generated interface.
func (pairs authorized) VisitCreateAuthorizingAppsV2Response(w http.ResponseWriter) error {
	data, err := pairs.encode()
	if err != nil {
		return err
	}
	w.Header()["Content-Type"] = contentTypeJSON
	if len(data) > 2<<10 { // below, net/http does it
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	}
	w.WriteHeader(http.StatusCreated)
	_, err = w.Write(data)
	return err
}

var contentTypeJSON = []string{"application/json"} // read alone

// pairSize is about how long a pair gets.
const pairSize = 320

func (pairs authorized) encode() (data []byte, err error) {
	data = append(make([]byte, 0, 16+pairSize*len(pairs)), `{"auths":[`...)
	var clock clockText
	for i := range pairs {
		if i > 0 {
			data = append(data, ',')
		}
		if data, err = appendPair(data, &pairs[i], &clock); err != nil {
			return nil, err
		}
	}
	return append(data, "]}\n"...), nil
}

func appendPair(data []byte, pair *grant.AuthorizedPair, clock *clockText) ([]byte, error) {
	if pair.Failed {
		failed, err := json.Marshal(failedRelation(pair))
		return append(data, failed...), err
	}
	data = appendMember(data, `{"api_id":`, string(pair.API))
	data = appendMember(data, `,"app_id":`, string(pair.App))
	status := types.SUCCESS
	if pair.Existed {
		status = types.SKIPPED
	}
	data = appendMember(data, `,"auth_result":{"status":`, string(status))
	data = append(data, '}')
	if pair.Role != "" {
		data = appendMember(data, `,"auth_role":`, string(pair.Role))
	}
	data = appendMember(data, `,"auth_time":`, clock.of(pair.At))
	data = appendMember(data, `,"auth_tunnel":`, string(types.NORMAL))
	if pair.ID != "" {
		data = appendMember(data, `,"id":`, string(pair.ID))
	}
	return append(data, '}'), nil
}

// failedRelation is a pair that a test wanted to fail.
func failedRelation(pair *grant.AuthorizedPair) types.ApiAuthRelations {
	failed := answerTo(grant.APIG, &grant.Error{Kind: failedPair})
	return types.ApiAuthRelations{ApiId: string(pair.API), AppId: string(pair.App), AuthResult: types.AuthResult{
		Status: types.FAILED, ErrorCode: failed.code, ErrorMsg: failed.text, ApiName: pair.APIName, AppName: pair.AppName,
	}}
}

// clockText remembers how the last time is written, which mostly is the next one, too.
type clockText struct {
	at   time.Time
	text string
}

func (c *clockText) of(at time.Time) string {
	if c.text == "" || !c.at.Equal(at) {
		c.at, c.text = at, at.UTC().Format(timeLayout)
	}
	return c.text
}

// appendMember appends a name, which comes with what stands around it, and a text.
func appendMember(data []byte, name, text string) []byte {
	data = append(data, name...)
	for i := range len(text) {
		if !standsForItself[text[i]] {
			escaped, err := json.Marshal(text)
			if err != nil {
				panic(err) // a text always encodes
			}
			return append(data, escaped...)
		}
	}
	data = append(data, '"')
	data = append(data, text...)
	return append(data, '"')
}

// standsForItself are the bytes that encoding/json writes in a text as they are.
var standsForItself = func() (bytes [256]bool) {
	for b := byte(' '); b <= '~'; b++ {
		bytes[b] = !strings.ContainsRune(`"\<>&`, rune(b))
	}
	return bytes
}()
