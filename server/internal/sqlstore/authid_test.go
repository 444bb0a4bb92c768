package sqlstore

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var (
	secrets = rapid.Map(rapid.SliceOfN(rapid.Byte(), idSecretSize, idSecretSize), newIDCipher)
	keys    = rapid.Int64Min(1)
)

func TestIDRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, key := secrets.Draw(t, "cipher"), keys.Draw(t, "key")
		id := c.id(key)
		if got, ok := c.key(id); got != key || !ok {
			t.Errorf("%s is the key %d, %v", id, got, ok)
		}
		if got, ok := c.ofApplications().key(c.ofApplications().id(key)); got != key || !ok {
			t.Errorf("an application is the key %d, %v", got, ok)
		}
		if len(id) != 32 || strings.Trim(string(id), "0123456789abcdef") != "" {
			t.Errorf("%q is not 32 hexadecimal digits", id)
		}
	})
}

func TestIDsAreDistinct(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := secrets.Draw(t, "cipher")
		seen := map[grant.AuthorizationID]int64{}
		for _, key := range rapid.SliceOfDistinct(keys, rapid.ID[int64]).Draw(t, "keys") {
			id := c.id(key)
			if other, taken := seen[id]; taken {
				t.Errorf("%d and %d are both %s", key, other, id)
			}
			seen[id] = key
		}
	})
}

// Every key has one spelling, and everything else is none.
func TestIDRefusals(t *testing.T) {
	t.Parallel()
	refuse := func(t *rapid.T, c idCipher, id grant.AuthorizationID) {
		if key, ok := c.key(id); ok || key != 0 { // no row has the key 0
			t.Errorf("%q is the key %d, %v", id, key, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c, key := secrets.Draw(t, "cipher"), keys.Draw(t, "key")
		id := c.id(key)

		at := rapid.IntRange(0, len(id)-1).Draw(t, "place")
		digit := rapid.SampledFrom([]byte("0123456789abcdef")).Filter(func(b byte) bool { return b != id[at] }).Draw(t, "digit")
		refuse(t, c, id[:at]+grant.AuthorizationID(digit)+id[at+1:])

		if upper := grant.AuthorizationID(strings.ToUpper(string(id))); upper != id {
			refuse(t, c, upper)
		}
		refuse(t, c, id[:at])
		refuse(t, c, id+id[:at+1])
		refuse(t, c, grant.AuthorizationID(rapid.String().Draw(t, "text")))
		refuse(t, c, grant.AuthorizationID(rapid.StringMatching(`[0-9a-f]{32}`).Filter(func(s string) bool { return s != string(id) }).Draw(t, "digits")))
		if other := secrets.Filter(func(o idCipher) bool { return o.id(key) != id }).Draw(t, "other"); other.block != nil {
			refuse(t, other, id)
		}
		refuse(t, c.ofApplications(), id)
		refuse(t, c, c.ofApplications().id(key))
		refuse(t, c, c.id(0))
		refuse(t, c, c.id(-key))
	})
}
