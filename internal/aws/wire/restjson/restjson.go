// Package restjson is the protocol rest-json: an operation is a method and a path, its input travels in path, query
// string, headers and a JSON body, its output in a status, headers and a JSON body.
//
// What comes in: the route table that a generated package gives, and calls. What goes out: typed inputs for the
// handlers, and their outputs or refusals as answers. It never looks into a handler's decisions.
//
// HAL (Accept: application/hal+json) is answered as plain JSON, which every client of AWS's reads.
package restjson

import (
	"context"
	"fmt"
	"strconv"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/jsonwire"
	"postern/internal/gateway/message"
)

// Route is where an operation is found and what its success looks like.
type Route struct {
	// Name is AWS's name of the operation.
	Name string
	// Method and Path are what its requests have; a segment in braces matches any segment that is not empty.
	Method, Path string
	// Query is a parameter that its requests must have, "mode=import"; empty for none.
	Query string
	// Status is the HTTP status of its success.
	Status int
}

// Operation is a route with the code that serves it.
type Operation struct {
	Route
	serve func(ctx context.Context, call *wire.Call, in *Input, resp *message.Response) error
}

// Handle gives the operation that decodes In, calls handle, and writes Out.
func Handle[In, Out any](
	route Route,
	decode func(*Input, *In) error,
	handle func(context.Context, *wire.Call, *In) (*Out, error),
	write func(*message.Response, *Out),
) Operation {
	return Operation{route, func(ctx context.Context, call *wire.Call, in *Input, resp *message.Response) error {
		input := new(In)
		if err := decode(in, input); err != nil {
			return err
		}
		output, err := handle(ctx, call, input)
		if err != nil {
			return err
		}
		if output == nil {
			return fmt.Errorf("%s gave neither output nor error", route.Name)
		}
		resp.Status = route.Status
		write(resp, output)
		return nil
	}}
}

// HandleEmpty gives the operation that decodes In, calls handle, and answers without a body.
func HandleEmpty[In any](
	route Route,
	decode func(*Input, *In) error,
	handle func(context.Context, *wire.Call, *In) error,
) Operation {
	return Operation{route, func(ctx context.Context, call *wire.Call, in *Input, resp *message.Response) error {
		input := new(In)
		if err := decode(in, input); err != nil {
			return err
		}
		if err := handle(ctx, call, input); err != nil {
			return err
		}
		resp.Status = route.Status
		return nil
	}}
}

// JSON writes an output as the JSON body.
func JSON[Out any](write func([]byte, *Out) []byte) func(*message.Response, *Out) {
	return func(resp *message.Response, output *Out) {
		resp.Header.Add("Content-Type", "application/json")
		setBody(resp, write(resp.Memory(), output))
	}
}

// setBody makes body, which was built in resp's memory, the body, and lets the next answer use what it grew to.
func setBody(resp *message.Response, body []byte) {
	resp.SetMemory(body)
	resp.Body = body
}

// Protocol dispatches calls over a route table.
type Protocol struct {
	root node
	// forms are the members of the errors, by code; nil where every error has a message only.
	forms map[string]ErrorForm
}

// ErrorForm is which members an error's body has.
type ErrorForm struct {
	// Capital is true where the text is in "Message".
	Capital bool
	// Typed is true where "Type" says whose fault it is.
	Typed bool
}

// New gives the protocol for these operations.
func New(operations []Operation) *Protocol { return NewWith(operations, nil) }

// NewWith gives the protocol for the operations of a service whose errors have forms of their own.
func NewWith(operations []Operation, forms map[string]ErrorForm) *Protocol {
	p := &Protocol{forms: forms}
	for i := range operations {
		p.root.insert(&operations[i])
	}
	return p
}

// errNoOperation is what a path or verb without an operation answers: AWS looks for the permission before the operation.
// Source: public bug reports, aws/aws-sdk-php issue 1677 (API Gateway) and serverless/serverless pull request 1312 (Lambda).
var errNoOperation = awserr.AccessDenied.Errorf("Unable to determine service/operation name to be authorized")

// Serve implements wire.Protocol.
func (p *Protocol) Serve(ctx context.Context, call *wire.Call, resp *message.Response) error {
	in := Input{request: call.Request}
	operation := p.root.find(&in)
	if operation == nil {
		return errNoOperation
	}
	call.Operation = operation.Name
	return operation.serve(ctx, call, &in, resp)
}

// Operation names the operation that a request addresses; empty when there is none.
func (p *Protocol) Operation(req *message.Request) string {
	if operation := p.root.find(&Input{request: req}); operation != nil {
		return operation.Name
	}
	return ""
}

// Fail implements wire.Protocol.
// Source: recorded AWS answers (the code in x-amzn-ErrorType, the text in a lower-case "message").
func (p *Protocol) Fail(_ *wire.Call, err *awserr.Error, resp *message.Response) {
	err = p.known(err)
	resp.Status = err.Code.Status
	resp.Header.Add("x-amzn-ErrorType", err.Code.Name)
	resp.Header.Add("Content-Type", "application/json")
	if err.RetryAfterSeconds > 0 {
		resp.Header.Add("Retry-After", strconv.Itoa(err.RetryAfterSeconds))
	}
	setBody(resp, p.appendError(resp.Memory(), err))
}

// appendError appends an error's body. Source: recorded AWS answers ({"Type":"User","Message":"..."} of Lambda).
func (p *Protocol) appendError(b []byte, err *awserr.Error) []byte {
	form := p.forms[err.Code.Name]
	b = append(b, '{')
	if err.Reason != "" {
		b = jsonwire.AppendOptional(b, "Reason", &err.Reason, jsonwire.AppendString)
	}
	if form.Typed {
		fault := "User"
		if err.Code.Status >= 500 {
			fault = "Service"
		}
		b = jsonwire.AppendOptional(b, "Type", &fault, jsonwire.AppendString)
	}
	name := "message"
	if form.Capital {
		name = "Message"
	}
	b = jsonwire.AppendOptional(b, name, &err.Message, jsonwire.AppendString)
	if p.forms == nil {
		b = appendRetryAfter(b, err)
	}
	return append(b, '}')
}

// appendRetryAfter appends the member that API Gateway's errors have when they may tell how long to wait. That it is text
// when they do is inferred from the model. Source: public bug report, hashicorp/terraform-provider-aws issue 37605 (null).
func appendRetryAfter(b []byte, err *awserr.Error) []byte {
	switch err.Code {
	case awserr.LimitExceeded, awserr.TooManyRequests, awserr.ServiceUnavailable:
	default:
		return b
	}
	if err.RetryAfterSeconds == 0 {
		return append(b, `,"retryAfterSeconds":null`...)
	}
	return append(strconv.AppendInt(append(b, `,"retryAfterSeconds":"`...), int64(err.RetryAfterSeconds), 10), '"')
}

// known gives the refusal of an operation that Postern does not have, in the form of services other than API Gateway.
func (p *Protocol) known(err *awserr.Error) *awserr.Error {
	if p.forms == nil || err.Code != awserr.NotImplemented {
		return err
	}
	return awserr.UnknownOperation.Errorf("%s", err.Message)
}
