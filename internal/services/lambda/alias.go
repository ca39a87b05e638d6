package lambda

import (
	"context"

	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
)

// CreateAlias names a version.
func (l *Lambda) CreateAlias(ctx context.Context, call *wire.Call, in *model.CreateAliasRequest) (*model.AliasConfiguration, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	return update(ctx, l, at, func(r records) (*model.AliasConfiguration, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		if _, err := get[alias](r, kindAlias, f.Name+"/"+*in.Name); !notFound(err) {
			if err != nil {
				return nil, err
			}
			return nil, model.ResourceConflictException.Errorf("Alias already exists: %s", ref{at.scope, at.name, *in.Name}.arn())
		}
		a := &alias{Name: *in.Name, Version: *in.FunctionVersion, Description: valueOr(in.Description, ""), RevisionID: *newRevision()}
		if in.RoutingConfig != nil {
			a.Weights = in.RoutingConfig.AdditionalVersionWeights
		}
		return r.keepAlias(f, at, a)
	})
}

// keepAlias writes an alias whose versions are there.
func (r records) keepAlias(f *function, at ref, a *alias) (*model.AliasConfiguration, error) {
	if err := r.checkAlias(at, a); err != nil {
		return nil, err
	}
	if err := put(r, kindAlias, f.Name+"/"+a.Name, a); err != nil {
		return nil, err
	}
	return aliasConfiguration(at, a), r.putFunction(f)
}

// checkAlias refuses an alias that cannot be routed.
// Source: Lambda developer guide, "Implement Lambda canary deployments using a weighted alias".
func (r records) checkAlias(at ref, a *alias) error {
	if a.Version != latest {
		if _, err := r.number(at, a.Version); err != nil {
			return err
		}
	}
	invalid := model.InvalidParameterValueException
	if len(a.Weights) > 1 {
		return invalid.Errorf("Number of items in AdditionalVersionWeights cannot be greater than 1")
	}
	for number := range a.Weights {
		switch {
		case a.Version == latest || number == latest:
			return invalid.Errorf("$LATEST is not supported for an alias pointing to more than 1 version")
		case number == a.Version:
			return invalid.Errorf("Invalid function version %s. Function version %s is already included in routing configuration.", number, number)
		}
		if _, err := r.number(at, number); err != nil {
			return err
		}
	}
	return nil
}

func aliasConfiguration(at ref, a *alias) *model.AliasConfiguration {
	c := &model.AliasConfiguration{
		AliasARN: new(ref{at.scope, at.name, a.Name}.arn()), Name: &a.Name, FunctionVersion: &a.Version,
		Description: &a.Description, RevisionID: &a.RevisionID,
	}
	if len(a.Weights) > 0 {
		c.RoutingConfig = &model.AliasRoutingConfiguration{AdditionalVersionWeights: a.Weights}
	}
	return c
}

// alias reads an alias of a function that is there. Known AWS answer: GetAlias of an unknown one.
func (r records) alias(at ref, name string) (*alias, error) {
	if _, err := r.function(at); err != nil {
		return nil, err
	}
	a, err := get[alias](r, kindAlias, at.name+"/"+name)
	if notFound(err) {
		return nil, model.ResourceNotFoundException.Errorf("Cannot find alias arn: %s", ref{at.scope, at.name, name}.arn())
	}
	return a, err
}

// GetAlias answers an alias.
func (l *Lambda) GetAlias(ctx context.Context, call *wire.Call, in *model.GetAliasRequest) (*model.AliasConfiguration, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	return view(ctx, l, at.scope, func(r records) (*model.AliasConfiguration, error) {
		a, err := r.alias(at, in.Name)
		if err != nil {
			return nil, err
		}
		return aliasConfiguration(at, a), nil
	})
}

// UpdateAlias points an alias elsewhere.
func (l *Lambda) UpdateAlias(ctx context.Context, call *wire.Call, in *model.UpdateAliasRequest) (*model.AliasConfiguration, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	return update(ctx, l, at, func(r records) (*model.AliasConfiguration, error) {
		a, err := r.alias(at, in.Name)
		if err != nil {
			return nil, err
		}
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		if err := checkRevision(in.RevisionID, a.RevisionID); err != nil {
			return nil, err
		}
		set(&a.Version, in.FunctionVersion)
		set(&a.Description, in.Description)
		if in.RoutingConfig != nil {
			a.Weights = in.RoutingConfig.AdditionalVersionWeights
		}
		a.RevisionID = *newRevision()
		return r.keepAlias(f, at, a)
	})
}

// DeleteAlias removes an alias; one that is not there is removed too.
func (l *Lambda) DeleteAlias(ctx context.Context, call *wire.Call, in *model.DeleteAliasRequest) error {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return err
	}
	_, err = update(ctx, l, at, func(r records) (struct{}, error) {
		f, err := r.function(at)
		if err != nil {
			return struct{}{}, err
		}
		if err := r.delete(kindAlias, f.Name+"/"+in.Name); err != nil {
			return struct{}{}, err
		}
		delete(f.Policies, in.Name)
		return struct{}{}, r.putFunction(f)
	})
	return err
}

// ListAliases answers the aliases of a function, or those that point to one version.
func (l *Lambda) ListAliases(ctx context.Context, call *wire.Call, in *model.ListAliasesRequest) (*model.ListAliasesResponse, error) {
	at, err := unqualified(call, in.FunctionName)
	if err != nil {
		return nil, err
	}
	return view(ctx, l, at.scope, func(r records) (*model.ListAliasesResponse, error) {
		if _, err := r.function(at); err != nil {
			return nil, err
		}
		all, err := r.aliases(at.name)
		if err != nil {
			return nil, err
		}
		var matching []*alias
		for _, a := range all {
			if _, second := a.Weights[valueOr(in.FunctionVersion, "")]; in.FunctionVersion == nil || second || a.Version == *in.FunctionVersion {
				matching = append(matching, a)
			}
		}
		out := &model.ListAliasesResponse{Aliases: []model.AliasConfiguration{}}
		matching, out.NextMarker = page(matching, in.Marker, valueOr(in.MaxItems, maxPage), func(a *alias) string { return a.Name })
		for _, a := range matching {
			out.Aliases = append(out.Aliases, *aliasConfiguration(at, a))
		}
		return out, nil
	})
}
