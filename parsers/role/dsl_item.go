package role

import (
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// itemOf makes a run-list item of a value. What is not known is reported.
func itemOf(c *ruby.Call, v ruby.Value) (item Item, known bool, err error) {
	switch v := v.(type) {
	case *ruby.Unknown:
		c.Lose(v)
		return Item{}, false, nil
	case *ruby.FileName:
		c.Report("uses the path of " + v.Base)
		return Item{}, false, nil
	case itemObject:
		return v.Item, true, nil
	case *ruby.Hash:
		return hashItem(c, v)
	case *ruby.String:
		if u := c.Find(v); u != nil {
			c.Lose(u)
			return Item{}, false, nil
		}
		line := v.Line
		if line == 0 {
			line = c.Line()
		}
		item, err = parseItem(v.Text, line)
		if err != nil {
			return item, false, &ruby.Exception{Class: "ArgumentError", Message: err.Error(), Line: line}
		}
		return item, true, nil
	}
	text, _ := c.Inspect(v)
	return Item{}, false, c.Raise("ArgumentError", "%s: %s", errItem, ruby.Clip(text))
}

// hashItem reads {type, name, version} as an item.
func hashItem(c *ruby.Call, h *ruby.Hash) (Item, bool, error) {
	if u := c.Find(h); u != nil {
		c.Lose(u)
		return Item{}, false, nil
	}
	field := func(name string) (string, bool) {
		v, ok := h.Get(&ruby.String{Text: name})
		if !ok || v == nil {
			if other, has := h.Get(ruby.Symbol(name)); has {
				v, ok = other, true
			}
		}
		text, known := c.Text(v)
		return text, ok && known
	}
	kind, hasKind := field("type")
	name, hasName := field("name")
	if !hasKind || !hasName || kind == "" {
		return Item{}, false, c.Raise("ArgumentError", "a run-list item as a Hash needs \"type\" and \"name\"")
	}
	version, _ := field("version")
	item := Item{Kind: Kind(kind), Name: name, Version: version, Line: c.Line()}
	if item.Kind != RecipeItem && item.Kind != RoleItem {
		c.Report("names an item of the type " + kind + ", which is neither role nor recipe")
		return item, false, nil
	}
	return item, true, nil
}

// itemObject is Chef::RunList::RunListItem.
type itemObject struct{ Item }

// Class names the class that the object stands for.
func (i itemObject) Class() string { return "Chef::RunList::RunListItem" }

// Equal compares with another item, or with its text.
func (i itemObject) Equal(other ruby.Value) bool {
	switch other := other.(type) {
	case *ruby.String:
		return strings.Contains(other.Text, i.Name) && i.String() == other.Text
	case itemObject:
		return i.same(other.Item)
	}
	return false
}

// Send calls a method of Chef::RunList::RunListItem.
func (i itemObject) Send(c *ruby.Call) (ruby.Value, bool, error) {
	switch c.Name {
	case "name":
		return &ruby.String{Text: i.Name, Line: i.Line}, true, nil
	case "type":
		return ruby.Symbol(i.Kind), true, nil
	case "version":
		if i.Version == "" {
			return nil, true, nil
		}
		return &ruby.String{Text: i.Version, Line: i.Line}, true, nil
	case "role?":
		return i.Kind == RoleItem, true, nil
	case "recipe?":
		return i.Kind == RecipeItem, true, nil
	case "to_s":
		return &ruby.String{Text: i.String(), Line: i.Line}, true, nil
	}
	return nil, false, nil
}

// listClasses are the classes with which a file can make run lists itself.
var listClasses = map[string]ruby.Class{"Chef::RunList": newListCall, "Chef::RunList::RunListItem": newItemCall}

// newListCall is Chef::RunList.new.
func newListCall(c *ruby.Call) (v ruby.Value, known bool, err error) {
	if c.Name != "new" && c.Name != "[]" {
		return nil, false, nil
	}
	l, err := newRunList(c, &ruby.Array{Items: c.Args})
	return l, true, err
}

// newItemCall is Chef::RunList::RunListItem.new.
func newItemCall(c *ruby.Call) (v ruby.Value, known bool, err error) {
	if c.Name != "new" && c.Name != "[]" {
		return nil, false, nil
	}
	item, known, err := itemOf(c, c.Arg(0))
	if u := c.Find(c.Arg(0)); err == nil && !known && u != nil {
		return u, true, nil
	}
	return itemObject{item}, known, err
}
