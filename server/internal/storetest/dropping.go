package storetest

import (
	"errors"

	"github.com/appgrant/appgrant/server/internal/grant"
)

// The revision of contents that were never kept is not that of others.
func revisionUndone(s scene) {
	s.putProject(grant.Project{ID: "project"})
	var undone []int64
	for range 3 {
		_ = s.try(func(tx grant.Tx) error {
			if err := tx.PutProject(s.Context(), full("project")); err != nil {
				return err
			}
			r, err := tx.Revision(s.Context(), "project")
			if err != nil {
				return err
			}
			undone = append(undone, r.Number)
			return errors.New("refused")
		})
		s.putProject(grant.Project{ID: "project"})
		kept, err := s.revision("project")
		if err != nil {
			s.Fatal(err)
		}
		for _, number := range undone {
			if number == kept.Number {
				s.Errorf("the revision %d was that of other contents", number)
			}
		}
	}
	s.diff("how many were undone", 3, len(undone))
}

// What was recorded stays, for when the project comes back, and so does what else
// its members are.
func dropProject(s scene) {
	s.putProject(full("project"))
	s.putProject(full("other"))
	in := map[grant.ProjectID][]grant.Permission{"project": {grant.MayAuthorizeApps}, "other": {grant.MayDeleteAppCode}}
	s.putUser(user("ann", in))
	made := s.insert(here, pair("api", "app"), pair("api2", "app"))
	s.end(made[1].ID)
	application := s.apply(workspace, "api", "app")
	s.insertCodes(here, "app", "code")
	s.seed("seed")

	records := func(when string) {
		s.Helper()
		s.diff("records "+when, made[:1], s.find(here, []grant.APIID{"api", "api2"}, []grant.AppID{"app"}))
		ended := made[1]
		ended.Ended, ended.Cause = noon, grant.Cancelled
		s.diff("ended record "+when, ended, s.last("api2", "app"))
		s.diff("application "+when, application, s.application(application.ID))
		s.wantApp(here, "code", "app")
		if unseen := s.seed("seed"); len(unseen) != 0 {
			s.Errorf("%v is forgotten %s", unseen, when)
		}
		s.wantUser("token of ann", user("ann", nil))
		s.wantMembership("ann", "project", false)
		s.wantMembership("ann", "other", true, grant.MayDeleteAppCode)
		s.wantContents(full("other"))
	}
	s.dropProject("project")
	s.wantNoProject("project")
	records("without the project")
	s.putProject(grant.Project{ID: "project"})
	s.wantContents(grant.Project{ID: "project"})
	records("when it is back")
}

func dropUnknown(s scene) {
	s.dropProject("project")
	s.putProject(full("project"))
	for _, id := range []grant.ProjectID{"", "PROJECT", "%", "größe"} {
		s.dropProject(id)
	}
	s.wantContents(full("project"))
	s.dropProject("project")
	s.dropProject("project")
	s.wantNoProject("project")
}
