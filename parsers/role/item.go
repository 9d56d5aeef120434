package role

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The grammar of run-list items is Chef's; its anchors are those of lines.
var (
	qualifiedRecipe = regexp.MustCompile(`(?m)^recipe\[([^\]@]+)(?:@([0-9]+(?:\.[0-9]+){1,2}))?\]$`)
	qualifiedRole   = regexp.MustCompile(`(?m)^role\[([^\]]+)\]$`)
	versionedRecipe = regexp.MustCompile(`(?m)^([^@]+)@([0-9]+(?:\.[0-9]+){1,2})$`)
)

var (
	errItem     = errors.New("not a run-list item: expected recipe[NAME], role[NAME], recipe[NAME@VERSION] or NAME")
	errItemText = errors.New("not a run-list item: its text is no valid UTF-8")
)

// parseItem reads a run-list item as Chef does: what no form matches and holds
// no bracket is a recipe, verbatim. The error wraps errItem and quotes the text.
func parseItem(text string, line int) (Item, error) {
	if name, ok := plainItem(text, "recipe[", "@"); ok {
		return Item{Kind: RecipeItem, Name: strings.Clone(name), Line: line}, nil
	}
	if name, ok := plainItem(text, "role[", ""); ok {
		return Item{Kind: RoleItem, Name: strings.Clone(name), Line: line}, nil
	}
	if !utf8.ValidString(text) {
		return Item{}, fmt.Errorf("%w: %q", errItemText, text)
	}
	item := Item{Kind: RecipeItem, Line: line}
	if m := qualifiedRecipe.FindStringSubmatch(text); m != nil {
		item.Name, item.Version = m[1], m[2]
	} else if m := qualifiedRole.FindStringSubmatch(text); m != nil {
		item.Kind, item.Name = RoleItem, m[1]
	} else if m := versionedRecipe.FindStringSubmatch(text); m != nil {
		item.Name, item.Version = m[1], m[2]
	} else if strings.ContainsAny(text, "[]") {
		return Item{}, fmt.Errorf("%w: %q", errItem, text)
	} else {
		item.Name = text
	}
	item.Name, item.Version = strings.Clone(item.Name), strings.Clone(item.Version)
	return item, nil
}

// plainItem reads the everyday forms without a regexp: one line of ASCII with
// none of the characters in special.
func plainItem(text, prefix, special string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok || len(rest) < 2 || rest[len(rest)-1] != ']' {
		return "", false
	}
	name = rest[:len(rest)-1]
	for i := range len(name) {
		if c := name[i]; c < ' ' || c >= utf8.RuneSelf || c == ']' || special != "" && c == special[0] {
			return "", false
		}
	}
	return name, true
}

// key is what tells items apart, whatever line they stand on.
func (i Item) key() Item { return Item{Kind: i.Kind, Name: i.Name, Version: i.Version} }

// same tells that two items are equal for Chef.
func (i Item) same(other Item) bool {
	return i.Kind == other.Kind && i.Name == other.Name && i.Version == other.Version
}

// validName tells whether Chef accepts the name of a role: one of its lines is
// all letters, digits, "-" and "_", of any script.
func validName(name string) bool {
	if !utf8.ValidString(name) {
		return false
	}
	for line := range strings.SplitSeq(name, "\n") {
		if line != "" && strings.IndexFunc(line, func(r rune) bool { return !nameRune(r) }) < 0 {
			return true
		}
	}
	return false
}

func nameRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '-' || r == '_' || r >= '0' && r <= '9' || r|' ' >= 'a' && r|' ' <= 'z'
	}
	return unicode.IsLetter(r) || unicode.In(r, unicode.Nd, unicode.Nl, unicode.Other_Alphabetic)
}

// distinct drops repeated items and keeps the first of each, which is certain
// when any of them is.
func distinct(items []Item) []Item {
	if len(items) < 2 {
		return items
	}
	seen := make(map[Item]int, len(items))
	out := items[:0:0]
	for _, i := range items {
		at, again := seen[i.key()]
		switch {
		case !again:
			seen[i.key()] = len(out)
			out = append(out, i)
		case i.Doubt == "":
			out[at].Doubt = ""
		}
	}
	return out
}
