package java

import "math/big"

// Kind names the Java class of a value.
type Kind uint8

// The kinds, one for each dynamic type that the package comment lists.
const (
	KindOther Kind = iota // a type of the embedder's
	KindNull
	KindBoolean
	KindString
	KindCharacter
	KindInteger
	KindLong
	KindDouble
	KindBigInteger
	KindBigDecimal
	KindMap
	KindList
)

// KindOf returns the kind of v; KindOther for a type that is not in the package comment's list.
func KindOf(v any) Kind {
	switch v.(type) {
	case nil:
		return KindNull
	case bool:
		return KindBoolean
	case string:
		return KindString
	case Char:
		return KindCharacter
	case int32:
		return KindInteger
	case int64:
		return KindLong
	case float64:
		return KindDouble
	case *big.Int:
		return KindBigInteger
	case *Decimal:
		return KindBigDecimal
	case *Map:
		return KindMap
	case *List:
		return KindList
	}
	return KindOther
}

// IsNumber reports whether v is a java.lang.Number: Integer, Long, Double, BigInteger or BigDecimal.
func IsNumber(v any) bool {
	switch v.(type) {
	case int32, int64, float64, *big.Int, *Decimal:
		return true
	}
	return false
}

// ClassName returns the name that v.getClass().getName() has in Java: "java.lang.Integer". It is "" for null and
// for a type of the embedder's.
func ClassName(v any) string {
	switch v := v.(type) {
	case bool:
		return "java.lang.Boolean"
	case string:
		return "java.lang.String"
	case Char:
		return "java.lang.Character"
	case int32:
		return "java.lang.Integer"
	case int64:
		return "java.lang.Long"
	case float64:
		return "java.lang.Double"
	case *big.Int:
		return "java.math.BigInteger"
	case *Decimal:
		return "java.math.BigDecimal"
	case *Map:
		return "java.util.LinkedHashMap"
	case *List:
		return v.Kind.className()
	}
	return ""
}

func (k ListKind) className() string {
	switch k {
	case JSONArray:
		return "net.minidev.json.JSONArray"
	case Array:
		return "[Ljava.lang.String;"
	}
	return "java.util.ArrayList"
}
