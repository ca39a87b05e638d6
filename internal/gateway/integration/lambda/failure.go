package lambda

import (
	"errors"
	"strconv"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/message"
)

// failure is what the client is answered when a function could not be invoked, and what the execution log says of it.
// Sources: captured replies and logs; the answer to a Lambda that cannot be reached is that of an HTTP backend.
func (f *function) failure(x *message.Exchange, err error) error {
	x.Trace.Notef("%v", err)
	switch {
	case errors.Is(err, ErrPermission):
		return misconfigured(500, "Invalid permissions on Lambda function")
	case errors.Is(err, ErrNoFunction):
		return misconfigured(500, "Function not found: "+f.arn)
	}
	return integration.UpstreamFailure(x, err)
}

// refused is what the client is answered when Lambda refused an invocation with a status of its own.
// Sources: captured logs for 403 (no permission) and 429, captured reply for 413, which has no trace id; the others follow
// them (inferred).
func refused(x *message.Exchange, result *Result) error {
	if result.Status == 403 {
		return misconfigured(500, "Invalid permissions on Lambda function")
	}
	x.Trace.Addf("Lambda invocation failed with status: %d. Lambda request id: %s", result.Status, result.RequestID)
	reason := configurationError + errorText(result.Payload)
	if result.Status == 413 {
		x.Called, x.Observed.IntegrationError = false, reason
		return gatewayresponse.RequestTooLong.WithLog(reason)
	}
	return gatewayresponse.Refused(500, reason)
}

const configurationError = "Execution failed due to configuration error: "

// misconfigured is what the execution log calls a configuration error, and the client is answered as a failed integration.
func misconfigured(status int, reason string) error {
	return gatewayresponse.Refused(status, configurationError+reason)
}

const malformedResponse = "Malformed Lambda proxy response"

// malformed is an answer of a function that breaks the contract of AWS_PROXY. Source: captured reply and log.
func malformed() error {
	return misconfigured(502, malformedResponse)
}

// failed is a function of an AWS_PROXY integration that ended with an error. Source: captured reply and log.
func failed(result *Result) error {
	return gatewayresponse.Refused(502, "Lambda execution failed with status "+strconv.Itoa(result.Status)+
		" due to customer function error: "+errorText(result.Payload)+". Lambda request id: "+result.RequestID)
}

// customerError is what access logs call the error of a function. Source: captured access log (AWS_PROXY); that it is so for
// functions that stream, and for AWS, is inferred.
func customerError(message string) string { return "Lambda Customer Function Error:" + message }

// errorText is errorMessage of the document that describes a function's error, or the message of Lambda's own refusals.
// A message that is no string is given as the JSON it is; "" without one.
func errorText(document []byte) string {
	s := scanner{text: document}
	text := ""
	for more := s.first('{', '}'); more; more = s.another('}') {
		name, value := s.member()
		if s.err != nil {
			break
		}
		switch string(name) {
		case `"errorMessage"`, `"message"`, `"Message"`:
			switch {
			case value[0] == '"':
				text = unquoted(value)
			case string(value) != "null":
				text = string(value)
			}
		}
	}
	return text
}
