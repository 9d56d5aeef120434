package role

import (
	"strings"
	"testing"
)

func TestJSONRoles(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`{"name":"a","description":"d","run_list":["recipe[x]","y@1.2","role[z]"]}`,
			"name: a\ndescription: \"d\"\nrun_list: recipe[x] recipe[y@1.2] role[z]\n"},
		{`{"run_list":"role[b]"}`, "run_list: role[b]\n"},
		{`{"run_list":null,"recipes":["x"]}`, ""},
		{`{"recipes":["x"]}`, "run_list: recipe[x]\n"},
		{`{"run_list":["a","recipe[a]"],"env_run_lists":{"p":["a","recipe[a]"],"q":"b","n":null}}`,
			"run_list: recipe[a]\nenv n: \nenv p: recipe[a] recipe[a]\nenv q: recipe[b]\n"},
		{`{"run_list":["a"],"env_run_lists":{"_default":["z"]}}`, "run_list: recipe[z]\n"},
		{`{"env_run_lists":{"_default":null},"run_list":["x"]}`, ""},
		{`{"env_run_lists":false,"run_list":["x"]}`, "run_list: recipe[x]\n"},
		{`{"name":"a","name":"b","run_list":["a"],"run_list":["c"]}`, "name: b\nrun_list: recipe[c]\n"},
		{`// c` + "\n" + `{"run_list": /* x */ ["a"]} // end`, "run_list: recipe[a]\n"},
		{`{"run_list":[{"type":"role","name":"k"},{"type":"recipe","name":"k","version":"1.2.3"}]}`, "run_list: role[k] recipe[k@1.2.3]\n"},
		{`{"name":"\u00fc\ud83d\ude00","run_list":[]}`, "problem 1 invalid-role: the name \"ü😀\" holds more than letters, digits, \"-\" and \"_\" (Chef::Exceptions::ValidationFailed)\n"},
		{`{"run_list":["caf\u00e9","a\/b\n"]}`, "run_list: recipe[café] \"recipe[a/b\\n]\"\n"},
		{"\f{}\v", ""},
		{`{"default_attributes":{"run_list":["role[x]"]},"json_class":"Chef::Role","unknown":[1,-2.5e3,true]}`, ""},
	} {
		if got := told(readJSON(c.src, "r.json"), "r"); got != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.src, got, c.want)
		}
	}
}

func TestJSONThatChefRefuses(t *testing.T) {
	for _, c := range []struct {
		src, msg  string
		kind      ProblemKind
		line, col int
	}{
		{"{\"a\":1,}", `unexpected "}", expected a key`, SyntaxError, 1, 8},
		{"{\n \"run_list\": [\"a\",\n ]}", `unexpected "]", expected a value`, SyntaxError, 3, 2},
		{"\uFEFF{}", `unexpected "\ufeff"`, SyntaxError, 1, 1},
		{"{\"a\":\"x\ty\"}", "a string holds the control character", SyntaxError, 1, 8},
		{"{\"a\":\n\"\\q\"}", `"\q" is no escape`, SyntaxError, 2, 2},
		{"{\"a\":\"\\u12\"}", `"\u" needs four`, SyntaxError, 1, 7},
		{"{\"a\":\"\xff\"}", "a string holds the byte 0xff", SyntaxError, 1, 7},
		{"{\"a\":01}", `unexpected "1", expected "," or "}"`, SyntaxError, 1, 7},
		{"{\"a\":1.}", `unexpected "}", expected a digit after the decimal point`, SyntaxError, 1, 8},
		{"{\"a\":-}", "unexpected", SyntaxError, 1, 7},
		{"{} {}", `unexpected "{", expected the end`, SyntaxError, 1, 4},
		{"{\"a\" 1}", `unexpected "1", expected ":" after the key "a"`, SyntaxError, 1, 6},
		{"{\"run_list\":[\"a\"", `unexpected end of file, expected "," or "]"`, SyntaxError, 1, 17},
		{"# x\n{}", `unexpected "#"`, SyntaxError, 1, 1},
		{"  \n", "unexpected end of file", SyntaxError, 2, 1},
		{"", "a role is an object", InvalidRole, 1, 1},
		{"\n[1]", "a role is an object", InvalidRole, 2, 1},
		{"null", "a role is an object", InvalidRole, 1, 1},
		{"{\n\"name\": \"a.b\"}", "the name \"a.b\"", InvalidRole, 2, 0},
		{"{\"name\":\"a\",\n\"description\":5}", "description must be a String", InvalidRole, 2, 0},
		{"{\n\"default_attributes\":[]}", "default_attributes must be a Hash", InvalidRole, 2, 0},
		{"{\n\n\"env_run_lists\":[]}", "env_run_lists must be a Hash", InvalidRole, 3, 0},
		{"{\"run_list\":[\n\"Recipe[x]\"]}", "not a run-list item", InvalidRole, 2, 0},
		{"{\"run_list\":[[\"a\"]]}", "not a run-list item", InvalidRole, 1, 0},
		{"{\"run_list\":true}", "not a run-list item", InvalidRole, 1, 0},
		{"{\"run_list\":{\"a\":1}}", "not a run-list item", InvalidRole, 1, 0},
		{"{\"a\":" + strings.Repeat("[", 600), "nested deeper", TooLarge, 1, 505},
	} {
		d := readJSON(c.src, "r.json")
		if len(d.problems) != 1 {
			t.Errorf("%.40q: problems %+v", c.src, d.problems)
			continue
		}
		p := d.problems[0]
		if p.Kind != c.kind || p.Line != c.line || p.Column != c.col || !strings.HasPrefix(p.Message, c.msg) {
			t.Errorf("%.40q: got %+v\nwant %s %d:%d %s", c.src, p, c.kind, c.line, c.col, c.msg)
		}
	}
}

func TestJSONKeepsWhatStandsBeforeAnError(t *testing.T) {
	d := readJSON("{\"name\":\"n\",\"run_list\":[\"a\",\"role[b]\"],\"x\":}", "r.json")
	if got := texts(d.role.RunList); got != "recipe[a] role[b]" || d.role.Name != "n" {
		t.Errorf("kept %q of %q", got, d.role.Name)
	}
}
