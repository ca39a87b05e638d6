package control

import (
	"strings"

	"postern/internal/apidef"
)

// cloneFrom reads the content of the API that a new one is a copy of. Where its documents name its id, they name the new
// one's. What the request did not set is taken from it.
func (r records) cloneFrom(id string, api *apidef.RestAPI, owner apidef.Owner) (*apidef.Definition, error) {
	content, err := r.definition(id)
	if err != nil {
		return nil, err
	}
	for _, m := range content.Models {
		m.Schema = strings.ReplaceAll(m.Schema, "/restapis/"+id+"/models/", "/restapis/"+owner.APIID+"/models/")
	}
	from := content.RestAPI
	if api.Policy == "" {
		api.Policy = strings.ReplaceAll(from.Policy, ":"+id+"/", ":"+owner.APIID+"/")
	}
	if api.BinaryMediaTypes == nil {
		api.BinaryMediaTypes = from.BinaryMediaTypes
	}
	if api.MinimumCompressionSize == nil {
		api.MinimumCompressionSize = from.MinimumCompressionSize
	}
	return content, nil
}
