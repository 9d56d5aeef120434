package role

import (
	"errors"
	"testing"
)

func TestParseItem(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"recipe[nginx]", "recipe[nginx]"},
		{"recipe[nginx::ssl]", "recipe[nginx::ssl]"},
		{"recipe[nginx@1.2]", "recipe[nginx@1.2]"},
		{"recipe[nginx@1.2.3]", "recipe[nginx@1.2.3]"},
		{"role[web]", "role[web]"},
		{"role[a@1.2.3]", "role[a@1.2.3]"},
		{"nginx@1.2.3", "recipe[nginx@1.2.3]"},
		{"nginx", "recipe[nginx]"},
		{"nginx::default", "recipe[nginx::default]"},
		{"a@latest", "recipe[a@latest]"},
		{"a@1", "recipe[a@1]"},
		{"", "recipe[]"},
		{" a ", "recipe[ a ]"},
		{"recipe[ a b ]", "recipe[ a b ]"},
		{"recipe[é]", "recipe[é]"},
		{"recipe[[a]", "recipe[[a]"},
		// the anchors are those of lines
		{"recipe[a]\nrole[b]", "recipe[a]"},
		{"recipe[c]\n", "recipe[c]"},
		{"x[y]\nrole[z]", "role[z]"},
		{"recipe[a\nb]", "recipe[a\nb]"},
		{"x\ny@1.2", "recipe[x\ny@1.2]"},
	} {
		item, err := parseItem(c.text, 3)
		if err != nil || item.String() != c.want || item.Line != 3 {
			t.Errorf("%q: got %v, %v, want %s", c.text, item, err, c.want)
		}
	}
	for _, text := range []string{
		"Recipe[a]", "roles[a]", " recipe[a]", "recipe[a] ", "recipe[a],recipe[b]", "recipe[a@1]", "recipe[a@1.2.3.4]",
		"recipe[a@latest]", "recipe[]", "role[]", "recipe[a", "a]", "recipe[a]recipe[b]", "[\n]", "recipe[@1.2]",
	} {
		if item, err := parseItem(text, 1); !errors.Is(err, errItem) {
			t.Errorf("%q: got %v, %v, want an error", text, item, err)
		}
	}
	if _, err := parseItem("a\xff", 1); !errors.Is(err, errItemText) {
		t.Errorf("invalid UTF-8: %v", err)
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"web": true, "web-1_A": true, "größe": true, "日本": true, "a\nb c": true, "": false, "a.b": false, "a b": false,
		"a\xff": false, "\n": false, "½": false, "☃": false, "Ⅷ": true,
	} {
		if got := validName(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}

func TestDistinct(t *testing.T) {
	items := []Item{{Kind: RecipeItem, Name: "a", Line: 1}, {Kind: RoleItem, Name: "a", Line: 2}, {Kind: RecipeItem, Name: "a", Line: 3},
		{Kind: RecipeItem, Name: "a", Version: "1.0", Line: 4}}
	if got := texts(distinct(items)); got != "recipe[a] role[a] recipe[a@1.0]" {
		t.Error(got)
	}
}
