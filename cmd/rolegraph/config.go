package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph/check"
)

const (
	configFile    = ".rolegraph.yaml"
	maxConfigSize = 1 << 20
)

// config is what a file .rolegraph.yaml says. Its zero value is that of no file.
//
// A command gets it by configOf(cmd), whose flag --config registerConfig defines
// once, on the root. What a flag or an argument says goes before it: Roles are
// the directories to read when none is named, Cookbooks, Nodes, Environments and
// Policyfiles what the flags of these names would give; read takes them itself.
type config struct {
	Roles        []string
	Cookbooks    []string
	Nodes        []string
	Environments []string
	Policyfiles  []string
	Rules        map[string]check.Level
	MaxDepth     int         // 0: not said
	Baseline     string      // "": none
	FailOn       check.Level // "": not said
}

func registerConfig(root *cobra.Command) {
	root.PersistentFlags().String("config", "", "`FILE` with settings (default "+configFile+" in the working directory, if there is one)")
	_ = root.MarkPersistentFlagFilename("config", "yaml", "yml")
}

// configOf reads the file that --config names, else the one in the working
// directory, else none. Its errors are ready to be returned by a command.
func configOf(cmd *cobra.Command) (config, error) {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return config{}, err
	}
	given := file != ""
	if !given {
		file = configFile
	}
	c, err := readConfig(file)
	switch {
	case !given && errors.Is(err, fs.ErrNotExist):
		return config{}, nil
	case err != nil:
		return config{}, program.Fail(program.Usage, fmt.Errorf("reading the configuration: %w", err))
	}
	return c, nil
}

// readConfig reads a file of settings, whose paths are relative to its folder.
func readConfig(file string) (config, error) {
	f, err := os.Open(file)
	if err != nil {
		return config{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxConfigSize+1))
	if err != nil {
		return config{}, err
	}
	if len(text) > maxConfigSize {
		return config{}, fmt.Errorf("%s is larger than %d KiB", file, maxConfigSize>>10)
	}
	var c config
	if err := c.parse(text); err != nil {
		return config{}, fmt.Errorf("%s%w", file, err)
	}
	c.rebase(filepath.Dir(file))
	return c, nil
}

// parse reads the one document of a file. Its errors begin with ":LINE: " or ": ".
func (c *config) parse(text []byte) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	switch err := d.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf(": %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return errors.New(": more than one document: expected one")
	}
	root := document.Content[0]
	if root.Tag == "!!null" {
		return nil
	}
	return eachKey(root, "settings", func(key string, value *yaml.Node) error {
		read, ok := configKeys[key]
		if !ok {
			return fmt.Errorf("unknown key %q: known are %s", key, strings.Join(knownKeys(), ", "))
		}
		if err := read(c, value); err != nil {
			return inKey(key, err)
		}
		return nil
	})
}

// rebase makes the paths of the file those of the working directory.
func (c *config) rebase(dir string) {
	for _, list := range [][]string{c.Roles, c.Cookbooks, c.Nodes, c.Environments, c.Policyfiles} {
		for i := range list {
			list[i] = rebased(dir, list[i])
		}
	}
	if c.Baseline != "" {
		c.Baseline = rebased(dir, c.Baseline)
	}
}

func rebased(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func knownKeys() []string {
	keys := make([]string, 0, len(configKeys))
	for key := range configKeys {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
