package role

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/parsers/ruby"
)

// filled repeats a text up to a mebibyte.
func filled(s string) string { return strings.Repeat(s, 1<<20/len(s)) }

// numbered repeats a format with a running number up to a mebibyte.
func numbered(format string) string {
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// hostile are texts of a mebibyte that might make run lists of more than linear time.
func hostile() map[string]string {
	return map[string]string{
		"nothing closed":      "run_list " + filled("["),
		"keys":                "default_attributes(" + numbered("'k%d' => 1,") + ")",
		"items":               "run_list " + numbered("'r%d',") + "'x'",
		"environments":        "env_run_lists '_default' => []," + numbered("'e%d' => ['a'],") + "'x' => []",
		"copied lists":        "run_list 'a'\n" + numbered("env_run_lists_add 'e%[1]d' => run_list.to_a\nrun_list << 'r%[1]d'\n"),
		"items looked for":    "run_list " + numbered("'r%d',") + "'x'\n" + strings.Repeat("run_list.include?('x')\n", 20_000),
		"appended items":      numbered("run_list << 'x%d'\n"),
		"unknown items":       filled("run_list << ENV['X']\n"),
		"items in doubt":      numbered("run_list << 'x%d' if ENV['X']\n"),
		"lists in doubt":      "x = ['a']\n" + filled("x = [x, x] if ENV['X']\n") + "run_list x",
		"lists within lists":  "x = ['a']\n" + strings.Repeat("x = [x, x]\n", 90) + filled("run_list(x) if ENV['X']\n"),
		"environments, maybe": numbered("env_run_lists_add('e%d' => ['a']) if ENV['X']\n"),
		"removed items":       "run_list " + numbered("'r%d',") + "'x'\n" + strings.Repeat("run_list.remove('x')\n", 1000),
	}
}

func TestHostileTextsAreReadInLinearTime(t *testing.T) {
	for name, src := range hostile() {
		start := time.Now()
		d := readRuby(src, "r.rb")
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
		if len(d.role.Unresolved) > 1000 {
			t.Errorf("%s: %d unresolved", name, len(d.role.Unresolved))
		}
		for _, u := range d.role.Unresolved {
			if len([]rune(u.Text)) > ruby.MaxText || strings.Contains(u.Text, "\n") || u.Line < 1 {
				t.Errorf("%s: %+v", name, u)
			}
		}
	}
}

func TestHostileJSONIsReadInLinearTime(t *testing.T) {
	for _, s := range []string{"[", "{\"a\":", "\"", "\\", "/*", "//\n", "1", "-", ",", "\"a\":1,", "\"\\u0041", "\xff", " "} {
		for _, prefix := range []string{"", "{\"run_list\":[", "{"} {
			start := time.Now()
			readJSON(prefix+filled(s), "r.json")
			if took := time.Since(start); took > time.Minute {
				t.Errorf("%q after %q: took %v", s, prefix, took)
			}
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	deep := func(n int) string {
		return "default_attributes(" + strings.Repeat("{ 'a' => ", n) + "1" + strings.Repeat("}", n) + ")\nrun_list 'x'"
	}
	if d := readRuby(deep(400), "r.rb"); len(d.problems) > 0 || texts(d.role.RunList) != "recipe[x]" {
		t.Errorf("400 deep: %+v", d)
	}
	lists := func(n int) string { return "run_list " + strings.Repeat("[", n) + "'x'" + strings.Repeat("]", n) }
	if d := readRuby(lists(100), "r.rb"); texts(d.role.RunList) != "recipe[x]" {
		t.Errorf("a list 100 deep: %+v", d)
	}
	d := readRuby(lists(5000), "r.rb")
	if len(d.problems) != 1 || d.problems[0].Kind != TooLarge || !strings.Contains(d.problems[0].Message, "nested deeper than") {
		t.Errorf("5000 deep: %+v", d.problems)
	}
}

func TestLargeAttributesAreRead(t *testing.T) {
	var b strings.Builder
	b.WriteString("name 'big'\ndefault_attributes(\n")
	for i := 0; b.Len() < 5<<20; i++ {
		fmt.Fprintf(&b, "  'k%d' => { 'a' => [%d, \"text %d\", :sym, nil], 'b' => { c: %d.5, 'run_list' => 'role[x]' } },\n", i, i, i, i)
	}
	b.WriteString(")\nrun_list 'recipe[a]'\n")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d := readRuby(b.String(), "big.rb")
	runtime.ReadMemStats(&after)
	if len(d.problems) > 0 || len(d.role.Unresolved) > 0 || texts(d.role.RunList) != "recipe[a]" {
		t.Errorf("%+v", d)
	}
	if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 500 {
		t.Errorf("allocated %d MiB for 5 MiB", mib)
	}
}

func TestManyItemsAreRead(t *testing.T) {
	var b strings.Builder
	b.WriteString("run_list(\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "  'role[missing-%d]',\n", i)
	}
	b.WriteString(")\n")
	d := readRuby(b.String(), "r.rb")
	if n := len(d.role.RunList); n != 10_000 || d.role.RunList[n-1].Line != 10_001 {
		t.Errorf("%d items", n)
	}
}
