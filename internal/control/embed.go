package control

import (
	"slices"
	"strings"
)

// embeds tells whether a request asks for what is embedded under this name. The parameter may stand in the query string more
// than once, as the SDKs write a list, and each may name several, separated by commas.
// Source: API Gateway API reference, GetResource and GetDeployment, embed.
func embeds(embed []string, name string) bool {
	return slices.ContainsFunc(embed, func(names string) bool {
		return slices.Contains(strings.Split(names, ","), name)
	})
}
