package discover

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// chefFiles is what the files of Chef's settings say of reports. They are Ruby, and
// are read without being run: what is computed there is not known.
type chefFiles struct {
	reports, collectors []chefPlace
	lists               []string // that something is added to, "" where that is not known
	servers             []string // that the data collector sends to
	cache               chefCaches
	notes               []string
}

// chefCaches are what decides where Chef keeps what it leaves of a failed run; each
// is "" if it is not set.
type chefCaches struct {
	files  string // file_cache_path
	all    string // cache_path, of which the one above is a part
	local  string // the cache_path of local mode
	vendor string // that of the program
}

// path is where, or "" if that is the usual place.
func (c chefCaches) path() string {
	at := c.files
	if root := cmp.Or(c.all, c.local, c.vendor); at == "" && root != "" {
		at = path.Join(root, "cache")
	}
	if at == chefCache {
		return ""
	}
	return at
}

// maxPlaces bounds what is told of each kind.
const maxPlaces = 20

// chefPlace is a path and where it is set.
type chefPlace struct {
	path, file string
	line       int
	under      string // what decides whether it is set
}

func (p chefPlace) where() string {
	text := fmt.Sprintf("%s:%d", p.file, p.line)
	if p.under != "" {
		text += ", within a condition"
	}
	return text
}

// chefSettings reads the files that Chef reads, each followed by its directory.
func (n *node) chefSettings() *chefFiles {
	c := &chefFiles{}
	for _, etc := range []string{"/etc/chef", "/etc/cinc", n.home(".chef"), n.home(".cinc")} {
		if etc == "" {
			continue
		}
		for _, of := range []struct{ file, dir string }{{"client.rb", "client.d"}, {"solo.rb", "solo.d"}, {"config.rb", "config.d"}, {"knife.rb", ""}} {
			files := []string{path.Join(etc, of.file)}
			if of.dir != "" {
				files = append(files, n.glob(path.Join(etc, of.dir), "*.rb")...)
			}
			for _, file := range files {
				c.read(n, file)
			}
		}
	}
	return c
}

func (c *chefFiles) read(n *node, file string) {
	if !usable(file) || !n.exists(file) {
		return
	}
	text, err := n.read(file)
	if err != nil {
		c.note("%s cannot be read: %s", file, reason(err))
		return
	}
	c.parse(file, string(text))
}

// parse takes what a file says for certain, or within a condition.
func (c *chefFiles) parse(file, text string) {
	source, err := ruby.Parse(text)
	if err != nil { // its message may quote what is secret
		c.note("%s is not Ruby as far as can be seen: only what stands before the fault is known", file)
	}
	for _, s := range source.Calls("new", "<<", "output_locations", "output_locations=", "server_url", "server_url=", "[]=", "data_collector",
		"file_cache_path", "file_cache_path=", "cache_path", "cache_path=", "local_mode", "local_mode=") {
		c.call(file, s)
	}
}

func (c *chefFiles) call(file string, s ruby.Site) {
	at := chefPlace{file: file, line: s.Line, under: s.Under}
	if name, assigned := strings.CutSuffix(s.Name, "="); assigned && s.On == "" {
		c.note("%s: %s = ... is a variable of Ruby's and sets nothing; without the sign it would", at.where(), name)
		return
	}
	last := ruby.Value(nil)
	if len(s.Args) > 0 {
		last = s.Args[len(s.Args)-1]
	}
	key := s.Name
	if s.Name == "[]=" && len(s.Args) == 2 && s.On == "data_collector" {
		key, _ = ruby.Name(s.Args[0])
	}
	switch key {
	case "new":
		if s.On == "Chef::Handler::JsonFile" || s.On == "JsonFile" {
			c.handler(at, last)
		}
	case "<<":
		if len(c.lists) < maxPlaces {
			c.lists = append(c.lists, s.On)
		}
	case "output_locations", "output_locations=":
		c.locations(at, last)
	case "server_url", "server_url=":
		c.server(at, last)
	case "file_cache_path", "file_cache_path=":
		setUsable(&c.cache.files, last)
	case "cache_path", "cache_path=":
		setUsable(&c.cache.all, last)
	case "local_mode", "local_mode=":
		c.cache.local = ""
		if last == true {
			c.cache.local = path.Join(strings.TrimSuffix(path.Dir(file), "/client.d"), "local-mode-cache")
		}
	case "data_collector": // data_collector server_url: "...", or alone
		for _, option := range []string{"output_locations", "server_url"} {
			if h, ok := last.(*ruby.Hash); ok {
				if v := under(h, option); v != nil {
					c.call(file, ruby.Site{Name: option, Line: s.Line, Under: s.Under, Args: []ruby.Value{v}})
				}
			}
		}
	}
}

// setUsable sets a path to what is known of it and can be used.
func setUsable(to *string, value ruby.Value) {
	if at := path.Clean(textOf(value)); usable(at) {
		*to = at
	}
}

// handler takes the arguments of Chef::Handler::JsonFile.new.
func (c *chefFiles) handler(at chefPlace, options ruby.Value) {
	at.path = chefReports
	if options != nil {
		h, ok := options.(*ruby.Hash)
		if !ok {
			c.note("%s: the path of the JSON handler is computed, and not known without running Ruby", at.where())
			return
		}
		if v := under(h, "path"); v != nil {
			at.path = path.Clean(textOf(v))
		}
	}
	if !usable(at.path) {
		c.note("%s: the path of the JSON handler is computed, and not known without running Ruby", at.where())
		return
	}
	if len(c.reports) < maxPlaces {
		c.reports = append(c.reports, at)
	}
}

// locations takes the value of data_collector.output_locations.
func (c *chefFiles) locations(at chefPlace, value ruby.Value) {
	h, ok := value.(*ruby.Hash)
	if !ok {
		if value != nil {
			c.note("%s: data_collector.output_locations is computed, and not known without running Ruby", at.where())
		}
		return
	}
	if under(h, "urls") != nil {
		c.note("%s: urls in data_collector.output_locations are never sent to by Chef 15 to 19; set data_collector.server_url instead", at.where())
	}
	files := []ruby.Value{under(h, "files")}
	if list, ok := files[0].(*ruby.Array); ok {
		files = list.Items
	}
	for _, file := range files {
		if file == nil {
			continue
		}
		switch at.path = path.Clean(textOf(file)); {
		case len(c.collectors) == maxPlaces:
			return
		case usable(at.path):
			c.collectors = append(c.collectors, at)
		default:
			c.note("%s: a file of data_collector.output_locations is computed, relative or unusual, and not taken", at.where())
		}
	}
}

// server notes where the data collector sends to, without what may be secret.
func (c *chefFiles) server(at chefPlace, value ruby.Value) {
	if value == nil {
		return
	}
	host := "a server whose address is computed"
	if u, err := url.Parse(textOf(value)); err == nil && u.Hostname() != "" {
		host = plain(u.Scheme + "://" + u.Host)
	}
	if len(c.servers) < maxPlaces {
		c.servers = append(c.servers, host)
	}
	c.note("%s: the data collector sends to %s; a file of data_collector.output_locations can be told beside it", at.where(), host)
}

func (c *chefFiles) note(format string, args ...any) {
	if len(c.notes) < maxPlaces {
		c.notes = append(c.notes, fmt.Sprintf(format, args...))
	}
}

// under is the value of a key that is a symbol or a string, nil if there is none.
func under(h *ruby.Hash, key string) ruby.Value {
	for k, v := range h.All() {
		if name, ok := ruby.Name(k); ok && name == key {
			return v
		}
	}
	return nil
}

// textOf is a text that is known, or "".
func textOf(v ruby.Value) string {
	if s, ok := v.(*ruby.String); ok {
		return s.Text
	}
	return ""
}
