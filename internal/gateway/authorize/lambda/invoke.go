package lambda

import (
	"context"
	"encoding/json"
	"errors"

	"postern/internal/eventloop"
	"postern/internal/gateway/gatewayresponse"
	functions "postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
)

// unauthorized is the one error message by which a function says 401; any other is a failure.
// Source: developer guide, "Use API Gateway Lambda authorizers".
const unauthorized = "Unauthorized"

// ask invokes the function and reads what it answers.
func (a *Authorizer) ask(ctx context.Context, x *message.Exchange, methodARN string) (*Result, error) {
	var event []byte
	if a.token {
		event = functions.AppendTokenEvent(nil, methodARN, a.sources[0].value(x))
	} else {
		event = functions.AppendRequestEvent(nil, x, methodARN)
	}
	in := &functions.Invocation{
		FunctionARN: a.function, Payload: event, PayloadIsJSON: true, Principal: functions.Principal{Role: a.role},
		SourceARN: a.source, SourceAccount: a.accountID, TraceID: x.TraceID, RequestID: x.RequestID,
	}
	logInvocation(a, x, in)
	ctx, cancel := context.WithTimeout(ctx, a.calls.Timeout)
	defer cancel()
	eventloop.Of(ctx).Block()
	start := a.calls.Now()
	answer, err := a.calls.Functions.Invoke(ctx, in)
	x.Observed.AuthorizerIntegrationLatency = a.calls.Now().Sub(start)
	if err != nil {
		return nil, failed(x, reasonOf(err))
	}
	x.Observed.AuthorizerIntegrationStatus, x.Observed.AuthorizerRequestID = answer.Status, answer.RequestID
	if answer.Status != 200 {
		return nil, failed(x, refusal(&answer))
	}
	if answer.FunctionError != "" && errorMessage(answer.Payload) == unauthorized {
		logUnauthorized(x)
		return nil, gatewayresponse.Unauthorized
	}
	logAnswer(x, answer.Payload)
	if answer.FunctionError != "" {
		return nil, failed(x, "Authorizer function failed with "+answer.FunctionError+" error: "+errorMessage(answer.Payload))
	}
	result, err := Parse(answer.Payload)
	if err != nil {
		return nil, failed(x, err.Error())
	}
	return result, nil
}

// failed is the answer of an authorizer that does not work.
func failed(x *message.Exchange, reason string) error {
	logFailure(x, reason)
	return gatewayresponse.AuthorizerConfiguration
}

// reasonOf says in the log why a function could not be invoked.
// Source: texts of captured logs of integrations; that authorizers have the same is inferred.
func reasonOf(err error) string {
	role, isRole := errors.AsType[*functions.RoleError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "Authorizer function timed out"
	case isRole:
		return "API Gateway does not have permission to assume the provided role " + role.Role
	case errors.Is(err, functions.ErrPermission):
		return "Invalid permissions on Lambda function"
	case errors.Is(err, functions.ErrNoFunction):
		return "Invalid endpoint address"
	}
	return err.Error()
}

// refusal says in the log why Lambda did not run the function.
func refusal(answer *functions.Result) string {
	if text := errorMessage(answer.Payload); text != "" {
		return text
	}
	return "Invalid permissions on Lambda function"
}

// errorMessage is what a document about an error says.
func errorMessage(document []byte) string {
	var e struct {
		ErrorMessage string `json:"errorMessage"`
		Message      string `json:"message"`
	}
	if json.Unmarshal(document, &e) != nil {
		return ""
	}
	if e.ErrorMessage != "" {
		return e.ErrorMessage
	}
	return e.Message
}
