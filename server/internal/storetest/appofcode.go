package storetest

import "github.com/appgrant/appgrant/server/internal/grant"

var appOfCodeCases = []testCase{
	{"app of code/found", codeFound},
	{"app of code/unknown", codeUnknown},
	{"app of code/of another realm", codeElsewhere},
	{"app of code/removed", codeRemoved},
}

func (s scene) appOfCode(r grant.Realm, value grant.Hash) (grant.AppID, error) {
	s.Helper()
	return look(s, func(reader grant.Reader) (grant.AppID, error) { return reader.AppOfCode(s.Context(), r, value) })
}

// wantApp looks up whose AppCode has the value of codes(id).
func (s scene) wantApp(r grant.Realm, id grant.AppCodeID, want grant.AppID) {
	s.Helper()
	got, err := s.appOfCode(r, codes(id)[0].Value)
	if err != nil {
		s.Errorf("look up AppCode %s: %v", id, err)
	}
	s.diff("app of AppCode "+string(id), want, got)
}

// wantNoApp is wantApp for a value that no AppCode has. The error tells no hash.
func (s scene) wantNoApp(r grant.Realm, value grant.Hash) {
	s.Helper()
	_, err := s.appOfCode(r, value)
	s.wantNotFound("look up an AppCode that isn't there", grant.NounAppCode, "", err)
}

func codeFound(s scene) {
	s.insertCodes(here, "app", "code1", "code2")
	s.insertCodes(here, "größe", "code3")
	s.wantApp(here, "code1", "app")
	s.wantApp(here, "code2", "app")
	s.wantApp(here, "code3", "größe")

	// One whose id is there already is left as it is.
	other := []grant.AppCode{{ID: "code1", Value: grant.HashOf("another value")}}
	s.update(func(tx grant.Tx) error { return tx.InsertAppCodes(s.Context(), here, "app", other) })
	s.wantApp(here, "code1", "app")
	s.wantNoApp(here, grant.HashOf("another value"))
}

func codeUnknown(s scene) {
	s.wantNoApp(here, codes("code")[0].Value) // the realm is unknown yet
	s.insertCodes(here, "app", "code")
	flipped := codes("code")[0].Value
	flipped[31] ^= 1
	for _, value := range []grant.Hash{{}, flipped, grant.HashOf(""), grant.HashOf("code"), codes("CODE")[0].Value} {
		s.wantNoApp(here, value)
	}
}

// Two realms may have the same value, for two apps.
func codeElsewhere(s scene) {
	s.insertCodes(here, "app", "code")
	for _, r := range elsewhere {
		s.wantNoApp(r, codes("code")[0].Value)
	}
	for _, r := range elsewhere {
		s.insertCodes(r, grant.AppID("app of "+string(r.Service+"/")+string(r.Project+"/")+string(r.ID)), "code")
	}
	for _, r := range elsewhere {
		s.wantApp(r, "code", grant.AppID("app of "+string(r.Service+"/")+string(r.Project+"/")+string(r.ID)))
	}
	s.wantApp(here, "code", "app")
}

func codeRemoved(s scene) {
	s.insertCodes(here, "app", "code1", "code2")
	s.insertCodes(elsewhere[0], "app", "code1")
	s.wantCodes(here, "app", "code1")
	s.wantNoApp(here, codes("code1")[0].Value)
	s.wantApp(here, "code2", "app")
	s.wantApp(elsewhere[0], "code1", "app")
	s.insertCodes(here, "app2", "code1")
	s.wantApp(here, "code1", "app2")
}
