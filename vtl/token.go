package vtl

// kind is the kind of a token. The order is Velocity's: of two tokens of equal length the smaller kind wins.
type kind uint8

const (
	tEOF kind = iota
	tIndexOpen
	tIndexClose
	tBracketOpen
	tBracketClose
	tComma
	tDoubleDot
	tColon
	tCurlyOpen
	tCurlyClose
	tParenOpen
	tParenClose
	tCallClose
	tEscapedDirective
	tSet
	tDollar
	tDollarBang
	tTextblockOpen
	tFormalCommentOpen
	tCommentOpen
	tHash
	tLineCommentOpen
	tDoubleEscape
	tEscape
	tText
	tLineCommentEnd
	tFormalComment
	tComment
	tTextblock
	tCommentChar
	tTextblockChar
	tSpace
	tString
	tTrue
	tFalse
	tNewline
	tMinus
	tPlus
	tTimes
	tDivide
	tModulo
	tAnd
	tOr
	tLess
	tLessEqual
	tGreater
	tGreaterEqual
	tEqual
	tNotEqual
	tNot
	tAssign
	tEnd
	tIf
	tElseIf
	tElse
	tInteger
	tFloat
	tWord
	tBracedWord
	tIdentifier
	tDot
	tRefCurlyOpen
	tRefCurlyClose
	tRefTerminator
	tDirectiveTerminator
	tEmptyIndex
)

// token is one token. The parser changes images, as Velocity's does.
type token struct {
	kind  kind
	image string
	// special holds the images of what the lexer passed over just before: what ended a reference or a directive,
	// with the dollar or hash sign that turned out to be text.
	special []string
	// pos is the byte where the token starts, its special images not counted.
	pos int
}

// literal is the token as text, with what the lexer passed over before it.
func (t *token) literal() string {
	if t.kind == tComment {
		return ""
	}
	n := len(t.special)
	if n == 0 || hasPrefix(t.special[n-1], "##") {
		return t.image
	}
	if s := t.specialText(); s != "" {
		return s + t.image
	}
	return t.image
}

// specialText keeps of the special images the hash and dollar signs, and backslashes that lead to a dollar sign.
func (t *token) specialText() string {
	var out []byte
	for _, s := range t.special {
		for i := 0; i < len(s); i++ {
			switch c := s[i]; c {
			case '#', '$':
				out = append(out, c)
			case '\\':
				j := i
				for j < len(s) && s[j] == '\\' {
					j++
				}
				if j < len(s) && s[j] == '$' {
					out = append(out, s[i:j+1]...)
					i = j + 1
				}
			}
		}
	}
	return string(out)
}

func hasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }
