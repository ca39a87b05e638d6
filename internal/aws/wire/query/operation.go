package query

import (
	"context"
	"fmt"

	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/xmlwire"
	"postern/internal/gateway/message"
)

// Operation is one operation with the code that serves it.
type Operation struct {
	// Name is AWS's name, the value of the parameter Action.
	Name string
	run  func(ctx context.Context, call *wire.Call, form *Node) (write func(*xmlwire.Writer), err error)
}

// Handle gives the operation that decodes In, calls handle, and writes Out.
func Handle[In, Out any](
	name string,
	decode func(*Node, *In) error,
	handle func(context.Context, *wire.Call, *In) (*Out, error),
	write func(*xmlwire.Writer, *Out),
) Operation {
	return Operation{name, func(ctx context.Context, call *wire.Call, form *Node) (func(*xmlwire.Writer), error) {
		input := new(In)
		if err := decode(form, input); err != nil {
			return nil, err
		}
		output, err := handle(ctx, call, input)
		if err != nil {
			return nil, err
		}
		if output == nil {
			return nil, fmt.Errorf("%s gave neither output nor error", name)
		}
		return func(w *xmlwire.Writer) { write(w, output) }, nil
	}}
}

// HandleEmpty gives the operation that decodes In, calls handle, and has no output.
func HandleEmpty[In any](
	name string,
	decode func(*Node, *In) error,
	handle func(context.Context, *wire.Call, *In) error,
) Operation {
	return Operation{name, func(ctx context.Context, call *wire.Call, form *Node) (func(*xmlwire.Writer), error) {
		input := new(In)
		if err := decode(form, input); err != nil {
			return nil, err
		}
		return nil, handle(ctx, call, input)
	}}
}

// Table finds operations by name and version.
type Table struct {
	version    string
	operations map[string]Operation
}

// NewTable gives the table of the operations of one version of a service.
func NewTable(version string, operations []Operation) Table {
	t := Table{version, make(map[string]Operation, len(operations))}
	for _, operation := range operations {
		t.operations[operation.Name] = operation
	}
	return t
}

// Run runs the operation that the call addresses, which it names in call.Operation. write is nil when the operation has
// no output.
func (t Table) Run(ctx context.Context, call *wire.Call) (write func(*xmlwire.Writer), err error) {
	form, err := ParseForm(call.Request)
	if err != nil {
		return nil, err
	}
	call.Operation = form.Child("Action").Text()
	if call.Operation == "" {
		return nil, awserr.MissingAction.Errorf("The request must contain the parameter Action")
	}
	version := form.Child("Version").Text()
	if version == "" {
		version = "NO_VERSION_SPECIFIED"
	}
	operation, ok := t.operations[call.Operation]
	if version != t.version {
		return nil, awserr.InvalidAction.Errorf("Could not find operation %s for version %s", call.Operation, version)
	}
	if !ok {
		return nil, wire.Unimplemented(call.Operation)
	}
	return operation.run(ctx, call, form)
}

// Operation names the operation that a request addresses; empty when there is none.
func (t Table) Operation(req *message.Request) string {
	form, err := ParseForm(req)
	if err != nil {
		return ""
	}
	name := form.Child("Action").Text()
	if _, ok := t.operations[name]; !ok {
		return ""
	}
	return name
}
