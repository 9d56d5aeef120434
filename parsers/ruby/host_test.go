package ruby

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// recorder is an object that notes the calls it is sent. It has the methods note
// and list, and with lenient every method.
type recorder struct {
	lenient bool
	calls   []string
	list    *bag
}

func (r *recorder) Class() string { return "Recorder" }

func (r *recorder) Responds(method string) bool { return method == "note" || method == "list" }

func (r *recorder) Keeps(variable string) string {
	if variable == "@own" {
		return "the recorder's"
	}
	return ""
}

func (r *recorder) Send(c *Call) (Value, bool, error) {
	switch {
	case c.Name == "list":
		return r.list, true, nil
	case c.Name == "note":
		return nil, true, r.note(c)
	case c.Name == "pairs":
		return nil, true, r.pairs(c)
	case c.Name == "same":
		if c.Vague() {
			return c.Report("compares any number of things"), true, nil
		}
		eq, known := c.Equal(c.Arg(0), c.Arg(1))
		if !known {
			return c.Unknown("compares what is not known"), true, nil
		}
		return eq, true, nil
	case c.Name == "fetch_file":
		c.MayDefine()
		v, err := c.Unread("reads a file")
		return v, true, err
	case r.lenient:
		v, err := c.Skip("calls " + c.Name)
		return v, true, err
	}
	return nil, false, nil
}

// pairs notes the pairs of a hash.
func (r *recorder) pairs(c *Call) error {
	h, ok := c.Arg(0).(*Hash)
	if !ok {
		return c.Raise("TypeError", "not %s", Noun(c.Arg(0)))
	}
	for k, v := range h.All() {
		name, isName := Name(k)
		s, known := c.Inspect(v)
		r.calls = append(r.calls, fmt.Sprintf("%d %s %t: %s %t", c.Line(), name, isName, s, known))
	}
	if u := h.More(); u != nil {
		r.calls = append(r.calls, fmt.Sprintf("%d more: %s", c.Line(), u.Reason))
	}
	return nil
}

func (r *recorder) note(c *Call) error {
	if err := c.AtMost(12); err != nil {
		return err
	}
	parts := []string{fmt.Sprint(c.Line())}
	for _, a := range c.Args {
		if u := c.Find(a); u != nil {
			c.Lose(u)
			text := u.Reason
			for _, choice := range c.Choices(u) {
				s, _ := c.Inspect(choice.Value)
				text += "; " + s + " if " + choice.Condition
			}
			parts = append(parts, "<"+text+">")
		} else if s, ok := c.Inspect(a); ok {
			parts = append(parts, s)
		} else if s, ok := c.Text(a); ok {
			parts = append(parts, Noun(a)+" "+s)
		} else {
			return c.Raise("TypeError", "not %s", Noun(a))
		}
	}
	if d, ok := c.Doubt(); ok {
		parts = append(parts, "if "+d.Condition)
	}
	if c.HasBlock() {
		v, err := c.Yield(int64(len(r.calls)))
		if err != nil {
			return err
		}
		s, _ := c.Inspect(v)
		parts = append(parts, "{"+s+"}")
	}
	r.calls = append(r.calls, strings.Join(parts, " "))
	return nil
}

// bag is an object of the host: a list that may only grow.
type bag struct{ items []Value }

func (b *bag) Class() string   { return "Bag" }
func (b *bag) Values() []Value { return b.items }
func (b *bag) String() string  { return fmt.Sprintf("bag of %d", len(b.items)) }

func (b *bag) Send(c *Call) (Value, bool, error) {
	switch c.Name {
	case "<<":
		b.items = append(b.items, c.Arg(0))
		return b, true, c.Spend(1)
	case "[]":
		return c.AsArray(b.items)
	case "all":
		return Frozen(b.items), true, nil
	}
	return c.Enumerate(b.items)
}

func bagClass(c *Call) (Value, bool, error) {
	if c.Name != "new" {
		return nil, false, nil
	}
	return &bag{items: c.List(c.Arg(0))}, true, nil
}

// recorded runs a source on a recorder.
func recorded(t *testing.T, src string, lenient bool) (calls []string, ev *Evaluator, err error) {
	t.Helper()
	f, err := Parse(src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	r := &recorder{lenient: lenient, list: &bag{}}
	ev = NewEvaluator(f, Host{File: "a.rb", Self: r, Classes: map[string]Class{"Bag": bagClass}})
	err = ev.Run()
	return r.calls, ev, err
}

func TestTheHostIsToldOfItsCalls(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"note 'a'\nself.note :b, 1.5, nil", `1 "a"|2 :b 1.5 nil`},
		{"%w(a b).each { |x| note x }", `1 "a"|1 "b"`},
		{"note ENV['X']", "1 <reads the environment variable X>"},
		{"note 'a' if ENV['X'] == 'b'", `1 "a" if ENV['X'] == 'b'`},
		{"note('a') { |n| n + 1 }", `1 "a" {1}`},
		{"def f(x) note x end\nf 'y'", `1 "y"`},
		{"note respond_to?(:note), respond_to?(:other)", `1 true false`},
		{"list << 1 << 2\nnote list.map { |x| x * 2 }, list[1], list", `2 [2, 4] 2 a Bag bag of 2`},
		{"note list.all.frozen?, list.is_a?(Enumerable), \"#{list}\"", `1 true true "bag of 0"`},
		{"note Bag.new([3]).first, Bag.new(nil).to_a, list.class", `1 3 [] Bag`},
		{"note @own", "1 <reads the recorder's @own>"},
		{"list == list ? note(1) : note(2)", "1 1"},
		{"defined?(note) && note(1)\nnote 2 unless defined?(other)", "1 1|2 2"},
		{"instance_eval { note self }", ""},
		{"note __FILE__", ""},
		{"note __FILE__ == 'a' ? 1 : 2", "1 <depends on a condition that compares what is not known; 1 if __FILE__ == 'a'; 2 if __FILE__ == 'a'>"},
		{"note File.basename(__FILE__, '.rb')", `1 "a"`},
	} {
		calls, _, err := recorded(t, c.src, false)
		if got := strings.Join(calls, "|"); got != c.want {
			t.Errorf("%s\ngot  %s, %v\nwant %s", c.src, got, err, c.want)
		}
	}
}

func TestACallMayStandOnALineAlone(t *testing.T) {
	ev := NewEvaluator(&File{}, Host{})
	c := ev.CallAt(7)
	if _, inDoubt := c.Doubt(); c.Line() != 7 || inDoubt || c.HasBlock() || c.Arg(0) != nil {
		t.Errorf("%+v", c)
	}
	if list := c.List(&Hash{}); len(list) != 0 {
		t.Errorf("%v", list)
	}
	c.Report("says so")
	c.Lose(c.Unknown("says it again"))
	if u := ev.Unresolved(); len(u) != 1 || u[0].Line != 7 || u[0].Reason != "says so" {
		t.Errorf("%+v", u)
	}
	r, ok := errors.AsType[*Exception](c.Raise("KeyError", "no %s", "key"))
	if !ok || r.Line != 7 || r.Error() != "no key (KeyError)" {
		t.Errorf("%+v", r)
	}
	if _, err := c.Yield(); err == nil {
		t.Error("a call without a block yields")
	}
}

func TestAPlainObjectHasRubysMethodsAlone(t *testing.T) {
	f, err := Parse("x = [self.class, respond_to?(:puts)]\nputs x\nunheard_of")
	if err != nil {
		t.Fatal(err)
	}
	r, ok := errors.AsType[*Exception](NewEvaluator(f, Host{}).Run())
	if !ok || r.Line != 3 || r.Class != "NameError" {
		t.Errorf("%+v", r)
	}
}

func TestEncodingsOfASource(t *testing.T) {
	for _, c := range []struct{ src, want, warning string }{
		{"\uFEFFnote 'é'", `1 "é"`, ""},
		{"# encoding: iso-8859-1\nnote 'caf\xE9'", `2 "café"`, ""},
		{"#!/usr/bin/ruby\n# -*- coding: cp1252 -*-\nnote '\x80'", `3 "€"`, ""},
		{"# coding: koi8-r\nnote '\xC1'", `2 "а"`, ""},
		{"# coding: cp850\nnote '\x82'", `2 "é"`, ""},
		{"# coding: binary\nnote '\xE9'", `2 "é"`, ""},
		{"# coding: ascii-8bit\nnote 'é'", `2 "é"`, ""},
		{"# coding: us-ascii\nnote 'e'", `2 "e"`, ""},
		{"# coding: iso8859-15\nnote '\xA4'", `2 "€"`, ""},
		{"# coding: shift_jis\nnote '\x82'", "2 \"\u0082\"", `the encoding "shift_jis" is not decoded; characters beyond ASCII are read as Latin-1`},
		{"# coding: euc-jp\nnote 'e'", `2 "e"`, ""},
	} {
		f, err := Parse(c.src)
		if err != nil || f.Warning != c.warning {
			t.Errorf("%q: %v, warning %q", c.src, err, f.Warning)
			continue
		}
		r := &recorder{}
		if err := NewEvaluator(f, Host{Self: r}).Run(); err != nil || strings.Join(r.calls, "|") != c.want {
			t.Errorf("%q: %q, %v, want %q", c.src, r.calls, err, c.want)
		}
	}
	if f, err := Parse("# coding: no-such\nnote 1"); err == nil || f == nil || !strings.Contains(err.Error(), "no-such") {
		t.Errorf("%v, %v", f, err)
	}
}
