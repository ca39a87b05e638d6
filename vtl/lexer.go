package vtl

// lexState is a lexical state of Velocity's grammar: which tokens are possible depends on where the lexer is.
type lexState uint8

const (
	inReference    lexState = iota // after $
	inModifier                     // after a dot in a reference
	inIndex                        // between [ and ] of a reference
	inDirective                    // between the parentheses of a directive
	inCall                         // between the parentheses of a method call
	inText                         // the start
	inTextblock                    // #[[ ]]#
	inComment                      // #* *#
	inFormal                       // #** *#
	inLineComment                  // ## to the end of the line
	inPreDirective                 // after #
)

type savedState struct {
	open, closed int
	state        lexState
}

// lexer cuts a template into tokens as the token manager of Velocity 1.7 does, state by state: the longest token
// wins, a few "more" tokens become the beginning of the next one, and a stack remembers where to go back to.
// Velocity's oddities with $, #, backslashes and blanks come from these rules, so they are followed to the letter.
type lexer struct {
	src   string
	pos   int
	state lexState
	stack []savedState
	// open and closed count the parentheses of the current state.
	open, closed int
	comment      bool
	set          bool
	// slashEnd is where the last run of backslashes ends.
	slashEnd int
}

func newLexer(src string) *lexer { return &lexer{src: src, state: inText} }

func (l *lexer) push() {
	l.stack = append(l.stack, savedState{l.open, l.closed, l.state})
	l.open = 0
}

func (l *lexer) pop() bool {
	n := len(l.stack) - 1
	if n < 0 {
		l.open = 0
		l.state = inText
		return false
	}
	s := l.stack[n]
	l.stack = l.stack[:n]
	l.open, l.closed, l.state = s.open, s.closed, s.state
	return true
}

// next returns the next token; ok is false where no token is possible.
func (l *lexer) next() (t token, ok bool) {
	var special []string
	for {
		start := l.pos
		if start >= len(l.src) {
			return token{kind: tEOF, special: special, pos: start}, true
		}
		k, again, ok := l.match()
		if !ok {
			return token{pos: l.pos}, false
		}
		if again {
			continue
		}
		image := l.src[start:l.pos]
		switch k {
		case tRefTerminator, tDirectiveTerminator:
			special = append(special, image)
			l.pos--
			l.pop()
			continue
		}
		t := token{kind: k, image: image, special: special, pos: start}
		l.act(&t)
		return t, true
	}
}

// match reads one token behind any "more" tokens. again says that a character of a comment was skipped.
func (l *lexer) match() (k kind, again, ok bool) {
	for {
		if l.pos >= len(l.src) {
			return 0, false, false
		}
		k, n := l.longest()
		if n == 0 {
			return 0, false, false
		}
		l.pos += n
		switch k {
		case tCommentChar:
			return k, true, true
		case tDollar, tDollarBang, tTextblockOpen, tFormalCommentOpen, tCommentOpen, tHash, tTextblockChar:
			l.actMore(k)
		default:
			return k, false, true
		}
	}
}

// actMore does what follows a "more" token.
func (l *lexer) actMore(k kind) {
	if l.comment || k == tTextblockChar {
		return
	}
	enter := func(s lexState) {
		l.comment = true
		l.push()
		l.state = s
	}
	switch k {
	case tDollar, tDollarBang:
		if l.state == inReference {
			l.pop()
		}
		l.push()
		l.state = inReference
	case tTextblockOpen:
		enter(inTextblock)
	case tFormalCommentOpen:
		l.pos--
		enter(inFormal)
	case tCommentOpen:
		enter(inComment)
	case tHash:
		if l.state == inReference || l.state == inModifier {
			l.pop()
		}
		l.push()
		l.state = inPreDirective
	}
}

// act does what follows a token.
func (l *lexer) act(t *token) {
	switch t.kind {
	case tIndexOpen:
		l.push()
		l.state = inIndex
	case tIndexClose, tRefCurlyClose, tEnd, tElse, tNewline:
		l.pop()
	case tParenOpen:
		l.openParen()
	case tParenClose:
		l.closeParen()
	case tCallClose:
		l.state = inReference
	case tSet:
		if !l.comment {
			l.push()
			l.set = true
			l.state = inDirective
		}
		l.openParen()
	case tLineCommentOpen:
		if !l.comment {
			if l.state == inReference {
				l.pop()
			}
			l.comment = true
			l.push()
			l.state = inLineComment
		}
	case tLineCommentEnd, tFormalComment, tComment, tTextblock:
		l.comment = false
		l.pop()
	case tString:
		if l.state == inDirective && !l.set && l.open == 0 {
			l.pop()
		}
	case tIf, tElseIf:
		l.state = inDirective
	case tInteger:
		if n := len(t.image); n > 2 && t.image[n-2:] == ".." {
			l.pos -= 2
			t.image = t.image[:n-2]
		}
		if l.open == 0 && !l.set && l.state != inCall && l.state != inIndex {
			l.pop()
		}
	case tFloat:
		if l.open == 0 && !l.set && l.state != inCall {
			l.pop()
		}
	case tDot:
		l.pos--
		t.image = "."
		l.state = inModifier
	}
}

func (l *lexer) openParen() {
	if l.comment {
		return
	}
	l.open++
	if l.state == inModifier {
		l.state = inCall
	}
}

// closeParen goes back to the state below the one that the parenthesis closes.
func (l *lexer) closeParen() {
	if l.comment {
		return
	}
	for {
		if l.open > 0 {
			if l.open == l.closed+1 {
				l.pop()
			} else {
				l.closed++
			}
			return
		}
		if !l.pop() {
			return
		}
	}
}

// leftParenAhead tells whether a parenthesis follows, behind blanks and newlines or at once.
func (l *lexer) leftParenAhead() bool {
	for i := l.pos; i < len(l.src); i++ {
		switch l.src[i] {
		case '(':
			return true
		case ' ', '\n', '\r', '\t':
		default:
			return false
		}
	}
	return false
}
