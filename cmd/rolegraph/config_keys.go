package main

import (
	"errors"
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/converged/converged/graph/check"
)

// configKeys read what each key of the configuration holds.
var configKeys = map[string]func(c *config, value *yaml.Node) error{
	"roles":        func(c *config, v *yaml.Node) error { return readPaths(&c.Roles, v) },
	"cookbooks":    func(c *config, v *yaml.Node) error { return readPaths(&c.Cookbooks, v) },
	"nodes":        func(c *config, v *yaml.Node) error { return readPaths(&c.Nodes, v) },
	"environments": func(c *config, v *yaml.Node) error { return readPaths(&c.Environments, v) },
	"policyfiles":  func(c *config, v *yaml.Node) error { return readPaths(&c.Policyfiles, v) },
	"rules":        (*config).readRules,
	"max_depth":    (*config).readMaxDepth,
	"baseline":     func(c *config, v *yaml.Node) error { return readText(&c.Baseline, v) },
	"fail_on":      (*config).readFailOn,
}

// lineError is an error at a line of the configuration.
type lineError struct {
	line int
	err  error
}

// Error is ":LINE: what is wrong", to follow a file's name.
func (e lineError) Error() string { return ":" + strconv.Itoa(e.line) + ": " + e.err.Error() }

// Unwrap is what is wrong.
func (e lineError) Unwrap() error { return e.err }

func wrong(at *yaml.Node, format string, args ...any) error {
	return lineError{at.Line, fmt.Errorf(format, args...)}
}

// inKey names the key that err is about.
func inKey(key string, err error) error {
	var at lineError
	if errors.As(err, &at) {
		return lineError{at.line, fmt.Errorf("%s: %w", key, at.err)}
	}
	return fmt.Errorf("%s: %w", key, err)
}

// eachKey visits the keys of a mapping; none may stand there twice.
func eachKey(n *yaml.Node, what string, visit func(key string, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return wrong(n, "expected %s as \"key: value\" lines", what)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if seen[key.Value] {
			return wrong(key, "the key %q stands there twice", key.Value)
		}
		seen[key.Value] = true
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		err := visit(key.Value, value)
		var at lineError
		switch {
		case errors.As(err, &at):
			return err
		case err != nil:
			return lineError{key.Line, err}
		}
	}
	return nil
}

func readText(into *string, v *yaml.Node) error {
	if v.Kind != yaml.ScalarNode || v.Tag != "!!str" || v.Value == "" {
		return wrong(v, "expected a text")
	}
	*into = v.Value
	return nil
}

// readPaths reads a list of paths, or one alone.
func readPaths(into *[]string, v *yaml.Node) error {
	items := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode {
		items = v.Content
	}
	*into = nil
	for _, item := range items {
		var path string
		if err := readText(&path, item); err != nil {
			return wrong(item, "expected a path or a list of paths")
		}
		*into = append(*into, path)
	}
	return nil
}

func (c *config) readRules(v *yaml.Node) error {
	c.Rules = map[string]check.Level{}
	return eachKey(v, "rules", func(name string, value *yaml.Node) error {
		if _, err := check.Lookup(name); err != nil {
			return err
		}
		// YAML 1.1 took a bare off for false, and people quote it for that.
		level, err := check.ParseLevel(value.Value)
		if err != nil || value.Kind != yaml.ScalarNode {
			return wrong(value, "%s: expected off, warning or error", name)
		}
		c.Rules[name] = level
		return nil
	})
}

func (c *config) readMaxDepth(v *yaml.Node) error {
	depth, err := strconv.Atoi(v.Value)
	if err != nil || depth < 1 || v.Kind != yaml.ScalarNode {
		return wrong(v, "expected a number of 1 or more")
	}
	c.MaxDepth = depth
	return nil
}

func (c *config) readFailOn(v *yaml.Node) error {
	level, err := check.ParseLevel(v.Value)
	if err != nil || level == check.Off || v.Kind != yaml.ScalarNode {
		return wrong(v, "expected error or warning")
	}
	c.FailOn = level
	return nil
}
