package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/appgrant/appgrant/gen/types"
	"github.com/appgrant/appgrant/server/internal/grant"
)

// The kinds of error that are born in the transport, before the domain.
const (
	noRoute      grant.Kind = "no such route"
	noMethod     grant.Kind = "no such method"
	noToken      grant.Kind = "no token"
	tooLarge     grant.Kind = "body too large"
	badMediaType grant.Kind = "bad media type"
	malformed    grant.Kind = "malformed body" // Field: the member to blame, if any; Msg: why
	badPathID    grant.Kind = "bad id in the path"
	notReady     grant.Kind = "not ready"
	narrowToken  grant.Kind = "token for something else"
	controlsOff  grant.Kind = "test controls are off"
	throttled    grant.Kind = "throttled"
	faulty       grant.Kind = "fault that a test asked for"
	failedPair   grant.Kind = "pair that a test wanted to fail"
)

// cause is what decides an answer besides the service. An empty field stands for
// every field that has no entry of its own.
type cause struct {
	kind  grant.Kind
	field string
}

// answer is a status, an error_code and an error_msg. In the text, {field} and
// {msg} stand for the error's Field and Msg; {: field}, { field} and {: msg} stand
// for the same with ": " or " " before it, and for nothing if there is none.
type answer struct {
	status int
	code   string
	text   string
}

// answers has every answer there is to an error, by service. The empty service
// is the gateway in front of them all; its answers count where a service has
// none of its own.
var answers = map[grant.Service]map[cause]answer{
	"": {
		{noRoute, ""}:        {404, "APIGW.0101", "The API does not exist or has not been published in the environment."},
		{noMethod, ""}:       {405, "APIGW.0101", "The API does not exist or has not been published in the environment."},
		{tooLarge, ""}:       {413, "APIGW.0201", "body over the limit"},
		{throttled, ""}:      {429, "APIGW.0308", "The throttling threshold has been reached."},
		{faulty, ""}:         {0, "APIGW.9999", "a test asked for this"},
		{notReady, ""}:       {503, "APIGW.9999", "System error"},
		{grant.Internal, ""}: {500, "APIGW.9999", "System error"},
	},
	admin: {
		{noToken, ""}:            {401, "ADMIN.0401", "missing or wrong admin token"},
		{grant.UnknownToken, ""}: {401, "ADMIN.0401", "missing or wrong admin token"},
		{narrowToken, ""}:        {403, "ADMIN.0403", "this token may call ForwardAuth alone"},
		{controlsOff, ""}:        {403, "ADMIN.0403", "the server was started without --test-controls"},
		{badMediaType, ""}:       {400, "ADMIN.0400", "the body is not application/json"},
		{malformed, ""}:          {400, "ADMIN.0400", "malformed body: {msg}{: field}"},
		{grant.Missing, ""}:      {400, "ADMIN.0400", "missing: {field}"},
		{grant.Invalid, ""}:      {400, "ADMIN.0400", "bad value: {field}{: msg}"},
		{badPathID, ""}:          {400, "ADMIN.0400", "bad value: {field}"},
		{grant.NotFound, ""}:     {404, "ADMIN.0404", "{field} {msg} does not exist"},
		{grant.Illegal, ""}:      {409, "ADMIN.0409", "{msg}"},
		{grant.WrongProject, ""}: {409, "ADMIN.0409", "the user is no member of the project"},
		{grant.Conflict, ""}:     {409, "ADMIN.0409", "{msg}"},
		{tooLarge, ""}:           {413, "ADMIN.0413", "body over the limit"},
		{grant.Internal, ""}:     {500, "ADMIN.0500", "System error"},
	},
	grant.APIG: gatewayAnswers,
	grant.ROMA: gatewayAnswers,
	grant.ModelArts: {
		{noToken, ""}:                             {401, "ModelArts.0201", "Token doesn't exist."},
		{grant.UnknownToken, ""}:                  {401, "ModelArts.0203", "Invalid token."},
		{grant.ExpiredToken, ""}:                  {401, "ModelArts.0202", "Token expired."},
		{badMediaType, ""}:                        {400, "ModelArts.0104", "Parameter error."},
		{malformed, ""}:                           {400, "ModelArts.0104", "Parameter error.{ field}"},
		{grant.Missing, ""}:                       {400, "ModelArts.0104", "Parameter error.{ field}"},
		{grant.Invalid, ""}:                       {400, "ModelArts.0101", "Invalid Argument.{ field}"},
		{badPathID, ""}:                           {400, "ModelArts.0101", "Invalid Argument.{ field}"},
		{grant.NotFound, grant.NounWorkspace}:     {400, "ModelArts.0102", "workspace:{msg} not existed."},
		{grant.WrongProject, ""}:                  {403, "ModelArts.0210", "The project id in the request URL does not match the token."},
		{grant.NoPermission, ""}:                  {403, "ModelArts.0108", "You are not authorized to perform the ({msg}) operation."},
		{grant.Elsewhere, grant.NounAPI}:          {403, "ModelArts.3936", "The app-auth API {msg}."},
		{grant.NotFound, grant.NounService}:       {404, "ModelArts.3502", "Service {msg} does not exist."},
		{grant.NotFound, grant.NounApp}:           {404, "ModelArts.3923", "Application {msg} does not exist."},
		{grant.NotFound, grant.NounAPI}:           {404, "ModelArts.3935", "The app-auth API {msg} does not exist."},
		{grant.NotFound, grant.NounAuthorization}: {500, "ModelArts.3938", "Failed to unbind the app-auth API from the application because {msg} is not authorized to access it."},
		{grant.Internal, ""}:                      {500, "ModelArts.0010", "Internal error."},
	},
	grant.DataArts: {
		{noToken, ""}:                         {401, "APIGW.0301", "Incorrect IAM authentication information: x-auth-token not found"},
		{grant.UnknownToken, ""}:              {401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail"},
		{grant.ExpiredToken, ""}:              {401, "APIGW.0301", "Incorrect IAM authentication information: token expires, expires_at: {msg}"},
		{badMediaType, ""}:                    {400, "DLS.1000", "process failed"},
		{malformed, ""}:                       {400, "DLS.1000", "process failed{: field}"},
		{grant.Missing, ""}:                   {400, "DLS.1000", "process failed{: field}"},
		{grant.Invalid, ""}:                   {400, "DLS.1000", "process failed{: field}"},
		{badPathID, ""}:                       {400, "DLS.1000", "process failed{: field}"},
		{grant.WrongProject, ""}:              {403, "APIGW.0302", "The IAM user is not allowed to access the API."},
		{grant.NoPermission, ""}:              {403, "APIGW.0302", "The IAM user is not allowed to access the API."},
		{grant.NotFound, grant.NounWorkspace}: {400, "DLM.4001", "instance or workspace does not exist"},
		{grant.NotFound, grant.NounAPI}:       {400, "DLM.4018", "Api is not exist"},
		{grant.NotFound, grant.NounApp}:       {400, "DLM.4063", "application not found"},
		{grant.NotFound, grant.NounCluster}:   {400, "DLM.4215", "cluster does not exist"},
		{grant.Illegal, ""}:                   {400, "DLM.4182", "this action is illegal: {msg}"},
		{grant.Internal, ""}:                  {500, "DLS.1000", "process failed"},
	},
}

// gatewayAnswers are those of APIG, and of ROMA Connect, which speaks the same.
var gatewayAnswers = map[cause]answer{
	{noToken, ""}:                             {401, "APIG.1000", "Token missing. Log in again or try again later."},
	{grant.UnknownToken, ""}:                  {401, "APIG.1002", "Incorrect token or token resolution failed"},
	{grant.ExpiredToken, ""}:                  {401, "APIG.1001", "Session expired"},
	{badMediaType, ""}:                        {400, "APIG.2000", "Parameter error."},
	{malformed, ""}:                           {400, "APIG.2000", "Parameter error: Serialization error: {msg}{: field}"},
	{grant.Missing, ""}:                       {400, "APIG.2001", "The request parameters must be specified,parameterName:{field}. Please refer to the support documentation"},
	{grant.Invalid, ""}:                       {400, "APIG.2011", "Invalid parameter value,parameterName:{field}. Please refer to the support documentation"},
	{badPathID, ""}:                           {400, "APIG.2012", "Invalid parameter value,parameterName:{field}. Please refer to the support documentation"},
	{badPathID, "app_auth_id"}:                {400, "APIG.2012", "Invalid parameter value,parameterName:id. Please refer to the support documentation"},
	{grant.WrongProject, ""}:                  {403, "APIG.1005", "No permissions to request this method"},
	{grant.NoPermission, ""}:                  {403, "APIG.1005", "No permissions to request this method"},
	{grant.NotOwner, ""}:                      {403, "APIG.1005", "No permissions to request this method"},
	{grant.NotOwner, grant.NounAuthorization}: {403, "APIG.1109", "No permissions to perform operations on this app authorization record."},
	{grant.NotFound, grant.NounAPI}:           {404, "APIG.3002", "API {msg} does not exist"},
	{grant.NotFound, grant.NounEnv}:           {404, "APIG.3003", "Environment {msg} does not exist"},
	{grant.NotFound, grant.NounApp}:           {404, "APIG.3004", "App {msg} does not exist"},
	{grant.NotFound, grant.NounAuthorization}: {404, "APIG.3009", "The app authorization record does not exist,id:{msg}"},
	{grant.NotFound, grant.NounInstance}:      {404, "APIG.3030", "The instance does not exist;id:{msg}"},
	{grant.NotFound, grant.NounAppCode}:       {404, "APIG.3082", "The AppCode does not exist."},
	{failedPair, ""}:                          {500, "APIG.3500", "Failed to synchronize data to etcd"},
	{grant.Internal, ""}:                      {500, "APIG.9999", "System error"},
}

// answerTo finds the answer to an error. Whatever the tables don't know is an
// internal error of the service.
func answerTo(service grant.Service, err *grant.Error) answer {
	for _, c := range []cause{{err.Kind, err.Field}, {err.Kind, ""}} {
		for _, s := range []grant.Service{service, ""} {
			if found, ok := answers[s][c]; ok {
				found.text = fill(found.text, err)
				return found
			}
		}
	}
	return answerTo(service, &grant.Error{})
}

func fill(text string, err *grant.Error) string {
	joined := func(by, what string) string {
		if what == "" {
			return ""
		}
		return by + what
	}
	return strings.NewReplacer(
		"{field}", err.Field, "{: field}", joined(": ", err.Field), "{ field}", joined(" ", err.Field),
		"{msg}", err.Msg, "{: msg}", joined(": ", err.Msg),
	).Replace(text)
}

// fail writes the answer to an error and ends the request. The cause of a failure
// of our own goes to the log, with the request id that the caller sees.
func (a *api) fail(c *gin.Context, err error) {
	c.Abort()
	x := exchangeOf(c)
	var classed *grant.Error
	if !errors.As(err, &classed) {
		classed = &grant.Error{Err: err}
	}
	var service grant.Service
	if x.operation != nil {
		service = x.operation.service
	}
	answer := answerTo(service, classed)
	if answer.status >= http.StatusInternalServerError {
		level := slog.LevelError
		if clientLeft(c) { // nobody needs to look into that
			level = slog.LevelInfo
		}
		a.Logger.LogAttrs(c, level, "request failed", slog.String("request_id", x.requestID), slog.Any("error", err))
	}
	if !c.Writer.Written() { // else it is too late to say it
		a.write(c, answer)
	}
}

func (a *api) write(c *gin.Context, answer answer) {
	body := types.Error{ErrorCode: answer.code, ErrorMsg: answer.text}
	if strings.HasPrefix(answer.code, "APIGW.") {
		body.RequestId = requestIDOf(c)
	}
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // three strings always encode
	}
	c.Data(answer.status, "application/json", append(data, '\n'))
}

// clientLeft reports whether the client stopped waiting for the answer. What fails
// then fails for many reasons, on the way to the database or back.
func clientLeft(c *gin.Context) bool {
	return errors.Is(c.Request.Context().Err(), context.Canceled)
}

// failUnbound is for a parameter the generated binder refuses: one the contract
// lets pass, such as a header that stands there twice.
func (a *api) failUnbound(c *gin.Context, err error, _ int) {
	a.fail(c, &grant.Error{Kind: grant.Invalid, Field: unboundField(c, err), Err: err})
}

// unboundField finds out which parameter the binder's error is about.
func unboundField(c *gin.Context, err error) string {
	for _, p := range exchangeOf(c).operation.parameters {
		if strings.Contains(err.Error(), " "+p.Name) {
			return p.Name
		}
	}
	return ""
}
