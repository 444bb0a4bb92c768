package storetest

import (
	"math"
	"time"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var controlCases = []testCase{
	{"clock/set", setClock},
	{"clock/of no project", clockOfNothing},
	{"fault/every field", faultFields},
	{"fault/times", faultTimes},
	{"fault/of a project", faultsOfProject},
	{"fault/of a project that goes", faultsGo},
}

func (s scene) setClock(project grant.ProjectID, at time.Time) error {
	return s.store.Update(s.Context(), project, func(tx grant.Tx) error { return tx.SetClock(s.Context(), project, at) })
}

func (s scene) clock(project grant.ProjectID) time.Time {
	s.Helper()
	r, err := s.revision(project)
	if err != nil {
		s.Errorf("revision of %s: %v", project, err)
	}
	return r.Clock
}

func setClock(s scene) {
	s.putProjects("project", "PROJECT")
	before, err := s.revision("project")
	if err != nil {
		s.Fatal(err)
	}
	for _, at := range []time.Time{
		noon, noon.Add(time.Microsecond), time.Unix(0, 0).UTC(), {}, // the epoch is not the zero time
		time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(22020, 8, 4, 4, 2, 22, 999999000, time.UTC),
	} {
		for _, given := range []time.Time{at, at.In(time.FixedZone("west", -7*3600))} {
			if err := s.setClock("project", given); err != nil {
				s.Errorf("set the clock to %v: %v", given, err)
			}
			s.diff("clock", at, s.clock("project"))
			s.diff("another clock", time.Time{}, s.clock("PROJECT"))
		}
	}
	if err := s.setClock("project", noon); err != nil {
		s.Error(err)
	}
	after, err := s.revision("project")
	s.diff("revision", grant.Revision{Number: before.Number, Clock: noon}, after)
	s.diff("error", nil, err)
	s.putProject(full("project"))
	s.diff("clock with other contents", noon, s.clock("project"))
	s.dropProject("project")
	s.putProjects("project")
	s.diff("clock of a new project", time.Time{}, s.clock("project"))
}

func clockOfNothing(s scene) {
	s.wantNotFound("in an empty store", grant.NounProject, "project", s.setClock("project", noon))
	s.insert(here, pair("api", "app"))
	s.wantNotFound("where there are but records", grant.NounProject, "project", s.setClock("project", noon))
	s.putProjects("project")
	for _, project := range []grant.ProjectID{"", "PROJECT", "project2", "projec_", "%"} {
		s.wantNotFound("set", grant.NounProject, string(project), s.setClock(project, noon))
		s.wantNotFound("let run", grant.NounProject, string(project), s.setClock(project, time.Time{}))
	}
	s.diff("the clock there is", time.Time{}, s.clock("project"))
}

func (s scene) insertFaults(project grant.ProjectID, faults ...grant.Fault) {
	s.Helper()
	s.updateIn(project, func(tx grant.Tx) error {
		for _, f := range faults {
			if err := tx.InsertFault(s.Context(), project, f); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s scene) faults(project grant.ProjectID) []grant.Fault {
	s.Helper()
	return mustLook(s, func(r grant.Reader) ([]grant.Fault, error) { return r.Faults(s.Context(), project) })
}

// wantFaults compares faults, of whose ids it is only known that they differ.
func (s scene) wantFaults(project grant.ProjectID, want ...grant.Fault) (ids []int64) {
	s.Helper()
	got := s.faults(project)
	seen := map[int64]bool{}
	for i := range got {
		ids = append(ids, got[i].ID)
		seen[got[i].ID], got[i].ID = true, 0
	}
	s.diff("how many ids in "+string(project), len(got), len(seen))
	s.diff("faults of "+string(project), want, got)
	if r, err := s.revision(project); err == nil {
		s.diff("whether there are faults in "+string(project), len(want) > 0, r.Faulty)
	}
	return ids
}

func (s scene) setTimes(id int64, times int) {
	s.Helper()
	s.update(func(tx grant.Tx) error { return tx.SetFaultTimes(s.Context(), id, times) })
}

func faultFields(s scene) {
	s.putProjects("project")
	s.wantFaults("project")
	want := []grant.Fault{
		{Operation: "z", Times: math.MaxInt32, Delay: time.Nanosecond, Status: 599, RetryAfter: 3600},
		{Operation: "größe <&>", Times: 1, Delay: 24 * time.Hour},
		{Operation: "a", Times: 2, Status: 503},
		{Operation: "a", Times: 2, Status: 503},
		{Operation: "CreateAuthorizingAppsV2", Times: 3, Pairs: []grant.Pair{{API: "z", App: "größe"}, {API: "a", App: ""}, {API: "z", App: "größe"}}},
	}
	s.insertFaults("project", want[:2]...)
	s.insertFaults("project", want[2:]...)
	s.wantFaults("project", want...)
}

func faultTimes(s scene) {
	s.putProjects("project")
	a, b, c := grant.Fault{Operation: "a", Times: 3, Status: 500}, grant.Fault{Operation: "b", Times: 1, Delay: time.Second}, grant.Fault{Operation: "c", Times: 2, Status: 400}
	s.insertFaults("project", a, b, c)
	ids := s.wantFaults("project", a, b, c)
	if len(ids) != 3 {
		s.Fatalf("ids %v", ids)
	}
	s.setTimes(ids[0], 2)
	a.Times = 2
	s.diff("ids after counting", ids, s.wantFaults("project", a, b, c))
	s.setTimes(ids[1], 0)
	s.wantFaults("project", a, c)
	s.setTimes(ids[1], 5) // that is gone
	s.setTimes(ids[1], 0)
	s.wantFaults("project", a, c)
	s.insertFaults("project", b)
	s.wantFaults("project", a, c, b)
	s.setTimes(ids[0], 0)
	s.setTimes(ids[2], 0)
	last := s.wantFaults("project", b)
	s.setTimes(last[0], 0)
	s.wantFaults("project")
	s.insertFaults("project", a)
	s.wantFaults("project", a)
}

func faultsOfProject(s scene) {
	projects := []grant.ProjectID{"project", "PROJECT", "größe", "gro\u0308\u00dfe"}
	s.putProjects(projects...)
	for round := range 2 {
		for _, project := range projects {
			s.insertFaults(project, grant.Fault{Operation: string(project), Times: round + 1})
		}
	}
	for _, project := range projects {
		s.wantFaults(project, grant.Fault{Operation: string(project), Times: 1}, grant.Fault{Operation: string(project), Times: 2})
	}
	for _, project := range []grant.ProjectID{"", "projec_", "%", "unknown"} {
		s.wantFaults(project)
	}
	err := s.try(func(tx grant.Tx) error {
		return tx.InsertFault(s.Context(), "unknown", grant.Fault{Operation: "a", Times: 1})
	})
	if err == nil {
		s.Error("a project that doesn't exist has a fault")
	}
}

// They go with the project, and only then.
func faultsGo(s scene) {
	fault := grant.Fault{Operation: "a", Times: 1}
	for what, remove := range map[string]func(tx grant.Tx, id grant.ProjectID) error{
		"dropped": func(tx grant.Tx, id grant.ProjectID) error { return tx.DropProject(s.Context(), id) },
		"deleted": func(tx grant.Tx, id grant.ProjectID) error { return tx.DeleteProject(s.Context(), id) },
	} {
		project, other := grant.ProjectID(what), grant.ProjectID("not "+what)
		s.putProjects(project, other)
		s.insertFaults(project, fault)
		s.insertFaults(other, fault)
		s.putProject(full(project))
		s.wantFaults(project, fault)
		s.updateIn(project, func(tx grant.Tx) error { return remove(tx, project) })
		s.wantFaults(project)
		s.putProjects(project)
		s.wantFaults(project)
		s.wantFaults(other, fault)
	}
}
