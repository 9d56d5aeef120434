package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

// pictureFlags are the flags of every command that can draw.
type pictureFlags struct {
	outputs outputs[*drawing]
	views   viewFlags
	title   string
	scale   float64
	watch   bool
	listen  string // where the page is served while watching
	rankDir string
	noFade  bool
	layout  string
	page    draw.HTMLOptions
}

func newRender() *cobra.Command {
	var f pictureFlags
	cmd := &cobra.Command{
		Use:   "render [DIR...]",
		Short: "Draw the dependency graph of the roles in DIR",
		Long: `Draw the dependency graph of the roles in DIR as PNG, SVG, PDF, HTML, DOT,
Mermaid, JSON or a text tree.

DIR is a folder of role files, read with its sub-folders, or a repository: then
every .rb and .json in or below a folder named "roles" is a role file. Without
DIR it is the folder roles. REV:DIR is the directory as that git revision has it.

HTML is one file that asks for nothing else: a page to pan and zoom, search,
filter by environment, and to read what a node brings and what brings it. With
--editor-url its files are links: {file} is the absolute path, {path} the one
below DIR, {line} the line.

The format is that of the file's ending, or of --format. Several files are
written in one go. "-o -" writes to standard output.

A large graph is easier to read in part: --focus, --env, --cycles-only,
--no-recipes, --collapse and --reduce leave out what is not asked for, in this
order: the environment, the recipes, the focus, the collapsing, the cycles, the
reduction.

Exit code: 0 drawn, 2 wrong usage or a file that could not be read (the rest
is drawn all the same).`,
		Example: `  rolegraph render roles/
  rolegraph render roles/ -o roles.svg -o roles.png -o roles.dot
  rolegraph render roles/ -o roles.html --editor-url 'vscode://file/{file}:{line}'
  rolegraph render roles/ --focus web --depth 2 --direction up -o web.svg
  rolegraph render roles/ --no-recipes --reduce --env prod
  rolegraph render . --cycles-only -o cycles.svg
  rolegraph render . --collapse cookbook
  rolegraph render roles/ --layout force -o roles.svg
  rolegraph render . -f json -o - | jq .cycles
  rolegraph render main:roles -o before.svg
  rolegraph render roles/ -o roles.html --watch`,
		RunE: func(cmd *cobra.Command, dirs []string) error {
			r, err := f.rendering(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), dirs)
			if err != nil {
				return err
			}
			if !f.watch && cmd.Flags().Changed("listen") {
				return errors.New("--listen serves what --watch draws: give both")
			}
			if f.watch {
				return r.watch(cmd.Context(), f.listen)
			}
			return r.once(cmd.Context())
		},
	}
	f.register(cmd, "default roles.png")
	cmd.Flags().BoolVarP(&f.watch, "watch", "w", false, "draw again whenever something changes, until interrupted; HTML is served, too, and reloads")
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:0", "`HOST:PORT` of this machine where --watch serves the HTML (port 0: any that is free)")
	return cmd
}

func (f *pictureFlags) register(cmd *cobra.Command, fallback string) {
	f.outputs.formats = pictures
	f.outputs.register(cmd, fallback)
	f.views.register(cmd)
	f.registerWishes(cmd)
}

// registerWishes defines how a picture looks.
func (f *pictureFlags) registerWishes(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.title, "title", "", "`TEXT` above the picture (default: the directories' names)")
	flags.Float64Var(&f.scale, "scale", 0, "`FACTOR` that enlarges a PNG (default 2)")
	registerLayout(cmd, &f.layout)
	flags.StringVar(&f.page.EditorURL, "editor-url", "", "`TEMPLATE` of the links to files in HTML, such as vscode://file/{file}:{line} or https://HOST/blob/main/{path}#L{line}")
	flags.StringVar(&f.rankDir, "rankdir", "", "`WAY` the edges run: "+strings.Join(draw.RankDirs(), ", ")+" (default LR, left to right)")
	flags.BoolVar(&f.noFade, "no-fade", false, "draw the edges to hubs like all others, not faint")
	_ = cmd.RegisterFlagCompletionFunc("rankdir", cobra.FixedCompletions([]string{
		"LR\tfrom left to right", "TB\tfrom top to bottom", "RL\tfrom right to left", "BT\tfrom bottom to top",
	}, cobra.ShellCompDirectiveNoFileComp))
}

// wishes are how a picture is to look.
type wishes struct {
	draw.Options
	page draw.HTMLOptions
}

// options are the wishes for a picture.
func (f *pictureFlags) options(ctx context.Context) (wishes, error) {
	if f.scale < 0 || math.IsNaN(f.scale) || math.IsInf(f.scale, 0) {
		return wishes{}, fmt.Errorf("--scale %v is no factor: expected a number above 0", f.scale)
	}
	rankDir, err := draw.ParseRankDir(f.rankDir)
	if err != nil {
		return wishes{}, fmt.Errorf("--rankdir: %w", err)
	}
	arrange, err := arrangement(ctx, f.layout)
	if err != nil {
		return wishes{}, err
	}
	if f.page.EditorURL != "" {
		if err := draw.CheckEditorURL(f.page.EditorURL); err != nil {
			return wishes{}, fmt.Errorf("--editor-url: %w", err)
		}
	}
	return wishes{draw.Options{Title: f.title, Scale: f.scale, RankDir: rankDir, Arrange: arrange, NoFade: f.noFade}, f.page}, nil
}

// rendering is one command's work, which --watch repeats.
type rendering struct {
	dirs        []string
	targets     []target[*drawing]
	options     wishes
	view        graph.View
	stdout, say io.Writer // say: for people, where data leaves room for it
	stderr      io.Writer
	page        *page // served while watching; nil when none is
}

func (f *pictureFlags) rendering(ctx context.Context, stdout, stderr io.Writer, dirs []string) (r *rendering, err error) {
	r = &rendering{dirs: dirs, stdout: stdout, say: stdout, stderr: stderr}
	if r.targets, err = f.outputs.targets("roles.*"); err != nil {
		return nil, err
	}
	if r.options, err = f.options(ctx); err != nil {
		return nil, err
	}
	if r.view, err = f.views.view(); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(r.targets, target[*drawing].isStdout) {
		r.say = stderr
	}
	return r, nil
}

// once reads and draws.
func (r *rendering) once(ctx context.Context) error {
	in, err := read(ctx, r.dirs)
	if err != nil {
		return err
	}
	shown, err := in.through(r.view)
	if err != nil {
		return err
	}
	in.sayUnknown(r.stderr, r.view.Environment)
	in.printProblems(r.stderr)
	d := shown.drawing(ctx, r.options)
	if err := r.write(ctx, d, shown.shows()); err != nil {
		return err
	}
	if err := r.page.draw(d); err != nil {
		return err
	}
	for _, c := range shown.graph.Cycles() {
		program.PrintLine(r.say, "cycle: %s", arrows(c))
	}
	if in.incomplete() {
		return program.Outcome{Code: program.Usage}
	}
	return nil
}

// write fills every target and says one line for each.
func (r *rendering) write(ctx context.Context, d *drawing, shows string) error {
	for _, t := range r.targets {
		end := stage(ctx, "writing %s", t.String())
		notice, err := t.write(d, r.stdout)
		end()
		if err != nil {
			return program.Fail(program.Usage, fmt.Errorf("writing %s: %w", t, err))
		}
		if notice != "" {
			program.PrintLine(r.stderr, "rolegraph: %s: %s", t.String(), notice)
		}
		if t.isStdout() {
			continue
		}
		program.PrintLine(r.say, "wrote %s: %s", t.path, shows)
		if t.among(r.dirs) {
			program.PrintLine(r.stderr, "rolegraph: %s lies among the role files: whatever reads them next takes it for one", t.path)
		}
	}
	return nil
}

// drawing is what was read on its way to be drawn, titled by its directories
// unless a title is wished for.
func (in *input) drawing(ctx context.Context, options wishes) *drawing {
	if options.Title == "" {
		options.Title = strings.Join(titles(in.dirs), ", ")
		if in.about != "" {
			options.Title += ": " + in.about
		}
	}
	options.page.Root, options.page.Here = in.root(), absolute(".")
	return &drawing{ctx: ctx, graph: in.graph, options: options.Options, page: options.page}
}

// root is the directory that the files of the graph are relative to, as well as
// it is known.
func (in *input) root() string {
	dir := "."
	if len(in.dirs) == 1 {
		dir = in.dirs[0]
	}
	if r, isRevision := asRevision(dir); isRevision {
		dir = r.path
	}
	if isFile(dir) {
		dir = filepath.Dir(dir)
	}
	return absolute(dir)
}

// absolute is a path that holds anywhere, where one can be told.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func titles(dirs []string) []string {
	names := make([]string, len(dirs))
	for i, dir := range dirs {
		names[i] = filepath.Base(dir)
		if abs, err := filepath.Abs(dir); err == nil {
			names[i] = filepath.Base(abs)
		}
	}
	return names
}

// arrows is a cycle as one reads it aloud.
func arrows(c graph.Cycle) string {
	text := strings.Join(append(slices.Clone(c.Path), c.Path[0]), " -> ")
	if extra := len(c.Component) - len(c.Path); extra > 0 {
		text += fmt.Sprintf(" (a shortest one; %d roles in all depend on each other)", len(c.Component))
	}
	return text
}
