package storetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/appgrant/appgrant/server/internal/grant"
)

var transactionCases = []testCase{
	{"transaction/sees its own changes", seesItself},
	{"transaction/on any project", anyProject},
	{"transaction/error", failing},
	{"transaction/failed insert", failingInsert},
	{"transaction/error passed over", passedOver},
	{"transaction/panic", panicking},
	{"transaction/error comes back", errorComesBack},
}

func seesItself(s scene) {
	before := s.before()
	var during state
	s.update(func(tx grant.Tx) (err error) {
		if err := before.everything(s.Context(), tx); err != nil {
			return err
		}
		during, err = before.state(s.Context())(tx)
		return err
	})
	s.diff("after", during, mustLook(s, before.state(s.Context())))

	// The ids of what is new, and the revisions, are anything.
	want := before.was
	kept, ended, settled := before.made[0], before.made[1], before.asked[1]
	kept.Until, kept.Notice = noon, noon
	ended.Ended, ended.Cause = noon, grant.Forced
	settled.Status, settled.SettledAt, settled.SettledBy = grant.Passed, noon, "rita"
	made, other := pair("new", "app"), pair("kept", "app")
	made.ID, other.ID = during.Last["new"].ID, during.Elsewhere[0].ID
	want.Records, want.Elsewhere = []grant.Authorization{kept, made}, []grant.Authorization{other}
	want.Last = map[grant.APIID]grant.Authorization{"kept": kept, "ended": ended, "new": made}
	want.Applications = []grant.Application{before.asked[0], settled}
	want.Waiting = map[grant.APIID]grant.ApplicationID{"kept": before.asked[0].ID, "new": during.Waiting["new"]}
	want.Codes = map[grant.AppCodeID]grant.AppID{"new": "app"}
	want.Users = map[string]grant.User{"token of new": {Name: "kept", Token: grant.HashOf("token of new")}}
	want.Memberships = map[string]membership{
		"kept in project": {}, "kept in dropped": {}, "kept in new": {true, []grant.Permission{grant.MayAuthorizeApps}},
		"deleted in project": {}, "deleted in dropped": {}, "deleted in new": {},
	}
	want.Contents = map[grant.ProjectID]grant.Project{
		here.Project: {ID: here.Project, Apps: []grant.App{{ID: "new"}}}, "new": {ID: "new"},
	}
	want.Revisions = during.Revisions
	want.Applied = grant.AppliedCatalog{Sum: grant.HashOf("new")}
	s.diff("during", want, during)
	s.diff("how many projects", 2, len(during.Revisions))
	if during.Revisions[here.Project] == before.was.Revisions[here.Project] {
		s.Error("new contents, old revision")
	}
}

// Which project a transaction is on says what it waits for, not what it sees.
func anyProject(s scene) {
	for i, project := range []grant.ProjectID{"", "project", "of nobody", "größe"} {
		made := []grant.Authorization{pair("api", grant.AppID(fmt.Sprint("app", i)))}
		s.updateIn(project, func(tx grant.Tx) error {
			made[0].ID = ""
			return tx.Insert(s.Context(), here, made)
		})
		s.diff("made by a transaction on "+string(project), made, s.find(here, []grant.APIID{"api"}, []grant.AppID{made[0].App}))
	}
}

func failing(s scene) {
	before := s.before()
	refusal := errors.New("refused")
	for _, project := range []grant.ProjectID{here.Project, ""} {
		err := s.store.Update(s.Context(), project, func(tx grant.Tx) error {
			if err := before.everything(s.Context(), tx); err != nil {
				return err
			}
			return refusal
		})
		if !errors.Is(err, refusal) {
			s.Errorf("got the error %v", err)
		}
	}
	s.wantBefore(before)
}

// What is refused takes all else in its transaction with it.
func failingInsert(s scene) {
	before := s.before()
	taken := user("thief", nil)
	taken.Token = grant.HashOf("token of new") // by then
	for what, fn := range map[string]func(tx grant.Tx) error{
		"a second record": func(tx grant.Tx) error {
			return tx.Insert(s.Context(), here, []grant.Authorization{pair("new2", "app"), pair("kept", "app")})
		},
		"a second application": func(tx grant.Tx) error {
			a := asking(workspace, "kept", "app")
			return tx.InsertApplication(s.Context(), workspace, &a)
		},
		"a second holder of a token": func(tx grant.Tx) error { return tx.PutUser(s.Context(), taken) },
	} {
		reached := false
		err := s.try(func(tx grant.Tx) error {
			if err := before.everything(s.Context(), tx); err != nil {
				return err
			}
			reached = true
			return fn(tx)
		})
		if err == nil || !reached {
			s.Errorf("%s is accepted: %v", what, err)
		}
	}
	s.wantBefore(before)
}

// Whoever passes over what the database refused learns whether the rest was kept,
// alone or among others.
func passedOver(s scene) {
	s.insert(here, pair("taken", "app"))
	apis := make([]grant.APIID, 9)
	errs := make([]error, len(apis))
	try := func(i int) error {
		errs[i] = s.try(func(tx grant.Tx) error {
			err := tx.Insert(s.Context(), here, []grant.Authorization{pair(apis[i], "app")})
			_ = tx.Insert(s.Context(), here, []grant.Authorization{pair("taken", "app")})
			return err
		})
		return nil
	}
	for i := range apis {
		apis[i] = grant.APIID(fmt.Sprint("api", i))
	}
	s.concurrently(1, try)
	s.concurrently(len(apis)-1, func(i int) error { return try(i + 1) })
	for i, api := range apis {
		s.diff(fmt.Sprintf("whether %s was kept, the error being %v", api, errs[i]), errs[i] == nil, len(s.findOne(here, api)) == 1)
	}
}

func panicking(s scene) {
	before := s.before()
	recovered := func() (p any) {
		defer func() { p = recover() }()
		s.update(func(tx grant.Tx) error {
			panic(fmt.Sprintf("after %v", before.everything(s.Context(), tx)))
		})
		return nil
	}()
	if text := fmt.Sprint(recovered); !strings.HasPrefix(text, "after <nil>") {
		s.Errorf("the panic is %s", text)
	}
	s.wantBefore(before)
}

// So it does from a view.
func errorComesBack(s scene) {
	for _, want := range []*grant.Error{
		{Kind: grant.NotOwner, Field: grant.NounApp, Msg: "why"},
		{Kind: grant.Internal, Err: errors.New("the cause")},
	} {
		for what, run := range map[string]func(error) error{
			"update": func(err error) error { return s.try(func(grant.Tx) error { return err }) },
			"view": func(err error) error {
				return s.store.View(s.Context(), func(grant.Reader) error { return err })
			},
		} {
			err := run(want)
			if got, ok := errors.AsType[*grant.Error](err); !ok || got != want {
				s.Errorf("%s: got %v, want %v", what, err, want)
			}
			if err := run(fmt.Errorf("wrapped: %w", want)); !errors.Is(err, want) {
				s.Errorf("%s: got %v, want %v in it", what, err, want)
			}
		}
	}
}
