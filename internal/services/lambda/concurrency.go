package lambda

import (
	"context"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
)

// minUnreserved is how much concurrency must be left for functions that reserve none.
// Source: Lambda developer guide, "Configuring reserved concurrency for a function".
const minUnreserved = 100

// PutFunctionConcurrency reserves concurrency for a function, which may not use more; 0 stops it.
func (l *Lambda) PutFunctionConcurrency(ctx context.Context, call *wire.Call, in *model.PutFunctionConcurrencyRequest) (*model.Concurrency, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	return update(ctx, l, at, func(r records) (*model.Concurrency, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		all, err := list[function](r, kindFunction, "")
		if err != nil {
			return nil, err
		}
		left := l.options.ConcurrentExecutions - *in.ReservedConcurrentExecutions
		for _, other := range all {
			if other.Name != f.Name {
				left -= valueOr(other.Reserved, 0)
			}
		}
		if left < minUnreserved && *in.ReservedConcurrentExecutions > 0 {
			return nil, model.InvalidParameterValueException.Errorf("Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [%d].", minUnreserved)
		}
		f.Reserved = in.ReservedConcurrentExecutions
		return &model.Concurrency{ReservedConcurrentExecutions: f.Reserved}, r.putFunction(f)
	})
}

// GetFunctionConcurrency answers what is reserved for a function; nothing when nothing is.
func (l *Lambda) GetFunctionConcurrency(ctx context.Context, call *wire.Call, in *model.GetFunctionConcurrencyRequest) (*model.GetFunctionConcurrencyResponse, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	return view(ctx, l, at.scope, func(r records) (*model.GetFunctionConcurrencyResponse, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		return &model.GetFunctionConcurrencyResponse{ReservedConcurrentExecutions: f.Reserved}, nil
	})
}

// DeleteFunctionConcurrency reserves nothing for a function any more.
func (l *Lambda) DeleteFunctionConcurrency(ctx context.Context, call *wire.Call, in *model.DeleteFunctionConcurrencyRequest) error {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return err
	}
	_, err = update(ctx, l, at, func(r records) (struct{}, error) {
		f, err := r.function(at)
		if err != nil {
			return struct{}{}, err
		}
		f.Reserved = nil
		return struct{}{}, r.putFunction(f)
	})
	return err
}
