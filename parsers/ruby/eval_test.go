package ruby

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// evaluated is the value of an expression, as inspect shows it.
func evaluated(t *testing.T, src string) (string, error) {
	t.Helper()
	f, err := Parse(src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	ev := NewEvaluator(f, Host{File: "r.rb", Self: &recorder{list: &bag{}}})
	v, err := ev.sequence(f.body.stmts, &frame{})
	if err != nil {
		return "", err
	}
	shown, err := ev.send(&Call{recv: v, Name: "inspect"})
	if s, ok := shown.(*String); ok {
		return s.Text, err
	}
	return "unknown", err
}

func TestExpressionsHaveRubysValues(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(samples, "methods.txt"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		src, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  #=> ")
		if !ok {
			continue
		}
		n++
		got, err := evaluated(t, src)
		if err != nil || strings.ReplaceAll(got, "\n", "\\n") != want {
			t.Errorf("%s: got %s, %v, want %s", src, got, err, want)
		}
	}
	if n < 400 {
		t.Errorf("only %d expressions were tried", n)
	}
}

func TestWhatIsNotKnownIsNeverGuessed(t *testing.T) {
	for _, src := range []string{
		"ENV['X'] == 'a'", "ENV['X'] || 'a'", "'a' + ENV['X'].to_s", "[1, ENV['X']].include?(2)", "[1, *ENV['X']].length",
		"{ ENV['X'] => 1 }['a']", "x = 'a'; x << ENV['X']; x", "'ab' =~ /(a)/; ENV['X'] =~ /(b)/; $1", "'ab' =~ /(a)/; 'b' =~ /(b)/ if ENV['X']; $1",
		"'ab' =~ /(a)/; 'b' =~ /(?<!a)b/; $1", "s = Set[1]; s << 2 if ENV['X']; s.size", "Set.new(ENV['X']).to_a.size", "/(?<x>.)/ =~ ENV['X']; x",
		"case ENV['X'] when /(a)/ then 1 end; $1", "'a'.gsub(ENV['X']) { 'b' }", "case [1]\nin [x] then x\nend", "[1].to_json", "'a'.crypt('ab')", "x = [1]; x << 2 if ENV['X']; x.length", "x = 'a'; x << 'b' if ENV['X']; x",
		"x = { a: 1 }; x[:a] = 2 if ENV['X']; x[:a]", "x = 1; x = 2 unless ENV['X']; x", "ENV['X'] ? 1 : 2",
		"x = 0; [1, 2].each { |y| x += y if ENV['X'] }; x", "x = 1; while ENV['X'] do x = 2 end; x",
		"case ENV['X'] when 'a' then 1 else 2 end", "[3, ENV['X'].to_i].sort", "[ENV['X']].join(',')", "rand(10)",
		"x = []; Dir.glob('*').each { |f| x << f }; x.size", "File.exist?('x')", "__FILE__", "%w(a b).sample", "`ls`",
		"begin; require 'x'; y = 1; rescue LoadError; y = 2; end; y", "x = [1]; x.frobnicate!; x", "'abc'.crypt('ab')",
		"x = [1, 2]; x.delete_if { |y| ENV['X'] }; x.length", "[1, 2].select { |y| ENV['X'] }.first", "@own", "$PROGRAM_NAME",
		"def f(x) x end; f(*ENV['X'])", "a, b = ENV['X'].split(','); a", "a, *b = [1, *ENV['X']]; b.length",
		"1234.round(-2)", "x = [1]; y = (return if ENV['Z']); x << 2; x.length", "'a%s' % ENV['X']", "ENV.to_h", "ENV.fetch('A', 1)",
	} {
		if got, err := evaluated(t, src); err == nil && got != "unknown" {
			t.Errorf("%s: got %s", src, got)
		}
	}
}

func TestValuesThatHoldEachOtherTakeBoundedTime(t *testing.T) {
	grow := "a = [1]\n90.times { a = [a, a] }\nb = [1]\n90.times { b = [b, b] }\n"
	for _, src := range []string{
		"x = a.inspect", "run_list a", "x = a.flatten", "a == b", "a <=> b", "a.sort", "\"#{a}\"", "100000.times { a.include?(b) }",
		"{ a => 1 }[b]", "a.join(',')", "env_run_lists '_default' => a", "a - b", "a | b", "[a, b].uniq", "a << a\na.to_s",
		"h = {}\nh[:h] = h\nh[:i] = h\nh.to_s\nh == h", "'%s' % [a]", "a.hash", "case a when b then 1 end", "a.map(&:inspect)",
	} {
		start := spent()
		if _, _, err := recorded(t, grow+src, true); err != nil {
			t.Errorf("%s: %v", src, err)
		}
		if took := spent() - start; took > time.Minute {
			t.Errorf("%s: took %v", src, took)
		}
	}
}
