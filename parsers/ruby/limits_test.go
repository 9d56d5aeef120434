package ruby

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

const hostileSize = 1 << 18

// filled repeats a text up to the size of hostile ones.
func filled(s string) string { return strings.Repeat(s, hostileSize/len(s)) }

// numbered repeats a format with a running number up to that size.
func numbered(format string) string {
	var b strings.Builder
	for i := 0; b.Len() < hostileSize; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// hostile are texts whose reading might take more than linear
// time, or more depth than there is.
func hostile() map[string]string {
	texts := map[string]string{
		"heredocs in a line":   filled("<<A,") + "\n" + filled("A\n"),
		"heredocs in heredoc":  filled("\"#{<<A}"),
		"operators":            "a = " + filled("1 + ") + "1",
		"calls":                "a" + filled(".a"),
		"blocks":               "a" + filled("{}.a"),
		"variables":            numbered("v%d = 1\n"),
		"variables of blocks":  numbered("a { |v%d| "),
		"comments":             "foo\n" + filled("#\n") + ".bar",
		"strings side by side": "x = " + filled("'a'"),
		"a growing list":       "a = []\n" + filled("a += [1]\n"),
		"a growing text":       "a = ''\n" + filled("a += 'xxxxxxxx'\n"),
		"changes in doubt":     "a = []\nif ENV['X']\n" + filled("a << 1\n") + "end",
		"keys in doubt":        "a = {}\nif ENV['X']\n" + numbered("a[%d] = 1\n") + "end",
		"doubts":               filled("if ENV['X'] then a = 1 end\n"),
		"maybe returned":       filled("return if ENV['X']\n"),
		"maybe left":           "loop do\n" + filled("break if ENV['X']\n") + "end",
		"squiggly heredoc":     "x = <<~A\n" + filled("  #{1}\n") + "A\n",
		"substitutions":        "x = '" + filled("a") + "'\nx.gsub('a', 'bb').gsub('b', 'cc')",
		"a regexp":             "x = '" + filled("a") + "'\nx =~ /(a*)*b/",
		"many matches":         "x = '" + filled("a") + "'\nx.scan(/a*b|a/)\nx.gsub(/a*b|a/, '')\nx.split(/a*b|a/)",
		"matches of a text":    "x = '" + strings.Repeat("a", 8000) + "'\n" + strings.Repeat("x.scan(/a*b|a/)\n", 1000),
		"branches":             "if a\n" + filled("elsif b\n") + "end",
		"targets":              filled("(a,") + "b",
		"an endless loop":      "loop { }",
		"endless recursion":    "def f; f; end\nf",
		"maybe items":          numbered("note 'x%d' if ENV['X']\n"),
		"choices":              "x = 'a'\n" + numbered("x = 'b%d' if ENV['X']\n") + "note x",
		"choices of lists":     "x = []\n" + filled("x = [x, x] if ENV['X']\n") + "note x",
		"choices of texts":     "x = ENV['X'] ? 'a' : 'b'\n" + filled("x = \"#{x}#{x}\"\n") + "note x",
		"a set":                "s = Set.new\n" + numbered("s << %d\n"),
		"groups":               filled("'ab' =~ /(a)/; $1\n"),
		"sites":                filled("note(note { note }) if note\n"),
		"many hits of a class": "module A\n" + numbered("C%d = 1\n") + "end\n" + numbered("A::C%d\n"),
		"a long text":          "x = 'aaaaaaaaaaaaaaaa'\n60.times { x += x }",
		"a long list":          "a = [1] * 1000\na.product(a).product(a)",
		"huge ranges":          "(1..10**15).each { }\n(1..10**15).to_a\n10**15.times { }",
		"huge numbers":         "a = 2 ** 10 ** 10 ** 10\nb = " + filled("9"),
		"formats":              "'%999999999d' % 1\n'a'.ljust(10**12)\n'a' * 10**12\n[1] * 10**12\nArray.new(10**12)",
	}
	for _, s := range []string{
		"[", "(", "{", "\"#{", "<<A ", "%w((", "%(", "-", "!", "not ", "a ? ", "a do ", "def a;", "class A;", "if a\n", "a=", "a,",
		"*", "&", "|", "<", "=", "->{", "{a: ", "case ", "begin;", "a rescue ", "a and ", "a if ", "x.each{", "def a(x=", "a[", "\\",
		"\\\n", "\x00", "\xff", "\r", "@", "$", ":", "?", "/", "=begin\n", "case 1\nin [", "yield ", "a: ", "1 ", "\"a\" ", "%", "a ",
	} {
		texts["only "+s] = filled(s)
	}
	return texts
}

func TestHostileTextsAreReadInLinearTime(t *testing.T) {
	for name, src := range hostile() {
		start := spent()
		f, _ := Parse(src)
		ev := NewEvaluator(f, Host{Self: &recorder{lenient: true, list: &bag{}}})
		if err := ev.Run(); err != nil && err.Error() == "" {
			t.Errorf("%s: an exception without a message", name)
		}
		f.Calls("note")
		if took := spent() - start; took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
		if n := len(ev.Unresolved()); n > maxUnresolved {
			t.Errorf("%s: %d unresolved", name, n)
		}
		for _, u := range ev.Unresolved() {
			if len([]rune(u.Text)) > MaxText || strings.Contains(u.Text, "\n") || u.Line < 1 {
				t.Errorf("%s: %+v", name, u)
			}
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	for _, c := range []struct {
		open, close string
		fits        int
	}{{"[", "]", 400}, {"{ a: ", "}", 400}, {"(", ")", 250}, {"if x then ", " end", 200}, {"f { ", " }", 200}, {"def a() ", " end", 200}} {
		nested := func(n int) string { return "x = 1\n" + strings.Repeat(c.open, n) + "1" + strings.Repeat(c.close, n) }
		if _, err := Parse(nested(c.fits)); err != nil {
			t.Errorf("%d times %q: %v", c.fits, c.open, err)
		}
		_, err := Parse(nested(5000))
		if fault, ok := errors.AsType[*SyntaxError](err); !ok || !fault.Limit || !strings.Contains(fault.Message, "nested deeper than") {
			t.Errorf("5000 times %q: %v", c.open, err)
		}
	}
}

func TestOneLongLineIsRead(t *testing.T) {
	src := "note(" + strings.Repeat(filled("'a' => [1, \"b\", :c], "), 5) + "'z' => 1)"
	calls, ev, err := recorded(t, src, false)
	if err != nil || len(calls) != 1 || len(ev.Unresolved()) != 0 {
		t.Errorf("%d calls, %v, %v", len(calls), ev.Unresolved(), err)
	}
}

func TestTooManyWordsAreReported(t *testing.T) {
	file, err := Parse("note 'a'\nx = [" + strings.Repeat("1,", maxTokens/2) + "]")
	if fault, ok := errors.AsType[*SyntaxError](err); !ok || !fault.Limit {
		t.Errorf("%v", err)
	}
	r := &recorder{}
	if err := NewEvaluator(file, Host{Self: r}).Run(); err != nil || len(r.calls) != 1 {
		t.Errorf("what stands before was not kept: %v, %v", r.calls, err)
	}
}
