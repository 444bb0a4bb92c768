package storetest

import "github.com/appgrant/appgrant/server/internal/grant"

var appCodeCases = []testCase{
	{"app code/remove", removeAppCode},
	{"app code/unknown", unknownAppCodes},
	{"app code/duplicate", duplicateAppCode},
	{"app code/of another app or realm", sameAppCodeID},
}

// codes are AppCodes with these ids.
func codes(ids ...grant.AppCodeID) []grant.AppCode {
	return each(ids, func(id grant.AppCodeID) grant.AppCode {
		return grant.AppCode{ID: id, Value: grant.HashOf("value of " + string(id))}
	})
}

func (s scene) insertCodes(r grant.Realm, app grant.AppID, ids ...grant.AppCodeID) {
	s.Helper()
	s.updateIn(r.Project, func(tx grant.Tx) error { return tx.InsertAppCodes(s.Context(), r, app, codes(ids...)) })
}

func (s scene) removeCode(r grant.Realm, app grant.AppID, id grant.AppCodeID) error {
	return s.store.Update(s.Context(), r.Project, func(tx grant.Tx) error { return tx.RemoveAppCode(s.Context(), r, app, id) })
}

// wantCodes removes AppCodes, each of which must be there, once.
func (s scene) wantCodes(r grant.Realm, app grant.AppID, ids ...grant.AppCodeID) {
	s.Helper()
	for _, id := range ids {
		if err := s.removeCode(r, app, id); err != nil {
			s.Errorf("remove AppCode %s of %s: %v", id, app, err)
		}
		s.wantNoCode(r, app, id)
	}
}

func (s scene) wantNoCode(r grant.Realm, app grant.AppID, id grant.AppCodeID) {
	s.Helper()
	s.wantNotFound("remove an AppCode that isn't there", grant.NounAppCode, string(id), s.removeCode(r, app, id))
}

func removeAppCode(s scene) {
	s.insertCodes(here, "app")
	s.insertCodes(here, "app", "code1", "code2")
	s.insertCodes(here, "app", "code3", "größe")
	s.wantCodes(here, "app", "code2", "größe")
	s.wantCodes(here, "app", "code1", "code3")
	s.insertCodes(here, "app", "code1")
	s.wantCodes(here, "app", "code1")
}

func unknownAppCodes(s scene) {
	s.wantNoCode(here, "app", "code") // the realm is unknown yet
	s.insertCodes(here, "app", "code")
	for _, id := range []grant.AppCodeID{"", "x", "CODE", "code ", "cod_", "%", "' OR 1=1 --"} {
		s.wantNoCode(here, "app", id)
	}
	for _, app := range []grant.AppID{"", "x", "APP"} {
		s.wantNoCode(here, app, "code")
	}
	s.wantCodes(here, "app", "code")
}

// One that is there already, or twice in a batch, doesn't keep the others out.
func duplicateAppCode(s scene) {
	s.insertCodes(here, "app", "code")
	s.insertCodes(here, "app", "fresh", "code", "twice", "twice")
	s.wantCodes(here, "app", "code", "fresh", "twice")
}

func sameAppCodeID(s scene) {
	type place struct {
		realm grant.Realm
		app   grant.AppID
	}
	places := []place{{here, "app"}, {here, "app2"}, {here, "APP"}}
	for _, r := range elsewhere {
		places = append(places, place{r, "app"})
	}
	for i, p := range places {
		s.wantNoCode(p.realm, p.app, "code")
		s.insertCodes(p.realm, p.app, "code", "CODE")
		s.wantCodes(p.realm, p.app, "CODE")
		if i > 0 {
			s.wantNoCode(places[i-1].realm, places[i-1].app, "CODE")
		}
	}
	for _, p := range places {
		s.wantCodes(p.realm, p.app, "code")
	}
}
