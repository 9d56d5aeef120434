package watch

import (
	"path/filepath"
	"regexp"
	"strings"
)

var (
	// Names that programs give to what is not finished, or not theirs to show.
	temporary = regexp.MustCompile(`^\.|~$|^#.*#$|\.(tmp|temp|part|partial|crdownload|swp|swo|swx|lock|lck|new)$|\.dpkg-\w+$|\.rpm(new|save|orig)$`)
	// What Puppet and other Ruby programs append: <final><YYYYMMDD>-<pid>-<random>.
	rubyTemporary = regexp.MustCompile(`\d{8}-\d+-[0-9a-z]+(\.lock)?$`)
	// What stands beside a log and is not its continuation.
	beside = regexp.MustCompile(`\.(pos|offset|idx|index|md5|sha1|sha256|sha512|sig|asc|state|pid|conf|rb|sh)$`)
	// Rotated files that cannot be read where they lie.
	compressed = regexp.MustCompile(`\.(gz|bz2|xz|zst|lz4|lzma|lzo|Z|zip|7z|br)$`)
	// Between the stem and the ending of a log that keeps its ending.
	numbered = regexp.MustCompile(`^[-._].*\d`)
)

// report says whether a base name is a report rather than something temporary
// or hidden.
func report(name string) bool {
	return !temporary.MatchString(name) && !rubyTemporary.MatchString(name)
}

// rotatedFrom says whether name is what rotation makes of live: app.log.1,
// app.log-20261120, app.log.2.gz, app.1.log, app-20261120.log.
func rotatedFrom(live, name string) bool {
	if !strings.HasPrefix(name, stem(live)) || name == live || temporary.MatchString(name) || beside.MatchString(name) {
		return false
	}
	if rest, ok := strings.CutPrefix(name, live); ok {
		return strings.ContainsAny(rest[:1], ".-_@,")
	}
	ending := filepath.Ext(live)
	if ending == "" || stem(live) == "" {
		return false
	}
	rest, ok := strings.CutPrefix(compressed.ReplaceAllString(name, ""), stem(live))
	return ok && strings.HasSuffix(rest, ending) && numbered.MatchString(strings.TrimSuffix(rest, ending))
}

// stem is a name without its ending: what is rotated from it begins so.
func stem(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

// originals is the names that this one could be rotated from.
func originals(name string) []string {
	var list []string
	ending := filepath.Ext(compressed.ReplaceAllString(name, ""))
	for i := range name {
		if i > 0 && strings.ContainsRune(".-_@,", rune(name[i])) {
			list = append(list, name[:i], name[:i]+ending)
		}
	}
	return list
}
