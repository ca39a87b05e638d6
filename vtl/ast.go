package vtl

// astKind is the kind of a syntax node.
type astKind uint8

const (
	astTemplate astKind = iota
	astText             // anything that stands for itself
	astComment
	astTextblock
	astEscape
	astEscapedDirective
	astReference
	astIdentifier
	astMethod
	astIndex
	astSet
	astIf
	astElseIf
	astElse
	astDirective
	astBlock
	astWord
	astString
	astInteger
	astFloat
	astTrue
	astFalse
	astMap
	astList
	astRange
	astExpression
	astOr
	astAnd
	astEqual
	astNotEqual
	astLess
	astGreater
	astLessEqual
	astGreaterEqual
	astAdd
	astSubtract
	astMultiply
	astDivide
	astModulo
	astNot
)

// ast is a node of the syntax tree: what Velocity's parser builds, with the same children in the same order.
type ast struct {
	kind astKind
	kids []*ast
	// first and last are the positions of its tokens in the parser's list. last is before first when it has none.
	first, last int
	// name is the name of a directive.
	name string
	// text is what an astEscape prints.
	text string
}
