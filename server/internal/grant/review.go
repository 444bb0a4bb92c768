package grant

import (
	"context"
	"strings"
)

// Answer settles an application or a notice of DataArts Studio.
type Answer struct {
	Project ProjectID
	ID      ApplicationID
	Comment string
}

// Approve grants an application: the app is authorized until the end it asks for.
//
// Errors: WrongProject if the caller, unless the operator, is no member; NotFound
// project, application, or what it is about; Illegal if it is a notice, is
// settled, or the caller, unless the operator, doesn't review the API.
//
// openapi: ApproveApplication
func (a *Authority) Approve(ctx context.Context, caller Caller, answer Answer) (Application, error) {
	return a.answer(ctx, caller, answer, "ApproveApplication", approve)
}

// Reject turns an application down. An authorization there is goes on as it was.
//
// Errors: those of Approve.
//
// openapi: RejectApplication
func (a *Authority) Reject(ctx context.Context, caller Caller, answer Answer) (Application, error) {
	return a.answer(ctx, caller, answer, "RejectApplication", reject)
}

// Execute carries out a notice before its deadline: the authorization ends now.
//
// Errors: those of Approve; Illegal if it is no notice, is settled, or the caller,
// unless the operator, doesn't own the app.
//
// openapi: ExecuteMessage
func (a *Authority) Execute(ctx context.Context, caller Caller, answer Answer) (Application, error) {
	return a.answer(ctx, caller, answer, "ExecuteMessage", execute)
}

func (a *Authority) answer(ctx context.Context, caller Caller, answer Answer, operation string, m move) (Application, error) {
	if strings.ContainsRune(answer.Comment, 0) { // which not every database can keep
		return Application{}, &Error{Kind: Invalid, Field: "comment"}
	}
	var settled Application
	err := a.store.Update(ctx, answer.Project, func(tx Tx) error {
		if err := mustBelong(ctx, tx, caller, answer.Project); err != nil {
			return err
		}
		return a.doPermitted(ctx, tx, caller, answer.Project, operation, func(w *work) error {
			found, err := w.Application(ctx, answer.Project, answer.ID)
			if err != nil {
				return err
			}
			if err := w.mayAnswer(found, m); err != nil {
				return err
			}
			realm := Realm{DataArts, answer.Project, found.Workspace}
			r, err := w.relation(ctx, realm, found.Cluster, found.API, found.App)
			if err != nil {
				return err
			}
			if r.application == nil || r.application.ID != found.ID {
				return illegal("it is settled already")
			}
			r.until, r.role, r.comment = found.Until, Consumer, answer.Comment
			if err := r.make(ctx, m); err != nil {
				return err
			}
			settled, err = w.Application(ctx, answer.Project, answer.ID)
			return err
		})
	})
	return settled, err
}

// mayAnswer makes sure that the answer is one of those there are and that the
// caller is the one who gives it. Those it is no business of learn nothing else.
func (w *work) mayAnswer(a Application, m move) error {
	isNotice := a.Type == CancelByAPI
	reviews, owns := true, true
	refusal := onlyReviewers
	if isNotice {
		refusal = onlyAppOwners
	}
	_, api, app, err := w.dataAPI(a.Workspace, a.Cluster, a.API, a.App)
	switch {
	case w.caller.isOperator() && m != approve: // what has left the catalog can still be put to rest
	case err != nil:
		return err
	case !w.caller.isOperator():
		reviews, owns = api.reviewedBy(w.caller.Name), app.ownedBy(w.caller.Name)
	}
	switch {
	case !reviews && !owns:
		return illegal(refusal)
	case isNotice && m != execute:
		return illegal("a notice can be executed, not approved or rejected")
	case !isNotice && m == execute:
		return illegal("an application can be approved or rejected, not executed")
	case isNotice && !owns, !isNotice && !reviews:
		return illegal(refusal)
	}
	return nil
}

// mustBelong makes sure that the caller, unless the operator, is a member of the
// project.
func mustBelong(ctx context.Context, r Reader, caller Caller, project ProjectID) error {
	if caller.isOperator() {
		return nil
	}
	_, member, err := r.Permissions(ctx, caller.Name, project)
	if err == nil && !member {
		err = &Error{Kind: WrongProject}
	}
	return err
}
