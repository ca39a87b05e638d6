package lambda

import (
	"strings"
	"time"

	functions "postern/internal/gateway/integration/lambda"
	"postern/internal/gateway/message"
	"postern/internal/gateway/observe"
)

// The lines of the execution log about an authorizer. A request without the identity that it wants leaves none.
// Sources: captured execution logs of test invocations, of a TOKEN and of a REQUEST authorizer, that ended well, in
// "Unauthorized" and in AuthorizerConfigurationException.

func logStart(a *Authorizer, x *message.Exchange) {
	if !x.Trace.On() {
		return
	}
	x.Trace.Addf("Starting authorizer: %s for request: %s", a.id, x.RequestID)
	identity := ""
	if a.token && len(a.sources) > 0 {
		identity = observe.Masked(a.sources[0].value(x))
	} else {
		var parts []string
		for i := range a.sources {
			parts = append(parts, a.sources[i].expression+"="+observe.Masked(a.sources[i].value(x)))
		}
		identity = "{" + strings.Join(parts, ", ") + "}"
	}
	observe.Line(x, "Incoming identity: ", identity)
}

func logInvocation(a *Authorizer, x *message.Exchange, in *functions.Invocation) {
	if !x.Trace.On() {
		return
	}
	header := message.Pairs{
		{Name: "x-amzn-lambda-integration-tag", Value: in.RequestID},
		{Name: "X-Amz-Date", Value: time.Now().UTC().Format("20060102T150405Z")},
		{Name: "x-amzn-apigateway-api-id", Value: a.apiID},
	}
	if a.role == "" {
		header.Add("X-Amz-Source-Arn", a.source)
	}
	header.Add("Accept", "application/json")
	header.Add("User-Agent", "AmazonAPIGateway_"+a.apiID)
	observe.Sending(x, a.uri, header, in.Payload)
}

func logAnswer(x *message.Exchange, reply []byte) {
	if x.Trace.On() {
		observe.Line(x, "Authorizer result body before parsing: ", string(reply))
	}
}

func logValid(x *message.Exchange, r *Result) {
	x.Trace.Addf("Using valid authorizer policy for principal: %s", observe.Masked(r.authorizer.PrincipalID))
	x.Trace.Addf("Successfully completed authorizer execution")
}

func logUnauthorized(x *message.Exchange) {
	if x.Trace.On() {
		x.Trace.Addf("Unauthorized request: %s", x.RequestID)
		x.Trace.Addf("Unauthorized")
	}
}

func logFailure(x *message.Exchange, reason string) {
	if x.Trace.On() {
		observe.Line(x, "Execution failed due to configuration error: ", reason)
		x.Trace.Addf("AuthorizerConfigurationException")
	}
}
