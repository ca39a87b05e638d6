package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
	"postern/internal/store"
)

const (
	kindAccount = "account"
	// accountID is the one account document of a scope.
	accountID = "account"
)

// account reads a scope's account, which is there without having been made.
func (r records) account() (*apidef.Account, error) {
	a, err := get[apidef.Account](r, kindAccount, accountID)
	if notFound(err) {
		return &apidef.Account{}, nil
	}
	return a, err
}

// AccountLogRole is an Options.LogRole that demands what AWS demands: a role in the account's settings.
func AccountLogRole(tx store.Tx, scope store.Scope) (arn string, err error) {
	a, err := records{tx: tx, scope: scope}.account()
	if err != nil {
		return "", err
	}
	return a.CloudwatchRoleARN, nil
}

// GetAccount answers the account's settings in the region.
func (c *Control) GetAccount(ctx context.Context, call *wire.Call, _ *apigateway.GetAccountRequest) (*apigateway.Account, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Account, error) {
		a, err := r.account()
		if err != nil {
			return nil, err
		}
		return c.accountAnswer(a), nil
	})
}

// UpdateAccount patches the account's settings.
func (c *Control) UpdateAccount(ctx context.Context, call *wire.Call, in *apigateway.UpdateAccountRequest) (*apigateway.Account, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Account, error) {
		a, err := r.account()
		if err != nil {
			return nil, err
		}
		if a, err = a.Patch(patchOperations(in.PatchOperations)); err != nil {
			return nil, err
		}
		return c.accountAnswer(a), put(r, kindAccount, accountID, a)
	})
}

func (c *Control) accountAnswer(a *apidef.Account) *apigateway.Account {
	throttle := apidef.ThrottleSettings{BurstLimit: new(apidef.AccountBurstLimit), RateLimit: new(apidef.AccountRateLimit)}
	if c.options.AccountThrottle != nil {
		throttle = *c.options.AccountThrottle
	}
	return &apigateway.Account{
		CloudwatchRoleARN: optional(a.CloudwatchRoleARN),
		ThrottleSettings:  new(apigateway.ThrottleSettings(throttle)),
		Features:          a.Features,
		APIKeyVersion:     new(apidef.APIKeyVersion),
	}
}
