package repository

import (
	"fmt"
	"strings"
	"testing"
)

// included is what a recipe web of the cookbook shop includes: "2 nginx::default?".
func included(src string) (string, []string) {
	d := document{file: "recipes/web.rb", src: src}
	r := d.recipe("shop", "web")
	var all []string
	for _, i := range r.Includes {
		maybe := ""
		if i.Maybe {
			maybe = "?"
		}
		all = append(all, fmt.Sprintf("%d %s%s", i.Line, i.Recipe, maybe))
	}
	var rest []string
	for _, u := range r.Unresolved {
		rest = append(rest, fmt.Sprintf("%d %s", u.Line, u.Text))
	}
	for _, p := range d.problems {
		rest = append(rest, fmt.Sprintf("%d:%d %s %s", p.Line, p.Column, p.Kind, p.Message))
	}
	return strings.Join(all, ", "), rest
}

func TestWhatARecipeIncludes(t *testing.T) {
	for _, c := range []struct{ src, want, rest string }{
		{"include_recipe 'nginx'", "1 nginx::default", ""},
		{"include_recipe('nginx::ssl')\ninclude_recipe \"apt\"", "1 nginx::ssl, 2 apt::default", ""},
		{"include_recipe 'a', %w(b c::d), [['e']]", "1 a::default, 1 b::default, 1 c::d, 1 e::default", ""},
		{"include_recipe '::ssl'", "1 shop::ssl", ""},
		{"include_recipe \"#{cookbook_name}::ssl\"", "1 shop::ssl", ""},
		{"include_recipe \"other::#{recipe_name}\"", "1 other::web", ""},
		{"include_recipe \"#{@cookbook_name}::ssl\"\ninclude_recipe \"#{cookbook_name}::#{recipe_name}_x\"", "1 shop::ssl, 2 shop::web_x", ""},
		{"%w{ssh\n  sudo\n}.each do |recipe_name|\n  include_recipe recipe_name\nend", "1 ssh::default, 2 sudo::default", ""},
		{"a = ['x']\nb = %w(y z)\n[a, b].each do |g|\n  g.each {|recipe| include_recipe recipe}\nend", "1 x::default, 2 y::default, 2 z::default", ""},
		{"case node[:x][:mode]\nwhen \"source\" then include_recipe \"#{cookbook_name}::a\"\nwhen \"binary\" then include_recipe \"b\"\nend", "2 shop::a?, 3 b::default?", ""},
		{"db = fetch_settings\ninclude_recipe \"#{db[:name]}::client\"", "", "2 include_recipe"},
		{"node['domains'].each_pair do |k, v|\n  if v['recipes']\n    v['recipes']['before'].each do |recipe|\n      include_recipe recipe\n    end\n  end\nend", "", "4 include_recipe recipe"},
		{"begin\n  include_recipe 'a'\nrescue\n  include_recipe 'b'\nend", "2 a::default, 4 b::default?", ""},
		{"class Chef::Recipe\n  include X\nend\n::Chef::Recipe.send(:include, Y::Z)\nextend W\ninclude_recipe 'a'", "6 a::default", ""},
		{"include_recipe 'a' unless node['x'].include?('y') or Chef::Config[:solo]", "1 a::default?", ""},
		{"r = value_for_platform_family('rhel' => 'yum', 'debian' => 'apt')\ninclude_recipe r", "", "2 include_recipe r"},
		{"include_recipe node['y'] ? 'a' : 'b'", "1 a::default?, 1 b::default?", "1 include_recipe"},
		{"%w(a b).each do |r|\n  include_recipe \"x::#{r}\"\nend", "2 x::a, 2 x::b", ""},
		{"list = ['a']\nlist << 'b'\nlist.each { |r| include_recipe r }", "1 a::default, 2 b::default", ""},
		{"include_recipe 'a' if node['x']", "1 a::default?", ""},
		{"if platform?('rhel')\n  include_recipe 'yum'\nelse\n  include_recipe 'apt'\nend", "2 yum::default?, 4 apt::default?", ""},
		{"case node['platform_family']\nwhen 'rhel' then include_recipe 'yum'\nend", "2 yum::default?", ""},
		{"package 'x' do\n  include_recipe 'a'\nend", "2 a::default?", ""},
		{"ruby_block 'x' do\n  block { run_context.include_recipe 'a' }\nend", "2 a::default?", ""},
		{"def helper\n  include_recipe 'a'\nend", "2 a::default?", ""},
		{"x = lambda { |n| include_recipe n }\nx.call('a')", "2 a::default", ""},
		{"include_recipe format('%s::%s', 'a', 'b')", "1 a::b", ""},
		{"include_recipe node['recipe']", "", "1 include_recipe node['recipe']"},
		{"node['recipes'].each { |r| include_recipe r }", "", "1 node['recipes']"},
		{"include_recipe 'a'\nraise 'no'\ninclude_recipe 'b'", "1 a::default, 3 b::default?", "2 "},
		{"include_recipe 'a'\nfile '/x' do", "1 a::default", "2:13 syntax-error"},
		{"# include_recipe 'a'\nlog \"include_recipe 'b'\"\n__END__\ninclude_recipe 'c'", "", ""},
		{"return if node['x']\ninclude_recipe 'a'", "2 a::default?", ""},
		{"raise 'unsupported' unless platform?('ubuntu')\ninclude_recipe 'a'", "2 a::default", ""},
		{"", "", ""},
	} {
		got, rest := included(c.src)
		if got != c.want {
			t.Errorf("%q includes %q, want %q", c.src, got, c.want)
		}
		if joined := strings.Join(rest, "; "); c.rest == "" && joined != "" || !strings.Contains(joined, c.rest) {
			t.Errorf("%q: %q, want %q", c.src, joined, c.rest)
		}
	}
}

func TestTheShortWayFindsWhatFollowingFinds(t *testing.T) {
	short := 0
	for _, src := range []string{
		"include_recipe 'nginx'", "include_recipe 'a', '::b'\ninclude_recipe(\"c::d\")", "include_recipe 'a' 'b'", "x = 1\ninclude_recipe :a",
		"include_recipe 'a' if x", "%w(a).each { include_recipe 'b' }", "include_recipe x", "return if x\ninclude_recipe 'a'",
		"include_recipe \"a#{1}\"", "include_recipe 'a'.upcase", "file 'x' do\n  y\nend\ninclude_recipe <<~X.strip\n  a\nX", "include_recipe *%w(a b)", "(include_recipe 'a'; include_recipe 'b')",
	} {
		d := document{file: "recipes/web.rb", src: src}
		file := d.parse()
		brief, long := Recipe{Name: "shop::web"}, Recipe{Name: "shop::web"}
		if !d.plain(&brief, file.Calls("include_recipe")) {
			continue
		}
		short++
		d.follow(&long, "shop", "web", file)
		if fmt.Sprint(brief.Includes) != fmt.Sprint(long.Includes) || len(d.unresolved) > 0 {
			t.Errorf("%q: %v, but followed %v", src, brief.Includes, long.Includes)
		}
	}
	if short < 4 {
		t.Errorf("the short way was taken %d times", short)
	}
}
