package ruby

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// seedSamples adds the samples of testdata to a fuzz target.
func seedSamples(f *testing.F) {
	f.Helper()
	for _, name := range []string{"syntax.txt", "methods.txt"} {
		data, err := os.ReadFile(filepath.Join(samples, name))
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSuffix(line, "\n")
			if name == "methods.txt" {
				src, _, _ := strings.Cut(line, "  #=> ")
				f.Add(src)
				continue
			}
			_, snippet, _ := strings.Cut(line, " ")
			f.Add(unescape(snippet))
		}
	}
	for _, src := range []string{
		"s = Set.new(%w(a b))\ns << 'c' if ENV['X']\nnote s.to_a, (ENV['Y'] ? 'd' : nil), TABLE ||= { 'a' => 1 }",
		"if 'web1' =~ /(?<kind>[a-z]+)(\\d)/\n  note kind, $2\nend\ncase x\nin { a: [b, *c] } then note b\nend",
		"name 'a'\ndepends 'b', '~> 1.0'\n%w(c d).each { |x| depends x }", "package 'x' do\n  action :install\nend\ninclude_recipe \"a::#{node['b']}\"",
		"note 'a' if ENV['X']\nlist << 1\nnote list.map { |x| x }\nraise 'x' unless node['y']\nnote 2",
	} {
		f.Add(src)
	}
}

// FuzzRuby parses any text, follows it on a host that takes every call, and
// lists its calls.
func FuzzRuby(f *testing.F) {
	seedSamples(f)
	f.Fuzz(func(t *testing.T, src string) {
		lines := strings.Count(src, "\n") + 1
		defer func(start time.Time) {
			if took := time.Since(start); took > time.Minute && len(src) < 10_000 {
				t.Errorf("%d bytes took %v", len(src), took)
			}
		}(time.Now())
		file, err := Parse(src)
		if fault, ok := errors.AsType[*SyntaxError](err); ok && (fault.Line < 1 || fault.Line > lines || fault.Column < 0 || fault.Message == "") {
			t.Errorf("%+v in %d lines", fault, lines)
		}
		for _, lenient := range []bool{false, true} {
			ev := NewEvaluator(file, Host{File: "a.rb", Self: &recorder{lenient: lenient, list: &bag{}}, Classes: map[string]Class{"Bag": bagClass}})
			ev.limit, ev.walk.left = 20_000, 50_000 // endless loops end sooner: more is tried
			if r, ok := errors.AsType[*Exception](ev.Run()); ok && (r.Line > lines || r.Class == "") {
				t.Errorf("%+v in %d lines", r, lines)
			}
			for _, u := range ev.Unresolved() {
				if u.Line < 1 || u.Line > lines || u.Reason == "" || len([]rune(u.Text)) > MaxText {
					t.Errorf("%+v in %d lines", u, lines)
				}
			}
		}
		for _, s := range file.Calls("note", "depends", "include_recipe") {
			if s.Line < 1 || s.Line > lines {
				t.Errorf("%+v in %d lines", s, lines)
			}
		}
	})
}
