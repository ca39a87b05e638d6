package control

import (
	"context"

	"postern/internal/apidef"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

const kindDocumentationVersion = "documentationversion" // {api}/{version}

// CreateDocumentationVersion freezes an API's documentation, and gives it to a stage when one is named.
// Recorded AWS answer: CreateDocumentationVersion.
func (c *Control) CreateDocumentationVersion(ctx context.Context, call *wire.Call, in *apigateway.CreateDocumentationVersionRequest) (*apigateway.DocumentationVersion, error) {
	return publish(ctx, c, call, func(r records) (*apigateway.DocumentationVersion, error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return nil, err
		}
		v := &apidef.DocumentationVersion{Version: value(in.DocumentationVersion), Description: value(in.Description), CreatedDate: c.now()}
		if err := v.Check(); err != nil {
			return nil, err
		}
		if _, err := get[apidef.DocumentationVersion](r, kindDocumentationVersion, in.RestAPIID+"/"+v.Version); !notFound(err) {
			if err != nil {
				return nil, err
			}
			return nil, apidef.ErrDocumentationVersioned
		}
		var err error
		if v.Parts, err = r.documentation(in.RestAPIID); err != nil {
			return nil, err
		}
		if in.StageName != nil && *in.StageName != "" {
			stage, err := r.stage(in.RestAPIID, *in.StageName)
			if err != nil {
				return nil, err
			}
			stage.DocumentationVersion, stage.LastUpdatedDate = v.Version, c.now()
			if err := r.putStage(in.RestAPIID, stage); err != nil {
				return nil, err
			}
		}
		return new(documentationVersionAnswer(v)), put(r, kindDocumentationVersion, in.RestAPIID+"/"+v.Version, v)
	})
}

func (r records) documentationVersion(api, version string) (*apidef.DocumentationVersion, error) {
	if _, err := r.restAPI(api); err != nil {
		return nil, err
	}
	return find[apidef.DocumentationVersion](r, kindDocumentationVersion, api+"/"+version, apidef.ErrNoDocumentationVersion)
}

// GetDocumentationVersion answers one documentation version.
func (c *Control) GetDocumentationVersion(ctx context.Context, call *wire.Call, in *apigateway.GetDocumentationVersionRequest) (*apigateway.DocumentationVersion, error) {
	return view(ctx, c, call, func(r records) (*apigateway.DocumentationVersion, error) {
		v, err := r.documentationVersion(in.RestAPIID, in.DocumentationVersion)
		if err != nil {
			return nil, err
		}
		return new(documentationVersionAnswer(v)), nil
	})
}

// GetDocumentationVersions lists an API's documentation versions, by name.
func (c *Control) GetDocumentationVersions(ctx context.Context, call *wire.Call, in *apigateway.GetDocumentationVersionsRequest) (*apigateway.DocumentationVersions, error) {
	return view(ctx, c, call, func(r records) (*apigateway.DocumentationVersions, error) {
		all, err := listIn[apidef.DocumentationVersion](r, kindDocumentationVersion, in.RestAPIID)
		if err != nil {
			return nil, err
		}
		cut, next, err := page(all, func(v *apidef.DocumentationVersion) string { return v.Version }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		return &apigateway.DocumentationVersions{Items: answers(cut, documentationVersionAnswer), Position: next}, nil
	})
}

// UpdateDocumentationVersion patches a documentation version's description.
func (c *Control) UpdateDocumentationVersion(ctx context.Context, call *wire.Call, in *apigateway.UpdateDocumentationVersionRequest) (*apigateway.DocumentationVersion, error) {
	return update(ctx, c, call, func(r records) (*apigateway.DocumentationVersion, error) {
		v, err := r.documentationVersion(in.RestAPIID, in.DocumentationVersion)
		if err != nil {
			return nil, err
		}
		if v, err = v.Patch(patchOperations(in.PatchOperations)); err != nil {
			return nil, err
		}
		return new(documentationVersionAnswer(v)), put(r, kindDocumentationVersion, in.RestAPIID+"/"+v.Version, v)
	})
}

// DeleteDocumentationVersion removes a documentation version. A stage that names it publishes no documentation then.
func (c *Control) DeleteDocumentationVersion(ctx context.Context, call *wire.Call, in *apigateway.DeleteDocumentationVersionRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		v, err := r.documentationVersion(in.RestAPIID, in.DocumentationVersion)
		if err != nil {
			return none, err
		}
		return none, r.delete(kindDocumentationVersion, in.RestAPIID+"/"+v.Version)
	})
	return err
}

func documentationVersionAnswer(v *apidef.DocumentationVersion) apigateway.DocumentationVersion {
	return apigateway.DocumentationVersion{
		Version: &v.Version, CreatedDate: new(wire.Timestamp(v.CreatedDate)), Description: optional(v.Description),
	}
}
