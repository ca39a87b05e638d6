// Package ec2query is the protocol of EC2, a variant of query: lists have no names for their elements, answers no result
// element, and errors an envelope of their own.
//
// What comes in: the operations that a generated package gives, and calls. What goes out: typed inputs for the handlers,
// and their outputs or refusals as answers. It never looks into a handler's decisions.
//
// Source: EC2 developer guide, "Create and sign an Amazon EC2 Query API request"; recorded AWS answers.
package ec2query

import (
	"context"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/query"
	"postern/internal/aws/wire/xmlwire"
	"postern/internal/gateway/message"
)

const indent = "    "

// Protocol dispatches calls over the operations of EC2.
type Protocol struct {
	namespace string
	table     query.Table
}

// New gives the protocol for these operations.
func New(o query.Options, operations []query.Operation) *Protocol {
	return &Protocol{o.Namespace, query.NewTable(o.Version, operations)}
}

// Serve implements wire.Protocol. An operation without output says <return>true</return>.
func (p *Protocol) Serve(ctx context.Context, call *wire.Call, resp *message.Response) error {
	write, err := p.table.Run(ctx, call)
	if err != nil {
		return err
	}
	w := xmlwire.NewWriter(resp.Memory(), indent)
	w.Header()
	w.OpenIn(call.Operation+"Response", p.namespace)
	w.Element("requestId", call.RequestID)
	if write != nil {
		write(w)
	} else {
		w.Element("return", "true")
	}
	w.Close(call.Operation + "Response")
	finish(resp, 200, w)
	return nil
}

// Operation names the operation that a request addresses; empty when there is none.
func (p *Protocol) Operation(req *message.Request) string { return p.table.Operation(req) }

// Fail implements wire.Protocol.
func (p *Protocol) Fail(call *wire.Call, err *awserr.Error, resp *message.Response) {
	err = translate(call, err)
	w := xmlwire.NewWriter(resp.Memory(), "")
	w.Header()
	w.Open("Response")
	w.Open("Errors")
	w.Open("Error")
	w.Element("Code", err.Code.Name)
	w.Element("Message", err.Message)
	w.Close("Error")
	w.Close("Errors")
	w.Element("RequestID", call.RequestID)
	w.Close("Response")
	finish(resp, err.Code.Status, w)
}

func finish(resp *message.Response, status int, w *xmlwire.Writer) {
	resp.Status = status
	resp.Header.Add("Content-Type", "text/xml;charset=UTF-8")
	resp.SetBody(w.Bytes())
}

// translate gives EC2's word for an error that every service can answer with.
// Source: EC2 API reference, "Error codes for the Amazon EC2 API", Common client error codes.
func translate(call *wire.Call, err *awserr.Error) *awserr.Error {
	switch err.Code {
	case awserr.NotImplemented, awserr.InvalidAction:
		return awserr.InvalidAction.Errorf("The action %s is not valid for this web service. %s", call.Operation, err.Message)
	case awserr.MissingAction:
		return MissingParameter.Errorf("The request must contain the parameter Action")
	case awserr.MalformedInput, awserr.Serialization:
		return InvalidParameterValue.Errorf("%s", err.Message)
	case awserr.AccessDenied:
		return awserr.Code{Name: "UnauthorizedOperation", Status: 403}.Errorf("You are not authorized to perform this operation. %s", err.Message)
	case awserr.ExpiredToken:
		return awserr.Code{Name: "RequestExpired", Status: 400}.Errorf("Request has expired.")
	case awserr.InvalidSignature, awserr.UnrecognizedClient:
		return awserr.Code{Name: "AuthFailure", Status: 401}.Errorf("AWS was not able to validate the provided access credentials")
	case awserr.MissingAuthenticationToken:
		return awserr.Code{Name: "MissingParameter", Status: 400}.Errorf("The request must contain the parameter AWSAccessKeyId")
	case awserr.InternalFailure:
		return awserr.Code{Name: "InternalError", Status: 500}.Errorf("An internal error has occurred")
	}
	return err
}
