package ruby

import (
	"strings"
)

// operator reads what begins with neither letter nor digit: operators,
// brackets, sigils and the openings of literals.
func (lx *lexer) operator(t *token, c byte, space bool) {
	argument := lx.in(stArg) && space && !isBlank(lx.at(1)) // "x -1", not "x - 1" or "x-1"
	switch c {
	case '"', '\'':
		lx.open(t, 1, literal{open: c, close: c, interpolate: c == '"', label: lx.labelDue()})
	case '`':
		lx.backquote(t)
	case '+', '-':
		lx.sign(t, c, argument)
	case '*':
		lx.star(t, argument)
	case '&':
		lx.ampersand(t, argument)
	case '|':
		lx.pipe(t)
	case '<':
		lx.less(t, space)
	case '>', '=', '^', '~', '!':
		lx.compare(t, c)
	case '/':
		lx.slash(t, argument)
	case '%':
		lx.percent(t, argument)
	case '?':
		lx.question(t)
	case ':':
		lx.colon(t, space)
	case '.':
		lx.dot(t)
	case '(', '[', '{', ')', ']', '}', ',', ';':
		lx.bracket(t, c, space)
	case '@', '$':
		lx.variable(t, c)
	default:
		lx.fail(lx.pos, lx.line, "unexpected \""+string(c)+"\"")
	}
}

func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// take ends the token after n bytes.
func (lx *lexer) take(t *token, kind tokenKind, n int, after lexState) {
	t.kind, t.text = kind, lx.src[lx.pos:lx.pos+n]
	lx.pos += n
	lx.state = after
}

// takeOp ends an operator, which where a name is due is a method's name.
func (lx *lexer) takeOp(t *token, n int) {
	after := stBeg
	if lx.named() {
		after = stArg
	}
	lx.take(t, tokOp, n, after)
}

// takeAssign ends an operator such as "+=".
func (lx *lexer) takeAssign(t *token, n int) {
	lx.take(t, tokOpAssign, n+1, stBeg)
	t.text = t.text[:n]
}

// open begins a literal whose first content byte is n places on.
func (lx *lexer) open(t *token, n int, lit literal) {
	t.kind, t.lit, t.text = tokString, lit, lx.src[lx.pos:lx.pos+n]
	lx.pos += n
}

func (lx *lexer) backquote(t *token) {
	if lx.named() {
		lx.takeOp(t, 1)
		return
	}
	lx.open(t, 1, literal{kind: litCommand, open: '`', close: '`', interpolate: true})
}

func (lx *lexer) sign(t *token, c byte, argument bool) {
	switch next := lx.at(1); {
	case lx.named():
		n := 1
		if next == '@' {
			n = 2
		}
		lx.takeOp(t, n)
	case next == '=':
		lx.takeAssign(t, 1)
	case c == '-' && next == '>':
		lx.take(t, tokLambda, 2, stEndFn)
	case !lx.begins() && !argument:
		lx.takeOp(t, 1)
	case c == '-' && isDigit(next):
		lx.take(t, tokUnaryNum, 1, stBeg)
	default:
		lx.take(t, tokUnary, 1, stBeg)
	}
}

func (lx *lexer) star(t *token, argument bool) {
	n, kind := 1, tokSplat
	if lx.at(1) == '*' {
		n, kind = 2, tokDoubleSplat
		argument = argument && !isBlank(lx.at(2))
	}
	switch {
	case lx.at(n) == '=':
		lx.takeAssign(t, n)
	case !lx.named() && (argument || lx.begins()):
		lx.take(t, kind, n, stBeg)
	default:
		lx.takeOp(t, n)
	}
}

func (lx *lexer) ampersand(t *token, argument bool) {
	switch next := lx.at(1); {
	case next == '&' && lx.at(2) == '=':
		lx.takeAssign(t, 2)
	case next == '&':
		lx.take(t, tokOp, 2, stBeg)
	case next == '=':
		lx.takeAssign(t, 1)
	case next == '.':
		lx.take(t, tokSafeDot, 2, stDot)
	case !lx.named() && (argument || lx.begins()):
		lx.take(t, tokAmper, 1, stBeg)
	default:
		lx.takeOp(t, 1)
	}
}

func (lx *lexer) pipe(t *token) {
	double := lx.at(1) == '|' && !lx.in(stBeg) // "||" where a value is due is an empty parameter list
	switch {
	case double && lx.at(2) == '=':
		lx.takeAssign(t, 2)
	case double:
		lx.take(t, tokOp, 2, stBeg)
	case lx.at(1) == '=':
		lx.takeAssign(t, 1)
	case lx.named():
		lx.takeOp(t, 1)
	default:
		lx.take(t, tokPipe, 1, stBeg|stLabel)
	}
}

func (lx *lexer) less(t *token, space bool) {
	shift := lx.at(1) == '<'
	if shift && !lx.in(stDot|stClass|stEndAny) && (!lx.in(stArg) || lx.in(stLabeled) || space) && lx.heredoc(t) {
		return
	}
	first := lx.in(stClass)
	switch {
	case shift && lx.at(2) == '=':
		lx.takeAssign(t, 2)
	case shift:
		lx.takeOp(t, 2)
	case lx.at(1) == '=' && lx.at(2) == '>':
		lx.takeOp(t, 3)
	case lx.at(1) == '=':
		lx.takeOp(t, 2)
	default:
		lx.takeOp(t, 1)
	}
	lx.first = first
}

// heredoc reads <<A, <<-A, <<~A, with or without quotes around the A.
func (lx *lexer) heredoc(t *token) bool {
	i := 2
	lit := literal{interpolate: true, heredoc: true}
	if c := lx.at(i); c == '-' || c == '~' {
		lit.indented, lit.squiggly = true, c == '~'
		i++
	}
	from := lx.pos + i
	quote := lx.at(i)
	switch {
	case quote == '"' || quote == '\'' || quote == '`':
		lit.interpolate = quote != '\''
		if quote == '`' {
			lit.kind = litCommand
		}
		from++
		rest := lx.src[from:lx.limit]
		n := strings.IndexByte(rest[:lineLen(rest)], quote)
		if n < 0 {
			lx.fail(lx.pos, lx.line, "unterminated heredoc identifier")
			return true
		}
		lit.id = rest[:n]
		from += n + 1
	case isNameByte(quote):
		end := lx.nameEnd(from)
		lit.id = lx.src[from:end]
		from = end
	default:
		return false
	}
	t.kind, t.lit, t.text = tokHeredoc, lit, lx.src[lx.pos:from]
	lx.pos = from
	return true
}

// compare reads operators that begin with > = ^ ~ or !.
func (lx *lexer) compare(t *token, c byte) {
	rest := lx.src[lx.pos:min(lx.pos+3, lx.limit)]
	if lx.named() && (c == '!' || c == '~') && strings.HasPrefix(rest[1:], "@") {
		lx.takeOp(t, 2)
		return
	}
	for _, op := range []string{"===", "==", "=~", "<=>", ">=", "!=", "!~"} {
		if strings.HasPrefix(rest, op) {
			lx.takeOp(t, len(op))
			return
		}
	}
	switch {
	case rest == ">>=":
		lx.takeAssign(t, 2)
	case strings.HasPrefix(rest, ">>"):
		lx.takeOp(t, 2)
	case strings.HasPrefix(rest, "^="):
		lx.takeAssign(t, 1)
	case strings.HasPrefix(rest, "=>"):
		lx.take(t, tokArrow, 2, stBeg)
	case c == '=':
		lx.take(t, tokAssign, 1, stBeg)
	case c == '!' && !lx.named():
		lx.take(t, tokBang, 1, stBeg)
	case c == '~' && !lx.named():
		lx.take(t, tokUnary, 1, stBeg)
	default:
		lx.takeOp(t, 1)
	}
}

func (lx *lexer) dot(t *token) {
	switch {
	case lx.at(1) == '.':
		n, kind := 2, tokRange
		if lx.at(2) == '.' {
			n = 3
		}
		if lx.begins() {
			kind = tokBeginRange
		}
		lx.take(t, kind, n, stBeg)
	case isDigit(lx.at(1)):
		lx.fail(lx.pos, lx.line, "no number begins with a dot; put 0 before it")
	default:
		lx.take(t, tokDot, 1, stDot)
	}
}

// bracket reads brackets, commas and semicolons.
func (lx *lexer) bracket(t *token, c byte, space bool) {
	switch c {
	case '(':
		kind := tokCallParen
		switch {
		case lx.begins():
			kind = tokParen
		case space && (lx.in(stArg) || lx.state == stEnd|stLabel):
			kind = tokArgParen
		}
		lx.take(t, kind, 1, stBeg|stLabel)
	case '[':
		lx.openIndex(t, space)
	case '{':
		lx.take(t, tokBrace, 1, stBeg|stLabel)
	case ')':
		lx.take(t, tokRightParen, 1, stEndFn)
	case ']':
		lx.take(t, tokRightIndex, 1, stEnd)
	case '}':
		lx.take(t, tokRightBrace, 1, stEnd)
	case ',':
		lx.take(t, tokComma, 1, stBeg|stLabel)
	case ';':
		lx.take(t, tokSemicolon, 1, stBeg)
		lx.first = true
	}
}

func (lx *lexer) openIndex(t *token, space bool) {
	switch {
	case lx.named():
		switch {
		case lx.at(1) != ']':
			lx.take(t, tokIndex, 1, stBeg|stLabel)
		case lx.at(2) != '=':
			lx.take(t, tokOp, 2, stArg)
		default:
			lx.take(t, tokOp, 3, stArg)
		}
	case lx.begins() || lx.in(stArg) && (space || lx.in(stLabeled)):
		lx.take(t, tokArray, 1, stBeg|stLabel)
	default:
		lx.take(t, tokIndex, 1, stBeg|stLabel)
	}
}
