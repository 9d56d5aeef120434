package discover

import (
	"path"
	"strings"
	"time"
	"unicode"
)

// endings are those of the reports in a directory, by format.
var endings = map[string][]string{
	"chef-report": {".json"}, "salt-report": {".json"}, "puppet-report": {".yaml", ".json"},
}

// survey counts what is at a source's path, and tells whether it can be read.
func (n *node) survey(s *Source) {
	dir, pattern := s.Path, ""
	if isGlob(s.Path) {
		dir, pattern = path.Split(s.Path)
		dir = path.Clean(dir)
	} else if info, err := n.stat(s.Path); err == nil && info.Mode().IsRegular() {
		s.count(info.ModTime())
	}
	s.Access = n.access(dir)
	if !n.isDir(dir) {
		return
	}
	entries, more, _ := n.list(dir) // Access tells of what cannot be read
	s.More = more
	for _, entry := range entries {
		if !reportNamed(s.Format, pattern, entry.Name()) {
			continue
		}
		name := path.Join(dir, entry.Name())
		if info, err := n.stat(name); err == nil && info.Mode().IsRegular() {
			s.count(info.ModTime())
			if s.Newest.Equal(info.ModTime()) && s.Access != Absent {
				s.Access = n.access(name) // the newest tells what mode they have
			}
		}
	}
	if pattern != "" && s.Files == 0 && s.Access == Readable {
		s.Access = Absent
	}
}

// holds says whether reports lie at a source's path.
func (n *node) holds(s Source) bool {
	n.survey(&s)
	return s.Files > 0
}

func reportNamed(format, pattern, name string) bool {
	if strings.HasPrefix(name, ".") {
		return false
	}
	if pattern != "" {
		ok, _ := path.Match(pattern, name)
		return ok
	}
	for _, ending := range endings[format] {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// count counts a report that was written then.
func (s *Source) count(at time.Time) {
	s.Files++
	if s.Newest == nil || at.After(*s.Newest) {
		s.Newest = &at
	}
}

func isGlob(name string) bool { return strings.ContainsAny(name, `*?[\`) }

// usable says whether a path that stands in foreign settings can be one of ours: it
// is absolute, of printable characters and no glob.
func usable(name string) bool {
	return path.IsAbs(name) && len(name) < 4096 && !isGlob(name) &&
		strings.IndexFunc(name, func(c rune) bool { return !unicode.IsPrint(c) || c == unicode.ReplacementChar }) < 0
}

// plain is a foreign text for a sentence: on one line, short and harmless.
func plain(text string) string {
	const most = 200
	short := strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return unicode.ReplacementChar
		}
		return c
	}, text)
	if runes := []rune(short); len(runes) > most {
		short = string(runes[:most]) + "…"
	}
	return short
}
