package repository

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/role"
	"github.com/converged/converged/parsers/ruby"
)

// document is a file, and what reading it found.
type document struct {
	file       string
	src        string
	lines      []string // of src, made when one is asked for
	unread     bool     // it could not be opened, and the problems say so
	problems   []role.Problem
	unresolved []role.Unresolved
}

// open reads a file's text.
func open(file string) document {
	d := document{file: file}
	src, err := role.Contents(filepath.FromSlash(file))
	switch {
	case errors.Is(err, role.ErrTooLarge):
		d.problem(role.TooLarge, 1, 0, "%v", err)
	case err != nil:
		d.problem(role.Unreadable, 1, 0, "%s; the file is left out", role.Reason(err))
	}
	d.src, d.unread = src, err != nil
	return d
}

func (d *document) problem(kind role.ProblemKind, line, column int, format string, args ...any) {
	d.problems = append(d.problems, role.Problem{File: d.file, Line: max(line, 1), Column: column, Kind: kind, Message: fmt.Sprintf(format, args...)})
}

// base is the file's last name without its ending.
func (d *document) base() string { return strings.TrimSuffix(path.Base(d.file), path.Ext(d.file)) }

func (d *document) isJSON() bool { return path.Ext(d.file) == ".json" }

// refused reports what Chef would not load.
func (d *document) refused(line int, format string, args ...any) {
	d.problem(role.InvalidFile, line, 0, "%s; Chef would refuse to load the file, what stands before is kept", fmt.Sprintf(format, args...))
}

// statements is the object on which the statements of a Ruby file run. Methods
// that it does not name change nothing that is asked of the file: they are
// passed over, and what their blocks call may or may not run.
type statements struct {
	class   string
	methods map[string]func(c *ruby.Call) (ruby.Value, error)
	// variables are the instance variables of the object.
	variables map[string]ruby.Value
	// raises says that an exception is the file's way to end a run, not a reason
	// why Chef could not load it.
	raises bool
}

// Class names the class that the object stands for.
func (s *statements) Class() string { return s.class }

// ofRuby are the methods of every object that the evaluation follows.
var ofRuby = map[string]bool{
	"format": true, "sprintf": true, "lambda": true, "proc": true, "loop": true, "catch": true, "throw": true,
	"Array": true, "String": true, "Integer": true, "Float": true,
	"Hash": true, "eval": true, "instance_eval": true, "block_given?": true, "send": true, "public_send": true,
	"__send__": true, "method": true, "respond_to?": true, "tap": true, "then": true, "nil?": true, "is_a?": true,
}

// Send calls a method.
func (s *statements) Send(c *ruby.Call) (ruby.Value, bool, error) {
	if method, ok := s.methods[c.Name]; ok {
		v, err := method(c)
		return v, true, err
	}
	switch c.Name {
	case "raise", "fail", "exit", "abort":
		_, inDoubt := c.Doubt()
		if !s.raises || !inDoubt {
			return nil, false, nil
		}
	}
	if ofRuby[c.Name] {
		return nil, false, nil
	}
	v, err := c.Skip("calls " + c.Name + ", which is not evaluated")
	return v, true, err
}

// parse reads a file as Ruby. The file it gives is never nil.
func (d *document) parse() *ruby.File {
	if d.unread {
		return &ruby.File{}
	}
	file, err := ruby.Parse(d.src)
	if file.Warning != "" {
		d.problem(role.Unreadable, 1, 0, "%s", file.Warning)
	}
	switch fault, isFault := errors.AsType[*ruby.SyntaxError](err); {
	case isFault && fault.Limit:
		d.problem(role.TooLarge, fault.Line, fault.Column, "%s; what stands before is kept", fault.Message)
	case isFault:
		d.problem(role.SyntaxError, fault.Line, fault.Column, "%s; Chef cannot load the file, what stands before is kept", fault.Message)
	case err != nil:
		d.problem(role.InvalidFile, 1, 0, "%v; Chef would refuse to load the file, nothing of it is read", err)
	}
	return file
}

// evaluate follows the statements of a Ruby file.
func (d *document) evaluate(file *ruby.File, s *statements) {
	ev := ruby.NewEvaluator(file, ruby.Host{File: path.Base(d.file), Self: s, Variables: s.variables})
	err := ev.Run()
	if cut, ok := ev.Cut(); ok {
		d.unknown(cut.Line, cut.Text, cut.Reason)
	}
	raised, isRaised := errors.AsType[*ruby.Exception](err)
	switch {
	case !isRaised:
	case s.raises:
		d.unknown(raised.Line, raised.Error(), "the recipe ends with an exception")
	case len(d.problems) == 0:
		d.refused(raised.Line, "%s", raised)
	}
}

const (
	maxUnresolved = 1000   // places that one file reports
	maxNamed      = 10_000 // recipes that one includes, cookbooks that one depends on
)

// room tells whether there is room for one more name; that there is none is reported.
func (d *document) room(c *ruby.Call, named int) bool {
	if named == maxNamed {
		d.lost(c, fmt.Sprintf("more than %d names; the rest is left out", maxNamed))
	}
	return named < maxNamed
}

// unknown reports what cannot be known, once for a line and reason.
func (d *document) unknown(line int, text, reason string) {
	u := role.Unresolved{File: d.file, Line: max(line, 1), Text: utf8Text(ruby.Clip(text)), Reason: reason}
	if len(d.unresolved) < maxUnresolved && !slices.Contains(d.unresolved, u) {
		d.unresolved = append(d.unresolved, u)
	}
}

// lost reports a call of which something is not known that matters. What else a
// file does is not asked for.
func (d *document) lost(c *ruby.Call, reason string) { d.lostAt(c.Line(), reason) }

func (d *document) lostAt(line int, reason string) {
	if d.lines == nil {
		d.lines = strings.Split(d.src, "\n")
	}
	text := ""
	if line >= 1 && line <= len(d.lines) {
		text = d.lines[line-1]
	}
	d.unknown(line, text, reason)
}

// setter is a method that takes one text and gives it back without one. What is
// in doubt or not known is reported and changes nothing.
func (d *document) setter(set func(text string, line int)) func(c *ruby.Call) (ruby.Value, error) {
	current := ruby.Value(nil)
	return func(c *ruby.Call) (ruby.Value, error) {
		v := c.Arg(0)
		if v == nil {
			return current, nil
		}
		text, known := d.certain(c, v)
		if known {
			current = v
			set(text, c.Line())
		}
		return v, nil
	}
}

// certain is a text that a call surely sets.
func (d *document) certain(c *ruby.Call, v ruby.Value) (string, bool) {
	if doubt, inDoubt := c.Doubt(); inDoubt {
		d.lost(c, doubt.Reason)
		return "", false
	}
	return d.known(c, v)
}

// known is a text as far as it is known; otherwise it is reported.
func (d *document) known(c *ruby.Call, v ruby.Value) (string, bool) {
	if f, ok := v.(*ruby.FileName); ok {
		d.lost(c, "uses the path of "+f.Base)
		return "", false
	}
	if u := c.Find(v); u != nil {
		d.lost(c, u.Reason)
		return "", false
	}
	text, ok := c.Text(v)
	if !ok || v == nil {
		d.lost(c, "names what is no text")
		return "", false
	}
	return utf8Text(text), true
}

// utf8Text is a text that keeps nothing of the file it stands in, and is UTF-8.
func utf8Text(s string) string { return strings.ToValidUTF8(strings.Clone(s), "\uFFFD") }
