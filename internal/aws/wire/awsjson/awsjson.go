// Package awsjson is the protocol json, version 1.1: an operation is the header X-Amz-Target, its input and output are
// JSON bodies.
//
// What comes in: the operations that a generated package gives, and calls. What goes out: typed inputs for the handlers,
// and their outputs or refusals as answers. It never looks into a handler's decisions.
//
// Source: recorded AWS answers of CloudWatch Logs and ACM.
package awsjson

import (
	"context"
	"fmt"
	"strings"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/jsonwire"
	"postern/internal/gateway/message"
)

const contentType = "application/x-amz-json-1.1"

// Operation is one operation with the code that serves it.
type Operation struct {
	// Name is AWS's name.
	Name string
	run  func(ctx context.Context, call *wire.Call, resp *message.Response) error
}

// Handle gives the operation that decodes In, calls handle, and writes Out.
func Handle[In, Out any](
	name string,
	decode func(*message.Request, *In) error,
	handle func(context.Context, *wire.Call, *In) (*Out, error),
	write func([]byte, *Out) []byte,
) Operation {
	return Operation{name, func(ctx context.Context, call *wire.Call, resp *message.Response) error {
		input := new(In)
		if err := decode(call.Request, input); err != nil {
			return err
		}
		output, err := handle(ctx, call, input)
		if err != nil {
			return err
		}
		if output == nil {
			return fmt.Errorf("%s gave neither output nor error", name)
		}
		resp.SetBody(write(resp.Memory(), output))
		return nil
	}}
}

// HandleEmpty gives the operation that decodes In, calls handle, and answers without a body.
func HandleEmpty[In any](
	name string,
	decode func(*message.Request, *In) error,
	handle func(context.Context, *wire.Call, *In) error,
) Operation {
	return Operation{name, func(ctx context.Context, call *wire.Call, _ *message.Response) error {
		input := new(In)
		if err := decode(call.Request, input); err != nil {
			return err
		}
		return handle(ctx, call, input)
	}}
}

// Body reads the body into x. A body that is empty or null has no members.
func Body[T any](req *message.Request, x *T, read func(*jsonwire.Reader, *T)) error {
	text := string(req.Body)
	if strings.TrimLeft(text, " \t\r\n") == "" {
		return nil
	}
	r := jsonwire.NewReader(text)
	read(r, x)
	r.End()
	return r.Err()
}

// Protocol dispatches calls over the operations of one service.
type Protocol struct {
	prefix     string
	operations map[string]Operation
}

// New gives the protocol for these operations; targetPrefix is what stands before their names in X-Amz-Target,
// "Logs_20140328".
func New(targetPrefix string, operations []Operation) *Protocol {
	p := &Protocol{targetPrefix + ".", make(map[string]Operation, len(operations))}
	for _, operation := range operations {
		p.operations[operation.Name] = operation
	}
	return p
}

// Serve implements wire.Protocol.
func (p *Protocol) Serve(ctx context.Context, call *wire.Call, resp *message.Response) error {
	target, _ := call.Request.Header.GetFold("X-Amz-Target")
	name, ok := strings.CutPrefix(target, p.prefix)
	if !ok {
		return awserr.UnknownOperation.Errorf("The header X-Amz-Target must be %s followed by an operation, not %q", p.prefix, target)
	}
	call.Operation = name
	operation, ok := p.operations[name]
	if !ok {
		return wire.Unimplemented(name)
	}
	resp.Status = 200
	resp.Header.Add("Content-Type", contentType)
	return operation.run(ctx, call, resp)
}

// Operation names the operation that a request addresses; empty when there is none.
func (p *Protocol) Operation(req *message.Request) string {
	target, _ := req.Header.GetFold("X-Amz-Target")
	name, _ := strings.CutPrefix(target, p.prefix)
	if _, ok := p.operations[name]; !ok {
		return ""
	}
	return name
}

// Fail implements wire.Protocol. Every refusal has the status 400, whatever rest-json has for it.
func (p *Protocol) Fail(_ *wire.Call, err *awserr.Error, resp *message.Response) {
	code := err.Code.Name
	if err.Code == awserr.NotImplemented {
		code = awserr.UnknownOperation.Name
	}
	resp.Status = 400
	if err.Code.Status >= 500 && err.Code != awserr.NotImplemented {
		resp.Status = err.Code.Status
	}
	resp.Header.Add("Content-Type", contentType)
	b := append(resp.Memory(), '{')
	b = jsonwire.AppendOptional(b, "__type", &code, jsonwire.AppendString)
	b = jsonwire.AppendOptional(b, "message", &err.Message, jsonwire.AppendString)
	resp.SetBody(append(b, '}'))
}
