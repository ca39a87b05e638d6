package control

import (
	"context"
	"slices"
	"sort"

	"postern/internal/apidef"
	"postern/internal/aws/awserr"
	"postern/internal/aws/wire"
	"postern/internal/aws/wire/apigateway"
)

// CreateModel adds a model to an API.
func (c *Control) CreateModel(ctx context.Context, call *wire.Call, in *apigateway.CreateModelRequest) (*apigateway.Model, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Model, error) {
		if _, err := r.restAPI(in.RestAPIID); err != nil {
			return nil, err
		}
		models, err := list[apidef.Model](r, kindModel, in.RestAPIID+"/")
		if err != nil {
			return nil, err
		}
		named := namedIn(models)
		m, err := apidef.NewModel(apidef.Model{
			Name: value(in.Name), Description: value(in.Description), ContentType: value(in.ContentType), Schema: value(in.Schema),
		}, named)
		if err != nil {
			return nil, err
		}
		if named(m.Name) {
			return nil, awserr.Conflict.Errorf("Model name already exists for this REST API")
		}
		if err := c.checkModelBytes(append(models, m)); err != nil {
			return nil, err
		}
		m.ID = c.options.NewID(resourceIDLength)
		return new(modelAnswer(m)), put(r, kindModel, in.RestAPIID+"/"+m.Name, m)
	})
}

// namedIn tells whether a model of this name is among models.
func namedIn(models []*apidef.Model) func(name string) bool {
	return func(name string) bool {
		return slices.ContainsFunc(models, func(m *apidef.Model) bool { return m.Name == name })
	}
}

// checkModelBytes bounds the size of all models of an API together; the text is inferred.
func (c *Control) checkModelBytes(models []*apidef.Model) error {
	total := 0
	for _, m := range models {
		total += len(m.Schema)
	}
	if total > c.options.Limits.ModelBytes {
		return awserr.BadRequest.Errorf("Models of an API must not exceed %d bytes in total", c.options.Limits.ModelBytes)
	}
	return nil
}

func (r records) model(api, name string) (*apidef.Model, error) {
	return find[apidef.Model](r, kindModel, api+"/"+name, apidef.ErrNoModel(name))
}

// GetModel answers a model; flatten=true writes the models that it refers to into its schema.
func (c *Control) GetModel(ctx context.Context, call *wire.Call, in *apigateway.GetModelRequest) (*apigateway.Model, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Model, error) {
		m, err := r.model(in.RestAPIID, in.ModelName)
		if err != nil {
			return nil, err
		}
		if value(in.Flatten) {
			models, err := list[apidef.Model](r, kindModel, in.RestAPIID+"/")
			if err != nil {
				return nil, err
			}
			m.Schema = apidef.Flatten(m, models)
		}
		return new(modelAnswer(m)), nil
	})
}

// GetModels lists an API's models, by name.
func (c *Control) GetModels(ctx context.Context, call *wire.Call, in *apigateway.GetModelsRequest) (*apigateway.Models, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Models, error) {
		models, err := listIn[apidef.Model](r, kindModel, in.RestAPIID)
		if err != nil {
			return nil, err
		}
		cut, next, err := page(models, func(m *apidef.Model) string { return m.Name }, in.Position, in.Limit)
		if err != nil {
			return nil, err
		}
		return &apigateway.Models{Items: answers(cut, modelAnswer), Position: next}, nil
	})
}

// GetModelTemplate answers a mapping template that writes what the model describes.
func (c *Control) GetModelTemplate(ctx context.Context, call *wire.Call, in *apigateway.GetModelTemplateRequest) (*apigateway.Template, error) {
	return view(ctx, c, call, func(r records) (*apigateway.Template, error) {
		m, err := r.model(in.RestAPIID, in.ModelName)
		if err != nil {
			return nil, err
		}
		models, err := list[apidef.Model](r, kindModel, in.RestAPIID+"/")
		if err != nil {
			return nil, err
		}
		return &apigateway.Template{Value: new(m.Template(models))}, nil
	})
}

// UpdateModel patches a model.
func (c *Control) UpdateModel(ctx context.Context, call *wire.Call, in *apigateway.UpdateModelRequest) (*apigateway.Model, error) {
	return update(ctx, c, call, func(r records) (*apigateway.Model, error) {
		m, err := r.model(in.RestAPIID, in.ModelName)
		if err != nil {
			return nil, err
		}
		models, err := list[apidef.Model](r, kindModel, in.RestAPIID+"/")
		if err != nil {
			return nil, err
		}
		if m, err = m.Patch(patchOperations(in.PatchOperations), namedIn(models)); err != nil {
			return nil, err
		}
		if err := put(r, kindModel, in.RestAPIID+"/"+m.Name, m); err != nil {
			return nil, err
		}
		models, err = list[apidef.Model](r, kindModel, in.RestAPIID+"/")
		if err != nil {
			return nil, err
		}
		return new(modelAnswer(m)), c.checkModelBytes(models)
	})
}

// DeleteModel removes a model that nothing refers to.
func (c *Control) DeleteModel(ctx context.Context, call *wire.Call, in *apigateway.DeleteModelRequest) error {
	_, err := update(ctx, c, call, func(r records) (none struct{}, err error) {
		if _, err := r.model(in.RestAPIID, in.ModelName); err != nil {
			return none, err
		}
		d, err := r.definition(in.RestAPIID)
		if err != nil {
			return none, err
		}
		if err := modelInUse(d, in.ModelName); err != nil {
			return none, err
		}
		return none, r.delete(kindModel, in.RestAPIID+"/"+in.ModelName)
	})
	return err
}

// modelInUse names one user of a model, children before the root. Recorded AWS answer: DeleteModel; the texts for
// method responses and for other models are inferred from it.
func modelInUse(d *apidef.Definition, name string) error {
	sort.Slice(d.Resources, func(i, j int) bool { return d.Resources[i].Path > d.Resources[j].Path })
	for _, res := range d.Resources {
		for _, verb := range verbs(res) {
			for _, model := range res.Methods[verb].RequestModels {
				if model == name {
					return awserr.Conflict.Errorf("Cannot delete model '%s', is referenced in method request: %s/%s", name, res.Path, verb)
				}
			}
			for status, response := range res.Methods[verb].MethodResponses {
				for _, model := range response.ResponseModels {
					if model == name {
						return awserr.Conflict.Errorf("Cannot delete model '%s', is referenced in method response: %s/%s/%s", name, res.Path, verb, status)
					}
				}
			}
		}
	}
	for _, m := range d.Models {
		if m.Name != name && m.RefersTo(name) {
			return awserr.Conflict.Errorf("Cannot delete model '%s', is referenced in model: %s", name, m.Name)
		}
	}
	return nil
}

func modelAnswer(m *apidef.Model) apigateway.Model {
	return apigateway.Model{ID: &m.ID, Name: &m.Name, Description: optional(m.Description), ContentType: &m.ContentType, Schema: &m.Schema}
}
