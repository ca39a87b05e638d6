package validate

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"postern/internal/gateway/gatewayresponse"
	"postern/internal/gateway/integration"
	"postern/internal/gateway/mapping"
	"postern/internal/gateway/message"
)

// Body holds the models that a method's request body is validated against.
type Body struct {
	byType []bodyModel
	// other is the model of every media type that byType does not name; nil when there is none.
	other *bodyModel
}

// bodyModel is the model of one media type.
type bodyModel struct {
	mediaType string
	// schema is nil when nothing is checked.
	schema *schema
	// broken is the answer to every body when the model cannot be compiled.
	broken error
}

// CompileBody compiles a method's requestModels, model names by media type. A nil result validates nothing.
func CompileBody(requestModels map[string]string, models *Models) *Body {
	if len(requestModels) == 0 {
		return nil
	}
	b := &Body{}
	for _, mediaType := range slices.Sorted(maps.Keys(requestModels)) {
		m := bodyModel{mediaType: mediaType}
		var err error
		if m.schema, err = models.schema(requestModels[mediaType]); err != nil {
			m.broken = gatewayresponse.Configuration(err.Error())
		}
		if mediaType == "$default" {
			b.other = &m
		} else {
			b.byType = append(b.byType, m)
		}
	}
	return b
}

// Check is the step that answers 400 unless the body is a JSON text that the model for its media type allows. A body of
// a media type without a model is not looked at.
func (b *Body) Check(_ context.Context, x *message.Exchange) error {
	m := b.modelFor(mapping.MediaType(integration.ContentType(x)))
	switch {
	case m == nil:
		return nil
	case m.broken != nil:
		return m.broken
	case m.schema == nil:
		return nil
	}
	faults := m.schema.faultsOf(x.Request.Body)
	if faults == nil {
		return nil
	}
	list := "[" + strings.Join(faults, ", ") + "]"
	return gatewayresponse.InvalidRequestBody.WithValidation(list).
		WithLog("Request body does not match model schema for content type " + mapping.MediaType(integration.ContentType(x)) + ": " + list)
}

func (b *Body) modelFor(mediaType string) *bodyModel {
	for i := range b.byType {
		if message.EqualFold(b.byType[i].mediaType, mediaType) {
			return &b.byType[i]
		}
	}
	return b.other
}

// explained is how large a body may be for its faults to be told one by one, in bytes. A larger one could have millions.
const explained = 64 << 10

// faultsOf says what is wrong with a body, nil if nothing is. An empty body is no JSON text (public report).
func (s *schema) faultsOf(body []byte) []string {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	left := budgetOf(len(body), s.count)
	switch {
	case err != nil || unreasonable(value):
		return []string{"Unknown error parsing request body"}
	case len(body) <= explained:
		return s.faults(value, left)
	case s.admits(value, left):
		return nil
	}
	return []string{unexplained}
}
