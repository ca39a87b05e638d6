package connection_test

import (
	"errors"
	"testing"

	"postern/internal/apidef"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/integration/connection"
)

// one always chooses the same target.
type one struct{}

func (one) Choose(connection.Way) (connection.Target, error) {
	return connection.Target{Address: "10.0.0.1:80"}, nil
}

func TestOnlyPrivateIntegrationsHaveAConnection(t *testing.T) {
	for _, kind := range []string{"", apidef.OverInternet} {
		if connection.New(&apidef.Integration{ConnectionType: kind}, &integration.Environment{}, one{}) != nil {
			t.Errorf("connection type %q has one", kind)
		}
	}
	c := connection.New(&apidef.Integration{ConnectionType: apidef.OverVPCLink}, &integration.Environment{}, nil)
	if _, err := c.Choose(integration.Endpoint{Scheme: "http", Host: "a"}); !errors.Is(err, connection.ErrNoLinks) {
		t.Errorf("a gateway without links answers %v", err)
	}
}

func TestChooseAllocatesNothing(t *testing.T) {
	c := connection.New(&apidef.Integration{ConnectionType: apidef.OverVPCLink, ConnectionID: "abc123"}, &integration.Environment{}, one{})
	endpoint := integration.Endpoint{Scheme: "https", Host: "pets.internal"}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := c.Choose(endpoint); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a call, want none", n)
	}
}
