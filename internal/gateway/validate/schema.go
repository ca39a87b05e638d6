package validate

import (
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema is a schema that values are examined by. It never changes once compiled; schemas may lead to each other in a
// circle.
type schema struct {
	// count is how many schemas it leads to, itself among them; 0 unless it is a model.
	count int
	// ref stands for everything else: beside $ref no keyword counts.
	ref *schema

	types []string // as they are told, see allowed; nil for every type
	enum  *enum
	// format is nil when nothing is checked.
	format *format

	allOf, anyOf, oneOf []*schema
	not                 *schema

	required                     []string // sorted
	minProperties, maxProperties *int
	properties                   map[string]*schema
	patternProperties            []patternProperty
	otherProperties              others
	dependencies                 []dependency // sorted by property

	minItems, maxItems *int
	uniqueItems        bool
	// items are for each item, or those at the beginning where positional is true.
	items      []*schema
	positional bool
	otherItems others

	minLength, maxLength                             *int
	pattern                                          jsonschema.Regexp
	minimum, maximum, aboveMinimum, belowMaximum, of *big.Rat
}

// enum is a set of values. Only a value of a shape that one of them has is written as canonical text, which costs.
type enum struct {
	told      string // the values as JSON text
	canonical map[string]bool
	shapes    map[shape]bool
}

func compileEnum(values []any) *enum {
	e := &enum{compact(values), map[string]bool{}, map[shape]bool{}}
	for _, value := range values {
		text, _ := canonical(value, &budget{steps: math.MaxInt})
		e.canonical[text], e.shapes[shapeOf(value)] = true, true
	}
	return e
}

// has tells whether a value is one of the set, and no where the budget does not suffice to find out.
func (e *enum) has(value any, left *budget) bool {
	if !e.shapes[shapeOf(value)] {
		return false
	}
	text, ok := canonical(value, left)
	return ok && e.canonical[text]
}

type format struct {
	name  string
	check func(value any) error
}

type patternProperty struct {
	name   jsonschema.Regexp
	schema *schema
}

// others are properties or items beyond those that are named: forbidden, or of a schema, which is nil for any.
type others struct {
	forbidden bool
	schema    *schema
}

// dependency is what a property wants where it is there: others, or a schema of the whole object.
type dependency struct {
	property string
	required []string // sorted
	schema   *schema
}

// compilation compiles the schemas that one leads to, each once.
type compilation map[*jsonschema.Schema]*schema

func (c compilation) schema(from *jsonschema.Schema) *schema {
	if from == nil {
		return nil
	}
	if s := c[from]; s != nil {
		return s
	}
	s := new(schema)
	c[from] = s
	if s.ref = c.schema(from.Ref); s.ref != nil {
		return s
	}
	s.allOf, s.anyOf, s.oneOf, s.not = c.list(from.AllOf), c.list(from.AnyOf), c.list(from.OneOf), c.schema(from.Not)
	s.minLength, s.maxLength, s.pattern = from.MinLength, from.MaxLength, from.Pattern
	s.minimum, s.maximum, s.of = from.Minimum, from.Maximum, from.MultipleOf
	s.aboveMinimum, s.belowMaximum = from.ExclusiveMinimum, from.ExclusiveMaximum
	c.object(s, from)
	c.array(s, from)
	c.any(s, from)
	return s
}

func (c compilation) list(from []*jsonschema.Schema) []*schema {
	list := make([]*schema, len(from))
	for i := range from {
		list[i] = c.schema(from[i])
	}
	return list
}

func (c compilation) any(s *schema, from *jsonschema.Schema) {
	if from.Types != nil && !from.Types.IsEmpty() {
		s.types = allowed(from.Types.ToStrings())
	}
	if from.Enum != nil {
		s.enum = compileEnum(from.Enum.Values)
	}
	if from.Format != nil {
		s.format = &format{from.Format.Name, from.Format.Validate}
	}
}

func (c compilation) object(s *schema, from *jsonschema.Schema) {
	s.minProperties, s.maxProperties, s.required = from.MinProperties, from.MaxProperties, sorted(from.Required)
	s.otherProperties = c.others(from.AdditionalProperties)
	if len(from.Properties) > 0 {
		s.properties = make(map[string]*schema, len(from.Properties))
	}
	for name, property := range from.Properties {
		s.properties[name] = c.schema(property)
	}
	for name, property := range from.PatternProperties {
		s.patternProperties = append(s.patternProperties, patternProperty{name, c.schema(property)})
	}
	slices.SortFunc(s.patternProperties, func(a, b patternProperty) int {
		return strings.Compare(a.name.String(), b.name.String())
	})
	for _, property := range slices.Sorted(maps.Keys(from.Dependencies)) {
		d := dependency{property: property}
		switch want := from.Dependencies[property].(type) {
		case []string:
			d.required = sorted(want)
		case *jsonschema.Schema:
			d.schema = c.schema(want)
		}
		s.dependencies = append(s.dependencies, d)
	}
}

func (c compilation) array(s *schema, from *jsonschema.Schema) {
	s.minItems, s.maxItems, s.uniqueItems = from.MinItems, from.MaxItems, from.UniqueItems
	switch items := from.Items.(type) {
	case *jsonschema.Schema:
		s.items = []*schema{c.schema(items)}
	case []*jsonschema.Schema:
		s.items, s.positional = c.list(items), true
		s.otherItems = c.others(from.AdditionalItems)
	}
}

func (c compilation) others(from any) others {
	switch from := from.(type) {
	case bool:
		return others{forbidden: !from}
	case *jsonschema.Schema:
		return others{schema: c.schema(from)}
	}
	return others{}
}

// leads tells whether the schema applies others to the same value.
func (s *schema) leads() bool {
	return s.ref != nil || s.not != nil || len(s.allOf)+len(s.anyOf)+len(s.oneOf)+len(s.dependencies) > 0
}

// reach counts the schemas that one leads to, each once, itself among them.
func (s *schema) reach() int {
	seen := map[*schema]bool{}
	todo := []*schema{s}
	for len(todo) > 0 {
		s, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if s == nil || seen[s] {
			continue
		}
		seen[s] = true
		todo = append(todo, s.ref, s.not, s.otherProperties.schema, s.otherItems.schema)
		todo = slices.Concat(todo, s.allOf, s.anyOf, s.oneOf, s.items, slices.Collect(maps.Values(s.properties)))
		for i := range s.patternProperties {
			todo = append(todo, s.patternProperties[i].schema)
		}
		for i := range s.dependencies {
			todo = append(todo, s.dependencies[i].schema)
		}
	}
	return len(seen)
}

// item is the schema of an item; nil when it has none.
func (s *schema) item(i int) *schema {
	switch {
	case !s.positional && len(s.items) > 0:
		return s.items[0]
	case i < len(s.items):
		return s.items[i]
	}
	return s.otherItems.schema
}

// property calls each for the schemas of a property. known tells whether the schema names it.
func (s *schema) property(name string, each func(*schema)) (known bool) {
	if p := s.properties[name]; p != nil {
		each(p)
		known = true
	}
	for i := range s.patternProperties {
		if p := &s.patternProperties[i]; p.name.MatchString(name) {
			each(p.schema)
			known = true
		}
	}
	if !known && s.otherProperties.schema != nil {
		each(s.otherProperties.schema)
	}
	return known
}
