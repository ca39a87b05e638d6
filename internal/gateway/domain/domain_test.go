package domain

import (
	"context"
	"log/slog"
	"testing"

	"postern/internal/apidef"
)

// Sources: developer guide, "Use API mappings to connect API stages to a custom domain name for REST APIs"; API reference,
// CreateBasePathMapping (no stage).
func TestFind(t *testing.T) {
	mappings := func(pairs ...string) (out []apidef.BasePathMapping) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, apidef.BasePathMapping{BasePath: pairs[i], APIID: "api-" + pairs[i], Stage: pairs[i+1]})
		}
		return out
	}
	single := mappings("", "prod", "orders", "prod", "free", "")
	levels := mappings("", "prod", "orders", "prod", "orders/v1/items", "prod")
	for _, c := range []struct {
		name     string
		mappings []apidef.BasePathMapping
		mode     string
		path     string
		want     Target
		found    bool
	}{
		{"the base path is stripped", single, "", "/orders/hats/5", Target{"api-orders", "prod", "/hats/5", "orders", false}, true},
		{"the base path alone", single, "", "/orders", Target{"api-orders", "prod", "/", "orders", false}, true},
		{"the base path with a slash behind", single, "", "/orders/", Target{"api-orders", "prod", "/", "orders", false}, true},
		{"the empty base path catches the rest", single, "", "/shoes", Target{"api-", "prod", "/shoes", "(none)", false}, true},
		{"single levels compare whole segments", single, "", "/ordersandmore", Target{"api-", "prod", "/ordersandmore", "(none)", false}, true},
		{"base paths are case-sensitive", single, "", "/Orders/1", Target{"api-", "prod", "/Orders/1", "(none)", false}, true},
		{"an encoded slash is part of a segment", single, "", "/orders%2F1", Target{"api-", "prod", "/orders%2F1", "(none)", false}, true},
		{"without a stage the next segment names it", single, "", "/free/dev/pets", Target{"api-free", "dev", "/pets", "free", false}, true},
		{"without a stage and without a segment", single, "", "/free", Target{"api-free", "", "/", "free", false}, true},
		{"the longest base path wins", levels, "", "/orders/v1/items/9", Target{"api-orders/v1/items", "prod", "/9", "orders/v1/items", true}, true},
		{"several levels compare by prefix", levels, "", "/ordersandmore", Target{"api-orders", "prod", "/andmore", "orders", true}, true},
		{"nothing matches", mappings("orders", "prod"), "", "/shoes", Target{}, false},
		{"rules alone, of which there are none", single, apidef.RoutingRuleOnly, "/orders", Target{}, false},
		{"rules first, then mappings", single, apidef.RoutingRuleThenBasePathMapping, "/orders/1", Target{"api-orders", "prod", "/1", "orders", false}, true},
	} {
		d := newDomain(apidef.DeployedDomain{DomainName: &apidef.DomainName{Name: "shop.example.com", RoutingMode: c.mode}, Mappings: c.mappings})
		got, found := d.Find(c.path)
		if got != c.want || found != c.found {
			t.Errorf("%s: %s leads to %+v, %v; want %+v, %v", c.name, c.path, got, found, c.want, c.found)
		}
	}
}

// fixed is a source that never changes.
type fixed []string

func (f fixed) Domains(context.Context) (out []apidef.DeployedDomain, err error) {
	for _, name := range f {
		out = append(out, apidef.DeployedDomain{DomainName: &apidef.DomainName{Name: name}})
	}
	return out, nil
}

func (f fixed) Watch(ctx context.Context) (<-chan apidef.Changes, error) {
	changes := make(chan apidef.Changes, 1)
	changes <- apidef.Changes{Revision: 7}
	context.AfterFunc(ctx, func() { close(changes) })
	return changes, nil
}

// "Wildcard domains accept any first label not claimed by an exact domain": developer guide, "Custom domain name for public
// REST APIs in API Gateway".
func TestLookup(t *testing.T) {
	d := NewDirectory(fixed{"shop.example.com", "*.example.com"}, slog.New(slog.DiscardHandler))
	if d.Lookup("shop.example.com") != nil {
		t.Fatal("a directory that has not run knows a domain")
	}
	go d.Run(t.Context())
	if err := d.Follow(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"shop.example.com":      "shop.example.com",
		"SHOP.example.com:4566": "shop.example.com",
		"shop.example.com.":     "shop.example.com",
		"toys.example.com":      "*.example.com",
		"a.toys.example.com":    "",
		"example.com":           "",
		"localhost:4566":        "",
		"":                      "",
	} {
		got := ""
		if found := d.Lookup(host); found != nil {
			got = found.DomainName.Name
		}
		if got != want {
			t.Errorf("%q is served by %q, want %q", host, got, want)
		}
	}
}
