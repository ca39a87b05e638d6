// Package query is the protocol query: an operation is the parameter Action of a form, its input the other parameters,
// its output an XML document.
//
// What comes in: the operations that a generated package gives, and calls. What goes out: typed inputs for the handlers,
// and their outputs or refusals as answers. It never looks into a handler's decisions. EC2's variant is ec2query, which
// shares the forms.
//
// Source: IAM user guide, "Calling the IAM API using HTTP query requests"; recorded AWS answers.
package query

import (
	"context"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/xmlwire"
	"postern/internal/gateway/message"
)

// indent is that of the answers of IAM, STS and Elastic Load Balancing.
const indent = "  "

// Options are what the services differ in.
type Options struct {
	// Namespace is that of the answers, "https://iam.amazonaws.com/doc/2010-05-08/".
	Namespace string
	// Version is that of the API, "2010-05-08".
	Version string
}

// Protocol dispatches calls over the operations of one service.
type Protocol struct {
	namespace, version string
	table              Table
}

// New gives the protocol for these operations.
func New(o Options, operations []Operation) *Protocol {
	return &Protocol{o.Namespace, o.Version, NewTable(o.Version, operations)}
}

// Serve implements wire.Protocol.
func (p *Protocol) Serve(ctx context.Context, call *wire.Call, resp *message.Response) error {
	write, err := p.table.Run(ctx, call)
	if err != nil {
		return err
	}
	w := xmlwire.NewWriter(resp.Memory(), indent)
	w.OpenIn(call.Operation+"Response", p.namespace)
	if write != nil {
		w.Open(call.Operation + "Result")
		write(w)
		w.Close(call.Operation + "Result")
	}
	w.Open("ResponseMetadata")
	w.Element("RequestId", call.RequestID)
	w.Close("ResponseMetadata")
	w.Close(call.Operation + "Response")
	finish(resp, 200, w)
	return nil
}

// Operation names the operation that a request addresses; empty when there is none.
func (p *Protocol) Operation(req *message.Request) string { return p.table.Operation(req) }

// Fail implements wire.Protocol.
func (p *Protocol) Fail(call *wire.Call, err *awserr.Error, resp *message.Response) {
	err = p.translate(call, err)
	w := xmlwire.NewWriter(resp.Memory(), indent)
	w.OpenIn("ErrorResponse", p.namespace)
	w.Open("Error")
	fault := "Sender"
	if err.Code.Status >= 500 {
		fault = "Receiver"
	}
	w.Element("Type", fault)
	w.Element("Code", err.Code.Name)
	w.Element("Message", err.Message)
	w.Close("Error")
	w.Element("RequestId", call.RequestID)
	w.Close("ErrorResponse")
	finish(resp, err.Code.Status, w)
}

func finish(resp *message.Response, status int, w *xmlwire.Writer) {
	resp.Status = status
	resp.Header.Add("Content-Type", "text/xml")
	resp.SetBody(append(w.Bytes(), '\n'))
}

// translate gives this protocol's word for an error that every service can answer with.
// Source: IAM API reference, Common Errors.
func (p *Protocol) translate(call *wire.Call, err *awserr.Error) *awserr.Error {
	switch err.Code {
	case awserr.NotImplemented:
		return awserr.InvalidAction.Errorf("Could not find operation %s for version %s; %s", call.Operation, p.version, err.Message)
	case awserr.Validation:
		return renamed(err, awserr.ValidationError)
	case awserr.Serialization:
		return renamed(err, awserr.MalformedInput)
	case awserr.AccessDenied:
		return renamed(err, awserr.Code{Name: "AccessDenied", Status: 403})
	case awserr.ExpiredToken:
		return renamed(err, awserr.Code{Name: "ExpiredToken", Status: 403})
	case awserr.InvalidSignature:
		return renamed(err, awserr.Code{Name: "SignatureDoesNotMatch", Status: 403})
	case awserr.MissingAuthenticationToken:
		return renamed(err, awserr.Code{Name: "MissingAuthenticationToken", Status: 403})
	case awserr.UnrecognizedClient:
		return renamed(err, awserr.Code{Name: "InvalidClientTokenId", Status: 403})
	}
	return err
}

func renamed(err *awserr.Error, code awserr.Code) *awserr.Error {
	other := *err
	other.Code = code
	return &other
}
