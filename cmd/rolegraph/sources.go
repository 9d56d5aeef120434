package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/parsers/repository"
)

// sources say where the rest of a repository lies: by flags, or by the
// configuration where a flag is not given.
type sources struct {
	folders repository.Folders
	config  func() (config, error)
}

type sourcesKey struct{}

// registerSources defines the flags that every command which reads takes, and
// gives what hands them to read by the context of the command that runs.
func registerSources(root *cobra.Command) (attach func(cmd *cobra.Command)) {
	var s sources
	flags := root.PersistentFlags()
	for _, f := range []struct {
		name, usage string
		folders     *[]string
	}{
		{"cookbooks", "read the cookbooks in `DIR` as well: recipes, include_recipe, depends (repeatable)", &s.folders.Cookbooks},
		{"nodes", "read the node files in `DIR`, or one such file, as well (repeatable)", &s.folders.Nodes},
		{"environments", "read the environment files in `DIR`, or one such file, as well (repeatable)", &s.folders.Environments},
		{"policyfiles", "read the Policyfiles and locks at `PATH` as well, a file or a directory (repeatable)", &s.folders.Policyfiles},
	} {
		flags.StringArrayVar(f.folders, f.name, nil, f.usage)
		if f.name == "cookbooks" { // the others may be files
			_ = root.MarkPersistentFlagDirname(f.name)
		}
	}
	return func(cmd *cobra.Command) {
		s.config = func() (config, error) { return configOf(cmd) }
		cmd.SetContext(context.WithValue(cmd.Context(), sourcesKey{}, &s))
	}
}

// sourcesOf is where the rest of the repository lies for the command that runs.
func sourcesOf(ctx context.Context) (repository.Folders, error) {
	s, ok := ctx.Value(sourcesKey{}).(*sources)
	if !ok {
		return repository.Folders{}, nil
	}
	c, err := s.config()
	if err != nil {
		return repository.Folders{}, err
	}
	or := func(given, configured []string) []string {
		if len(given) > 0 {
			return given
		}
		return configured
	}
	return repository.Folders{
		Cookbooks:    or(s.folders.Cookbooks, c.Cookbooks),
		Nodes:        or(s.folders.Nodes, c.Nodes),
		Environments: or(s.folders.Environments, c.Environments),
		Policyfiles:  or(s.folders.Policyfiles, c.Policyfiles),
	}, nil
}

// configuredRoles are the directories to read where none is named.
func configuredRoles(ctx context.Context) ([]string, error) {
	s, ok := ctx.Value(sourcesKey{}).(*sources)
	if !ok {
		return nil, nil
	}
	c, err := s.config()
	return c.Roles, err
}

// readRest reads what of the repository lies beside the roles.
func readRest(ctx context.Context, f repository.Folders) (repository.Set, error) {
	all := f.All()
	if len(all) == 0 {
		return repository.Set{}, nil
	}
	defer stage(ctx, "reading %s", strings.Join(all, ", "))()
	set, err := repository.Read(f)
	if err != nil {
		return set, program.Fail(program.Usage, err)
	}
	return set, nil
}

// isFromHere tells a File of the rest of a repository, which leads there from the
// working directory, from that of a role, which is relative to its DIR.
func isFromHere(file string) bool {
	return strings.HasPrefix(file, "./") || strings.HasPrefix(file, "../") || strings.HasPrefix(file, "/")
}
