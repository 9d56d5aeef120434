package ruby

// tokenKind is the class of a Ruby token. Characters that mean different
// things in different places have a kind for each meaning.
type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokNewline
	tokSemicolon
	tokIdent // a local variable or a method
	tokFID   // a method whose name ends in ? or !
	tokConst
	tokIVar
	tokCVar
	tokGVar
	tokLabel // "name:" before a value
	tokNumber
	tokSymbol
	tokChar    // ?c
	tokString  // opens a literal; the parser reads what it holds
	tokHeredoc // opens a heredoc; its body is on the next lines
	tokKeyword
	tokModifier // if, unless, while, until, rescue after a statement
	tokOp       // a binary operator, or the name of an operator method
	tokUnary    // - + ~ before an operand
	tokUnaryNum // - before a number
	tokBang     // !
	tokAssign
	tokOpAssign // text is the operator without "="
	tokSplat
	tokDoubleSplat
	tokAmper // & before a block argument
	tokPipe
	tokArrow  // =>
	tokLambda // ->
	tokRange
	tokBeginRange // .. without a left side
	tokQuestion
	tokColon
	tokScope    // ::
	tokTopScope // :: before a constant, without a left side
	tokDot
	tokSafeDot // &.
	tokComma
	tokCallParen  // ( that touches the method's name
	tokParen      // ( that opens an expression
	tokArgParen   // ( after a method's name and a space
	tokIndex      // [ that touches what it indexes
	tokArray      // [ that opens a literal
	tokBrace      // {
	tokRightParen // )
	tokRightIndex // ]
	tokRightBrace // }
)

// token is one word of the source.
type token struct {
	kind tokenKind
	pos  int // its first byte
	line int
	text string // the word, or the name without its sigil or colon
	val  Value  // of numbers and characters
	lit  literal
}

// literal says how a tokString or tokHeredoc goes on.
type literal struct {
	kind        literalKind
	open, close byte
	interpolate bool // escapes and #{} are read
	label       bool // the literal may be a label, as in "a": 1
	heredoc     bool
	id          string // of a heredoc
	indented    bool   // the heredoc's end may be indented
	squiggly    bool   // the heredoc's indentation is taken away
}

type literalKind uint8

const (
	litString literalKind = iota
	litSymbol
	litCommand
	litRegexp
	litWords
	litSymbols
)

// lexState says what the last token allows next; several may hold at once.
type lexState uint16

const (
	stBeg     lexState = 1 << iota // an expression begins
	stMid                          // after return and the like: may begin, a newline ends
	stArg                          // after a method name: an argument may begin
	stEnd                          // after a value
	stEndFn                        // after a parameter list or a closing parenthesis
	stDot                          // a method name is due
	stName                         // a method name is due after def, alias, undef
	stClass                        // after class
	stLabel                        // a label may stand here
	stLabeled                      // after a label
	stBegAny  = stBeg | stMid | stClass
	stEndAny  = stEnd | stEndFn
)

// keywords gives the state after each reserved word.
var keywords = map[string]lexState{
	"__ENCODING__": stEnd, "__FILE__": stEnd, "__LINE__": stEnd, "BEGIN": stEnd, "END": stEnd,
	"alias": stName, "and": stBeg, "begin": stBeg, "break": stMid, "case": stBeg, "class": stClass,
	"def": stName, "defined?": stArg, "do": stBeg, "else": stBeg, "elsif": stBeg, "end": stEnd,
	"ensure": stBeg, "false": stEnd, "for": stBeg, "if": stBeg, "in": stBeg, "module": stBeg,
	"next": stMid, "nil": stEnd, "not": stArg, "or": stBeg, "redo": stEnd, "rescue": stMid,
	"retry": stEnd, "return": stMid, "self": stEnd, "super": stArg, "then": stBeg, "true": stEnd,
	"undef": stName, "unless": stBeg, "until": stBeg, "when": stBeg, "while": stBeg, "yield": stArg,
}

// isModifier tells the keywords that may follow a statement.
func isModifier(word string) bool {
	switch word {
	case "if", "unless", "while", "until", "rescue":
		return true
	}
	return false
}

// describe names a token as an error message does.
func (t token) describe() string {
	switch t.kind {
	case tokEOF:
		return "end of file"
	case tokNewline:
		return "end of line"
	case tokString, tokChar, tokHeredoc:
		return "string literal"
	case tokNumber:
		return "number"
	case tokLabel:
		return "label \"" + t.text + ":\""
	case tokSymbol:
		return "symbol :" + t.text
	}
	return "\"" + t.text + "\""
}
