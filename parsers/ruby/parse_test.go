package ruby

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// unescape reads \n, \\, \0 and \xHH in a snippet of one line.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case '0':
			b.WriteByte(0)
		case 'x':
			v, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b.WriteByte(byte(v))
			i += 2
		case '\\':
			b.WriteByte('\\')
		default:
			b.WriteString(s[i-1 : i+1])
		}
	}
	return b.String()
}

// samples are texts of Ruby and what is to be made of them.
const samples = "../../testdata/ruby"

func TestGrammarIsRubys(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(samples, "syntax.txt"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		verdict, snippet, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if verdict == "#" {
			continue
		}
		n++
		want, _ := strconv.Atoi(verdict)
		_, fault := parseRuby(newLexer(unescape(snippet)))
		switch {
		case fault == nil && want > 0:
			t.Errorf("accepted: %s", snippet)
		case fault != nil && want == 0:
			t.Errorf("refused: %s: line %d: %s", snippet, fault.Line, fault.Message)
		case fault != nil && fault.Line != want:
			t.Errorf("%s: refused on line %d, want %d", snippet, fault.Line, want)
		}
	}
	if n < 300 {
		t.Errorf("only %d snippets were tried", n)
	}
}

func TestSyntaxErrorsSayWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		src, msg  string
		line, col int
	}{
		{"run_list [\n  'a',\n  'b'\n  'c'\n]\n", `unexpected string literal, expected "," or "]" for "[" of line 1`, 4, 3},
		{"name 'a'\nrun_list(\n  'a',\n  'b'\n\ndescription 'x'\n", `unexpected "description", expected "," or ")" for "(" of line 2`, 6, 1},
		{"if true\n  run_list 'a'\n", `unexpected end of file, expected "end" for "if" of line 1`, 2, 0},
		{"run_list 'a'\nend\n", `unexpected "end", expected the end of the file`, 2, 1},
		{"name 'x\nrun_list 'a'\n", `unexpected "a", expected the end of the statement`, 2, 11},
		{"description \"x\nrun_list 'a'\n", "unterminated string; its end was not found before the end of the file", 1, 13},
		{"run_list <<A\na\n", `heredoc without its end; "A" was not found before the end of the file`, 1, 10},
		{"default_attributes 'v' => 1.2.3\n", `a number has one fraction; quote versions such as "1.2.3"`, 1, 30},
		{"run_list 'a',\n\nname 'b'\n", `unexpected string literal, expected the end of the statement`, 3, 6},
		{"é = 'a' )\n", `unexpected ")", expected the end of the file`, 1, 9},
	} {
		_, err := Parse(c.src)
		fault, ok := errors.AsType[*SyntaxError](err)
		if !ok {
			t.Errorf("%q: %v", c.src, err)
		} else if fault.Line != c.line || fault.Column != c.col || fault.Error() != c.msg {
			t.Errorf("%q: got %+v\nwant line %d:%d: %s", c.src, fault, c.line, c.col, c.msg)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"a /b/", "ident string"},
		{"a / b", "ident op ident"},
		{"a = 1; a /b", "ident assign number ; ident op ident"},
		{"a -1", "ident sign number"},
		{"a - 1", "ident op number"},
		{"a [1]", "ident array number ]"},
		{"a[1]", "ident index number ]"},
		{"a ? b : c", "ident ? ident : ident"},
		{"a ?b", "ident char"},
		{"{a: :b}", "{ label symbol }"},
		{"a.if if b", "ident dot ident modifier ident"},
		{"x <<A\nA\n", "ident heredoc"},
		{"x << A", "ident op const"},
		{"def a=(v)", "keyword ident ( ident )"},
		{"f *a, &b", "ident splat ident , amper ident"},
		{"1_000 0x1F 1.5e3", "number number number"},
		{"[?\\n, ?a]", "array char , char ]"},
		{"a\n  .b\n# c\n  .d", "ident dot ident dot ident"},
		{"a # c\nb", "ident newline ident"},
	} {
		names := map[tokenKind]string{
			tokIdent: "ident", tokConst: "const", tokNumber: "number", tokString: "string", tokHeredoc: "heredoc", tokOp: "op",
			tokAssign: "assign", tokSemicolon: ";", tokUnaryNum: "sign", tokArray: "array", tokIndex: "index", tokRightIndex: "]",
			tokQuestion: "?", tokColon: ":", tokChar: "char", tokBrace: "{", tokRightBrace: "}", tokLabel: "label",
			tokSymbol: "symbol", tokDot: "dot", tokModifier: "modifier", tokKeyword: "keyword", tokCallParen: "(",
			tokRightParen: ")", tokSplat: "splat", tokComma: ",", tokAmper: "amper", tokNewline: "newline",
		}
		lx := newLexer(c.src)
		lx.vars = &scopeNames{}
		var got []string
		for tok := lx.next(); tok.kind != tokEOF && len(got) < 20; tok = lx.next() {
			got = append(got, names[tok.kind])
			if tok.kind == tokString || tok.kind == tokHeredoc {
				break // the parser reads on
			}
			if tok.kind == tokAssign {
				lx.vars.add("a") // as the parser does
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: got %q, want %q", c.src, strings.Join(got, " "), c.want)
		}
	}
}
