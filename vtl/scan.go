package vtl

// best collects the candidates for the next token: the longest wins, then the first kind.
type best struct {
	kind kind
	n    int
}

func (b *best) try(k kind, n int) {
	if n > b.n || n == b.n && n > 0 && k < b.kind {
		b.kind, b.n = k, n
	}
}

// literal tries a token that is always written as text.
func (b *best) literal(s string, k kind, text string) {
	if len(text) >= b.n && hasPrefix(s, text) {
		b.try(k, len(text))
	}
}

// longest returns the token at the current position in the current state, of length 0 if there is none.
func (l *lexer) longest() (kind, int) {
	s := l.src[l.pos:]
	var b best
	slashes := l.backslashes()
	switch l.state {
	case inReference, inDirective, inText, inPreDirective:
		b.literal(s, tLineCommentOpen, "##")
	}
	everywhere(s, slashes, &b)
	switch l.state {
	case inText:
		scanText(s, slashes, &b)
	case inReference, inModifier:
		scanReference(s, l.state, &b)
	case inIndex:
		b.literal(s, tIndexClose, "]")
		scanValue(s, &b)
		scanNumber(s, &b)
	case inDirective:
		scanPunctuation(s, &b)
		scanValue(s, &b)
		scanNumber(s, &b)
		scanOperator(s, &b)
		scanWord(s, &b)
	case inCall:
		scanPunctuation(s, &b)
		b.literal(s, tCallClose, ")")
		b.try(tSet, setLength(s))
		scanValue(s, &b)
		scanNumber(s, &b)
		b.try(tIdentifier, identifierLength(s))
		b.try(tDot, dotLength(s))
	case inPreDirective:
		scanDirectiveName(s, &b)
	case inTextblock:
		b.literal(s, tTextblock, "]]#")
		b.try(tTextblockChar, 1)
	case inComment:
		b.literal(s, tComment, "*#")
		b.try(tCommentChar, 1)
	case inFormal:
		b.literal(s, tFormalComment, "*#")
		b.try(tCommentChar, 1)
	case inLineComment:
		b.try(tLineCommentEnd, newlineLength(s))
		b.try(tCommentChar, 1)
	}
	return b.kind, b.n
}

// everywhere tries what may start in every state: references, directives and comments.
func everywhere(s string, slashes int, b *best) {
	switch s[0] {
	case '$', '\\':
		i := slashes
		if i == len(s) || s[i] != '$' {
			return
		}
		b.try(tDollar, i+1)
		j := i + 1 + backslashes(s[i+1:])
		if j < len(s) && s[j] == '!' {
			b.try(tDollarBang, j+1)
		}
	case '#':
		b.try(tHash, 1)
		b.literal(s, tCommentOpen, "#*")
		b.literal(s, tTextblockOpen, "#[[")
		if len(s) > 3 && s[1] == '*' && s[2] == '*' && s[3] != '#' {
			b.try(tFormalCommentOpen, 4)
		}
	}
}

func scanText(s string, slashes int, b *best) {
	switch s[0] {
	case '\\':
		b.try(tEscape, 1)
		b.literal(s, tDoubleEscape, `\\`)
		b.try(tEscapedDirective, escapedDirectiveLength(s, slashes))
	case '$':
		emptyIndex(s, b)
	case '#':
		b.try(tSet, setLength(s))
	default:
		if s[0] == ' ' || s[0] == '\t' {
			b.try(tSet, setLength(s))
		}
		i := 1
		for i < len(s) && s[i] != '$' && s[i] != '#' && s[i] != '\\' {
			i++
		}
		b.try(tText, i)
	}
}

func scanReference(s string, state lexState, b *best) {
	b.literal(s, tIndexOpen, "[")
	if state == inModifier {
		b.literal(s, tParenOpen, "(")
	} else {
		emptyIndex(s, b)
	}
	b.try(tSet, setLength(s))
	b.literal(s, tTrue, "true")
	b.literal(s, tFalse, "false")
	b.try(tIdentifier, identifierLength(s))
	b.try(tDot, dotLength(s))
	b.literal(s, tRefCurlyOpen, "{")
	b.literal(s, tRefCurlyClose, "}")
	b.try(tRefTerminator, 1)
}

func emptyIndex(s string, b *best) {
	b.literal(s, tEmptyIndex, "$[")
	b.literal(s, tEmptyIndex, "$.")
	b.literal(s, tEmptyIndex, "$![")
	b.literal(s, tEmptyIndex, `$\![`)
}

func scanPunctuation(s string, b *best) {
	b.literal(s, tBracketOpen, "[")
	b.literal(s, tBracketClose, "]")
	b.literal(s, tComma, ",")
	b.literal(s, tDoubleDot, "..")
	b.literal(s, tColon, ":")
	b.literal(s, tCurlyOpen, "{")
	b.literal(s, tCurlyClose, "}")
}

// scanValue tries blanks, string literals, true and false.
func scanValue(s string, b *best) {
	i := 0
	for i < len(s) && (isBlank(s[i]) || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	b.try(tSpace, i)
	b.try(tString, stringLength(s))
	b.literal(s, tTrue, "true")
	b.literal(s, tFalse, "false")
}

func scanOperator(s string, b *best) {
	switch s[0] {
	case '(':
		b.try(tParenOpen, 1)
	case ')':
		b.try(tParenClose, 1+lineEndLength(s[1:]))
	case '-':
		b.try(tMinus, 1)
	case '+':
		b.try(tPlus, 1)
	case '*':
		b.try(tTimes, 1)
	case '/':
		b.try(tDivide, 1)
	case '%':
		b.try(tModulo, 1)
	case '&':
		b.literal(s, tAnd, "&&")
	case '|':
		b.literal(s, tOr, "||")
	case '<':
		b.try(tLess, 1)
		b.literal(s, tLessEqual, "<=")
	case '>':
		b.try(tGreater, 1)
		b.literal(s, tGreaterEqual, ">=")
	case '=':
		b.try(tAssign, 1)
		b.literal(s, tEqual, "==")
	case '!':
		b.try(tNot, 1)
		b.literal(s, tNotEqual, "!=")
	case 'a', 'o', 'l', 'g', 'e', 'n':
		b.literal(s, tAnd, "and")
		b.literal(s, tOr, "or")
		b.literal(s, tLess, "lt")
		b.literal(s, tLessEqual, "le")
		b.literal(s, tGreater, "gt")
		b.literal(s, tGreaterEqual, "ge")
		b.literal(s, tEqual, "eq")
		b.literal(s, tNotEqual, "ne")
		b.literal(s, tNot, "not")
	}
}

func scanDirectiveName(s string, b *best) {
	for _, d := range [...]struct {
		kind    kind
		text    string
		endLine bool
	}{
		{tEnd, "end", true},
		{tEnd, "{end}", true},
		{tIf, "if", false},
		{tIf, "{if}", false},
		{tElseIf, "elseif", false},
		{tElseIf, "{elseif}", false},
		{tElse, "else", true},
		{tElse, "{else}", true},
	} {
		if hasPrefix(s, d.text) {
			n := len(d.text)
			if d.endLine {
				n += lineEndLength(s[n:])
			}
			b.try(d.kind, n)
		}
	}
	scanNumber(s, b)
	scanWord(s, b)
	b.try(tDirectiveTerminator, 1)
}

func scanWord(s string, b *best) {
	b.try(tWord, wordLength(s))
	b.try(tBracedWord, bracedWordLength(s))
}

func wordLength(s string) int {
	if s == "" || !isLetter(s[0]) && s[0] != '_' && s[0] != '@' {
		return 0
	}
	i := 1
	for i < len(s) && isWordChar(s[i]) {
		i++
	}
	return i
}

func bracedWordLength(s string) int {
	if len(s) < 3 || s[0] != '{' || !isLetter(s[1]) && s[1] != '_' {
		return 0
	}
	i := 2
	for i < len(s) && isWordChar(s[i]) {
		i++
	}
	if i == len(s) || s[i] != '}' {
		return 0
	}
	return i + 1
}

func identifierLength(s string) int {
	if !isLetter(s[0]) && s[0] != '_' {
		return 0
	}
	i := 1
	for i < len(s) && (isLetter(s[i]) || isDigit(s[i]) || s[i] == '-' || s[i] == '_') {
		i++
	}
	return i
}

func dotLength(s string) int {
	if len(s) > 1 && s[0] == '.' && isLetter(s[1]) {
		return 2
	}
	return 0
}

// setLength is the length of "#set(" or "#{set}(" with the blanks before it and the spaces inside.
func setLength(s string) int {
	i := 0
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	switch {
	case hasPrefix(s[i:], "#set"):
		i += 4
	case hasPrefix(s[i:], "#{set}"):
		i += 6
	default:
		return 0
	}
	for i < len(s) && s[i] == ' ' {
		i++
	}
	if i == len(s) || s[i] != '(' {
		return 0
	}
	return i + 1
}

func escapedDirectiveLength(s string, n int) int {
	if n%2 == 0 || n == len(s) || s[n] != '#' {
		return 0
	}
	w := max(wordLength(s[n+1:]), bracedWordLength(s[n+1:]))
	if w == 0 {
		return 0
	}
	return n + 1 + w
}

// stringLength is the length of a string literal; a doubled quote does not end it.
func stringLength(s string) int {
	quote := s[0]
	if quote != '"' && quote != '\'' {
		return 0
	}
	n := 0
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		n = i + 1
		if n == len(s) || s[n] != quote {
			break
		}
		i++
	}
	return n
}

// scanNumber tries whole numbers, which take along the dots of a range, and decimal numbers.
func scanNumber(s string, b *best) {
	i := 0
	if s[0] == '-' {
		i = 1
	}
	whole := digits(s[i:])
	rest := s[i+whole:]
	if whole > 0 {
		b.try(tInteger, i+whole)
		if hasPrefix(rest, "..") {
			b.try(tInteger, i+whole+2)
		}
		b.try(tFloat, lengthIf(exponentLength(rest), i+whole))
	}
	if rest == "" || rest[0] != '.' {
		return
	}
	fraction := digits(rest[1:])
	if whole == 0 && fraction == 0 {
		return
	}
	n := i + whole + 1 + fraction
	b.try(tFloat, n+exponentLength(s[n:]))
}

func lengthIf(n, before int) int {
	if n == 0 {
		return 0
	}
	return before + n
}

func exponentLength(s string) int {
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return 0
	}
	i := 1
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	return lengthIf(digits(s[i:]), i)
}

func digits(s string) int {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func backslashes(s string) int {
	i := 0
	for i < len(s) && s[i] == '\\' {
		i++
	}
	return i
}

// backslashes returns how many backslashes follow. It remembers where a run ends: a template of nothing else would
// otherwise take quadratic time.
func (l *lexer) backslashes() int {
	if l.pos >= l.slashEnd {
		l.slashEnd = l.pos + backslashes(l.src[l.pos:])
	}
	return l.slashEnd - l.pos
}

func newlineLength(s string) int {
	switch {
	case hasPrefix(s, "\r\n"):
		return 2
	case s != "" && (s[0] == '\n' || s[0] == '\r'):
		return 1
	}
	return 0
}

// lineEndLength is the length of blanks and a newline, 0 if anything else follows.
func lineEndLength(s string) int {
	i := 0
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	return lengthIf(newlineLength(s[i:]), i)
}

func isBlank(c byte) bool    { return c == ' ' || c == '\t' }
func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isLetter(c byte) bool   { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isWordChar(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '@' }
