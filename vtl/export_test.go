package vtl

// Signature is one overload of a method, for the tests that call all of them.
type Signature struct {
	Class  string
	Name   string
	Params []string
}

// Signatures lists the overloads of all methods.
func Signatures() []Signature {
	classes := map[class]string{
		classString: "String", classInteger: "Integer", classLong: "Long", classDouble: "Double", classBigInteger: "BigInteger",
		classBigDecimal: "BigDecimal", classBoolean: "Boolean", classCharacter: "Character", classMap: "Map", classList: "List", classJSONArray: "JSONArray",
		classArray: "Array", classEntry: "Entry", classSet: "Set", classCollection: "Collection", classIterator: "Iterator",
	}
	params := map[param]string{
		pObject: "Object", pString: "String", pCharSequence: "String", pInt: "int", pLong: "long", pDouble: "double", pFloat: "double",
		pChar: "char", pBool: "boolean", pInteger: "int", pLongObject: "long", pDoubleObject: "double", pBooleanObject: "boolean",
		pCharacter: "char", pNumber: "double", pBigInteger: "BigInteger", pBigDecimal: "BigDecimal", pCollection: "Collection",
		pIterable: "Collection", pMap: "Map", pObjects: "Object", pSequences: "String", pCharArray: "chars", pOther: "Object",
	}
	var out []Signature
	for name, c := range methodTable() {
		for class, methods := range c {
			for _, m := range methods {
				s := Signature{Class: classes[classNumber(class)], Name: name}
				for _, p := range m.params {
					s.Params = append(s.Params, params[p])
				}
				out = append(out, s)
			}
		}
	}
	return out
}
