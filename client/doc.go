// Package client authorizes apps to call APIs, and takes that back, in four cloud
// services: API Gateway (APIG), ROMA Connect, ModelArts and DataArts Studio, or in a
// server that implements the same contract, openapi/app-authorization.yaml.
//
//	c, err := client.New("https://gateway.example.com", client.WithToken(token))
//	...
//	result, err := c.APIG.AuthorizeApps(ctx, client.AppsToAuthorize{
//		ProjectID:  project,
//		InstanceID: gateway,
//		EnvID:      client.DefaultEnv,
//		AppIDs:     []string{app},
//		APIIDs:     []string{api},
//	})
//
// A nil error means that all of it is done. A [Client] is safe for concurrent use and
// is best made once.
//
// # Errors
//
// No error has a token, header or body in it. Ask for the first that fits:
//
//   - [*PartialError]: only some of a list is done, the class [ErrPartial], or none. The
//     result that comes with it tells which, and the errors in it tell why.
//   - [*Error]: the service refused or failed, or no answer came. Ask for a class of statuses
//     with errors.Is(err, [ErrNotFound]), for one code with
//     errors.Is(err, [Code]("APIG.3009")). In DataArts Studio everything that is wrong
//     with a request is [ErrBadRequest], also what does not exist: there only the
//     codes tell. MayBeDone tells whether it may have been done all the same.
//   - [*AnswerError]: the service did something else than its contract says. It tells
//     where the answer breaks it.
//   - [*InputError]: the call can't be made with these arguments. Nothing was sent.
//
// # Repeating
//
// A call is repeated, after a growing and random wait, when no answer came, and on 429
// and 5xx; see [Retry]. That is, wherever it is certain that the call was not carried
// out, or where carrying it out twice does what once does. Applying, renewing and
// cancelling in DataArts Studio are not such calls: another application might be
// made, or somebody's new authorization cancelled. A record or AppCode that is not found
// when its deletion is repeated is deleted. ModelArts says nothing that can be relied on
// there: see [Cancellation].
//
// # Time and size
//
// Every call takes a context. An attempt ends after [DefaultTimeout] unless
// [WithTimeout] says otherwise; the context ends the whole call. Lists that are longer
// than one request may have are sent in several, some of them at a time; what comes
// back is in the order of the lists.
//
// # Tokens
//
// [WithToken] is for one that outlives the program, [WithTokenSource] for those that
// expire. Redirects are not followed, since they would carry the token elsewhere.
package client
