package storetest

import (
	"strings"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var idCases = []testCase{
	{"id/unknown", unknownIDs},
	{"id/never again", neverAgain},
	{"id/of another realm", otherRealms},
	{"id/case", caseOfIDs},
	{"id/unicode", unicodeIDs},
}

func unknownIDs(s scene) {
	check := func(id grant.AuthorizationID) {
		s.Helper()
		_, err := s.get(here, id)
		s.wantNotFound("look up "+string(id), grant.NounAuthorization, string(id), err)
	}
	check("00000000000000000000000000000000") // nothing is in the store yet
	made := s.insert(here, pair("api", "app"))[0].ID
	for _, id := range []grant.AuthorizationID{
		"", "x", "1", "0", "api", "00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff",
		"gggggggggggggggggggggggggggggggg", "größe", "' OR 1=1 --", "%", "\x00",
		made[1:], made + "0", made + " ", " " + made, made + "\x00", made[:len(made)-1] + "%",
	} {
		check(id)
	}
	if upper := grant.AuthorizationID(strings.ToUpper(string(made))); upper != made {
		check(upper)
	}
}

// The id of the newest record doesn't come back either.
func neverAgain(s scene) {
	seen := map[grant.AuthorizationID]bool{}
	for range 5 {
		id := s.insert(here, pair("api", "app"))[0].ID
		if seen[id] {
			s.Errorf("the id %s comes back", id)
		}
		seen[id] = true
		s.end(id)
	}
}

func otherRealms(s scene) {
	made := s.insert(here, pair("api", "app"))
	for _, r := range elsewhere {
		if got := s.findOne(r, "api"); len(got) != 0 {
			s.Errorf("found %v in %v", got, r)
		}
		_, err := s.get(r, made[0].ID)
		s.wantNotFound("look up in another realm", grant.NounAuthorization, string(made[0].ID), err)
	}

	// And the same pair can be authorized in all of them.
	for _, r := range elsewhere {
		other := s.insert(r, pair("api", "app"))
		s.diff("record of another realm", other, s.findOne(r, "api"))
		_, err := s.get(here, other[0].ID)
		s.wantNotFound("look up another realm's record", grant.NounAuthorization, string(other[0].ID), err)
	}
	s.diff("record", made, s.findOne(here, "api"))
}

// Ids that differ only in case name different things.
func caseOfIDs(s scene) {
	made := s.insert(here, pair("api", "app"))
	upperEnv := pair("api", "app")
	upperEnv.Env = "DEV"
	for _, other := range []grant.Authorization{upperEnv, pair("API", "app"), pair("api", "App")} {
		find := func(tx grant.Reader) ([]grant.Authorization, error) {
			return tx.Authorizations(s.Context(), here, other.Env, []grant.APIID{other.API}, []grant.AppID{other.App})
		}
		var before, after []grant.Authorization
		record := []grant.Authorization{other}
		s.update(func(tx grant.Tx) (err error) {
			if before, err = find(tx); err != nil {
				return err
			}
			if err := tx.Insert(s.Context(), here, record); err != nil {
				return err
			}
			after, err = find(tx)
			return err
		})
		if len(before) != 0 {
			s.Errorf("found %v as %v", before, other)
		}
		s.diff("the other one", record, after)
	}
	s.diff("the first one", made, s.findOne(here, "api"))
}

// Among them are two spellings of the same letter, signs with a meaning in SQL,
// JSON and HTML, and what doesn't fit in 16 bits.
func unicodeIDs(s scene) {
	ids := []string{
		"größe", "gro\u0308\u00dfe", "Größe", "名前", "𝔘𝔫𝔦", "🗝️", "\u2028", "a b", " a", "a ", "a\n", "a'b", `a"b`, `a\b`, "a<&>b", "a%b", "a_b",
	}
	realm := grant.Realm{Service: grant.APIG, Project: "größe", ID: "名前"}
	var records []grant.Authorization
	for _, id := range ids {
		record := pair(grant.APIID(id), grant.AppID(id))
		record.Env = "größe"
		records = append(records, record)
	}
	made := s.insert(realm, records...)
	for i, id := range ids {
		got := s.findIn(realm, "größe", []grant.APIID{grant.APIID(id)}, []grant.AppID{grant.AppID(id)})
		s.diff("by pair", made[i:i+1], got)
		byID, err := s.get(realm, made[i].ID)
		if err != nil {
			s.Error(err)
		}
		s.diff("by id", made[i], byID)
	}
}
