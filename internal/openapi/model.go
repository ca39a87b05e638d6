package openapi

import (
	"crypto/sha256"
	"encoding/hex"

	"postern/internal/apidef"
)

// readModels makes a model of each named schema. Names come first: models may refer to one another in a circle.
// in.refs.Models holds every name, and whether the model is legal.
func (in *importing) readModels() {
	schemas := in.at(in.dialect.schemas).entries()
	for _, m := range schemas {
		in.refs.Models[m.key] = false
	}
	for _, m := range schemas {
		in.addModel(m.key, m.value)
	}
}

func (in *importing) addModel(name string, schema *node) {
	in.model = name
	own := in.toModelSchema(schema)
	in.model = ""
	m, err := apidef.NewModel(apidef.Model{
		Name:        name,
		Description: schema.get("description").scalar(), // the schema keeps it too: recorded AWS answer
		ContentType: "application/json",
		Schema:      own.json(),
	}, in.hasSchema)
	if err != nil {
		in.failWith(err, "Unable to create model for '%s'", name)
		return
	}
	in.definition.Models = append(in.definition.Models, m)
	in.refs.Models[name] = true
}

// hasSchema tells whether the document, or the API that it changes, has a model of this name.
func (in *importing) hasSchema(name string) bool {
	_, named := in.refs.Models[name]
	return named && apidef.IsModelName(name)
}

// bodyModel is the model of a body's schema: the one that it refers to, or one of its own. It is "" for what has none,
// which is warned of, and for one that was refused. where says whose schema it is: "201 response".
func (in *importing) bodyModel(schema *node, where string, at place) string {
	if !schema.is(object) {
		return ""
	}
	name := in.modelOf(schema)
	if name == "" {
		if kind := in.unsupportedType(schema); kind != "" {
			in.warn("Unsupported model type '%s' in %s to method '%s %s'. Ignoring.", kind, where, at.verb, at.path)
			return ""
		}
		name = in.inlineModel(schema)
	}
	legal, named := in.refs.Models[name]
	switch {
	case !named:
		in.warn("Reference to model '%s' not found. Ignoring.", name)
		return ""
	case !legal:
		return ""
	}
	return name
}

// inlineModel makes a model of a schema without a name, and returns the name that it gets: MODEL and six hexadecimal
// digits. They come from the schema, so that importing a document again changes nothing, and equal schemas share one.
// Source of the form: public exports.
func (in *importing) inlineModel(schema *node) string {
	sum := sha256.Sum256([]byte(in.toModelSchema(schema).json()))
	name := "MODEL" + hex.EncodeToString(sum[:3])
	if _, named := in.refs.Models[name]; !named {
		in.refs.Models[name] = false
		in.addModel(name, schema)
	}
	return name
}
