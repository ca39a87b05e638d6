package lambda

import (
	"context"
	"slices"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
	"postern/internal/store"
)

// GetFunction answers a function, version or alias, with its tags and where its code can be fetched.
func (l *Lambda) GetFunction(ctx context.Context, call *wire.Call, in *model.GetFunctionRequest) (*model.GetFunctionResponse, error) {
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return view(ctx, l, at.scope, func(r records) (*model.GetFunctionResponse, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		v, _, err := r.version(f, at)
		if err != nil {
			return nil, err
		}
		out := &model.GetFunctionResponse{
			Configuration: configuration(at, v),
			Code:          &model.FunctionCodeLocation{RepositoryType: new("S3"), Location: new(l.location(at, v))},
			Tags:          f.Tags,
		}
		if f.Reserved != nil {
			out.Concurrency = &model.Concurrency{ReservedConcurrentExecutions: f.Reserved}
		}
		return out, nil
	})
}

// GetFunctionConfiguration answers a function, version or alias.
func (l *Lambda) GetFunctionConfiguration(ctx context.Context, call *wire.Call, in *model.GetFunctionConfigurationRequest) (*model.FunctionConfiguration, error) {
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return view(ctx, l, at.scope, func(r records) (*model.FunctionConfiguration, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		v, _, err := r.version(f, at)
		if err != nil {
			return nil, err
		}
		return configuration(at, v), nil
	})
}

// maxPage is how many functions an answer lists, whatever is asked for.
// Source: Lambda API reference, ListFunctions, MaxItems.
const maxPage = 50

// ListFunctions answers functions in order of their names, with all of their versions when FunctionVersion is ALL.
func (l *Lambda) ListFunctions(ctx context.Context, call *wire.Call, in *model.ListFunctionsRequest) (*model.ListFunctionsResponse, error) {
	out := &model.ListFunctionsResponse{Functions: []model.FunctionConfiguration{}}
	if region := valueOr(in.MasterRegion, "ALL"); region != "ALL" { // functions of Lambda@Edge: there are none
		return out, nil
	}
	scope := scopeOf(call)
	size := min(valueOr(in.MaxItems, maxPage), maxPage)
	return view(ctx, l, scope, func(r records) (*model.ListFunctionsResponse, error) {
		all, err := list[function](r, kindFunction, "")
		if err != nil {
			return nil, err
		}
		all, out.NextMarker = page(all, in.Marker, size, func(f *function) string { return f.Name })
		for _, f := range all {
			if in.FunctionVersion == nil {
				out.Functions = append(out.Functions, *configuration(ref{scope: scope, name: f.Name}, &f.Latest))
				continue
			}
			versions, err := r.allVersions(f)
			if err != nil {
				return nil, err
			}
			for _, v := range versions {
				out.Functions = append(out.Functions, *configuration(ref{scope, f.Name, v.Number}, v))
			}
		}
		return out, nil
	})
}

// allVersions is $LATEST and what was published, the oldest first.
func (r records) allVersions(f *function) ([]*version, error) {
	published, err := r.versions(f.Name)
	return append([]*version{&f.Latest}, published...), err
}

// ListVersionsByFunction answers the versions of a function, $LATEST first.
func (l *Lambda) ListVersionsByFunction(ctx context.Context, call *wire.Call, in *model.ListVersionsByFunctionRequest) (*model.ListVersionsByFunctionResponse, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	return view(ctx, l, at.scope, func(r records) (*model.ListVersionsByFunctionResponse, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		versions, err := r.allVersions(f)
		if err != nil {
			return nil, err
		}
		out := &model.ListVersionsByFunctionResponse{Versions: []model.FunctionConfiguration{}}
		// Terraform asks for 10000 and follows no marker.
		versions, out.NextMarker = page(versions, in.Marker, valueOr(in.MaxItems, maxPage), func(v *version) string { return v.Number })
		for _, v := range versions {
			out.Versions = append(out.Versions, *configuration(ref{at.scope, at.name, v.Number}, v))
		}
		return out, nil
	})
}

// page gives the elements after the one that the marker names, and the marker of the next page.
func page[T any](all []*T, marker *string, size int, name func(*T) string) ([]*T, *string) {
	if marker != nil && *marker != "" {
		i := slices.IndexFunc(all, func(v *T) bool { return name(v) == *marker })
		all = all[i+1:]
	}
	if len(all) <= size {
		return all, nil
	}
	return all[:size], new(name(all[size-1]))
}

// GetAccountSettings answers the quotas and what is used of them.
func (l *Lambda) GetAccountSettings(ctx context.Context, call *wire.Call, _ *model.GetAccountSettingsRequest) (*model.GetAccountSettingsResponse, error) {
	return view(ctx, l, scopeOf(call), func(r records) (*model.GetAccountSettingsResponse, error) {
		all, err := list[function](r, kindFunction, "")
		if err != nil {
			return nil, err
		}
		var size int64
		unreserved := l.options.ConcurrentExecutions
		for _, f := range all {
			versions, err := r.allVersions(f)
			if err != nil {
				return nil, err
			}
			for _, v := range versions {
				size += v.Code.Size
			}
			unreserved -= valueOr(f.Reserved, 0)
		}
		return &model.GetAccountSettingsResponse{
			AccountLimit: &model.AccountLimit{
				TotalCodeSize: new(int64(80530636800)), CodeSizeUnzipped: new(int64(262144000)), CodeSizeZipped: new(int64(52428800)),
				ConcurrentExecutions: new(l.options.ConcurrentExecutions), UnreservedConcurrentExecutions: &unreserved,
			},
			AccountUsage: &model.AccountUsage{TotalCodeSize: &size, FunctionCount: new(int64(len(all)))},
		}, nil
	})
}

// exists refuses an operation about a function that is not there.
func (l *Lambda) exists(ctx context.Context, at ref) error {
	return l.options.Store.View(ctx, func(tx store.Tx) error {
		r := records{tx: tx, scope: at.scope}
		f, err := r.function(at)
		if err == nil {
			_, _, err = r.version(f, at)
		}
		return err
	})
}

// GetFunctionCodeSigningConfig answers that the function's code need not be signed.
func (l *Lambda) GetFunctionCodeSigningConfig(ctx context.Context, call *wire.Call, in *model.GetFunctionCodeSigningConfigRequest) (*model.GetFunctionCodeSigningConfigResponse, error) {
	at, err := unqualified(call, in.FunctionName)
	if err == nil {
		err = l.exists(ctx, at)
	}
	if err != nil {
		return nil, err
	}
	return &model.GetFunctionCodeSigningConfigResponse{CodeSigningConfigARN: new(""), FunctionName: &at.name}, nil
}

// GetFunctionRecursionConfig answers the default: Lambda ends recursive loops.
func (l *Lambda) GetFunctionRecursionConfig(ctx context.Context, call *wire.Call, in *model.GetFunctionRecursionConfigRequest) (*model.GetFunctionRecursionConfigResponse, error) {
	at, err := unqualified(call, in.FunctionName)
	if err == nil {
		err = l.exists(ctx, at)
	}
	if err != nil {
		return nil, err
	}
	return &model.GetFunctionRecursionConfigResponse{RecursiveLoop: new("Terminate")}, nil
}

// GetRuntimeManagementConfig answers the default: the runtime is kept up to date.
func (l *Lambda) GetRuntimeManagementConfig(ctx context.Context, call *wire.Call, in *model.GetRuntimeManagementConfigRequest) (*model.GetRuntimeManagementConfigResponse, error) {
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err == nil {
		err = l.exists(ctx, at)
	}
	if err != nil {
		return nil, err
	}
	if at.qualifier == "" {
		at.qualifier = latest
	}
	return &model.GetRuntimeManagementConfigResponse{UpdateRuntimeOn: new("Auto"), FunctionARN: new(at.arn())}, nil
}
