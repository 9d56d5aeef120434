package daemon

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	metricPrefix = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]{0,99}$`)
	notifyHandle = regexp.MustCompile(`^@[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,99}$`)
)

// maxNotify bounds the handles, which take room of a failure's text.
const maxNotify = 10

// complaint takes what is wrong with the value of a key.
type complaint func(key, format string, args ...any)

// validate checks every value and gives each reporter without a name that of
// its type. The error has a line for each key that is wrong.
func (c *Config) validate() error {
	found := faults{file: c.file}
	var wrong complaint = func(key, format string, args ...any) { found.add("%s: "+format, append([]any{key}, args...)...) }
	validatePath("state_dir", c.StateDir, wrong)
	for i, tag := range c.Tags {
		if strings.TrimSpace(tag) == "" {
			wrong(fmt.Sprintf("tags[%d]", i), "an empty tag; expected \"key:value\"")
		}
	}
	if _, err := regexp.Compile(c.TagsExclude); err != nil {
		wrong("tags_exclude", "not a regular expression: %v", err)
	}
	for i, handle := range c.Notify {
		if !notifyHandle.MatchString(handle) {
			wrong(fmt.Sprintf("notify_on_failure[%d]", i), "%q is not a handle, such as @ops-pager or @slack-ops", handle)
		}
	}
	if len(c.Notify) > maxNotify {
		wrong("notify_on_failure", "%d handles are more than %d", len(c.Notify), maxNotify)
	}
	c.validateMetrics(wrong)
	c.validateLimits(wrong)
	c.validateReceive(wrong)
	c.validateSources(wrong)
	c.validateReporters(wrong)
	return found.err()
}

func validatePath(key, path string, wrong complaint) {
	switch {
	case !filepath.IsAbs(path):
		wrong(key, "%q is not an absolute path", path)
	case strings.ContainsRune(path, 0):
		wrong(key, "%q holds a NUL, as no path does", path)
	}
}

// Complete says what is missing for a daemon to have something to do.
func (c Config) Complete() error {
	var missing []string
	if len(c.Sources) == 0 && len(c.Receive.Listen) == 0 {
		missing = append(missing, "no source")
	}
	if len(c.Reporters) == 0 {
		missing = append(missing, "no reporter")
	}
	switch {
	case missing == nil:
		return nil
	case c.absent:
		return fmt.Errorf("nothing to do: there is no %s, and no other file is named by --config; expected at least one source, or an address under receive.listen, and one reporter", c.file)
	}
	return fmt.Errorf("nothing to do: %s has %s; expected at least one source, or an address under receive.listen, and one reporter", c.file, strings.Join(missing, " and "))
}

func (c *Config) validateMetrics(wrong complaint) {
	if !metricPrefix.MatchString(c.Metrics.Prefix) {
		wrong("metrics.prefix", "%q cannot begin a metric's name: letters, digits, _ and . after a letter", c.Metrics.Prefix)
	}
	if naming := []string{"unified", "native", "both"}; !slices.Contains(naming, c.Metrics.Naming) {
		wrong("metrics.naming", "%s", unknown(c.Metrics.Naming, naming))
	}
	if c.Metrics.TopTypes < 0 || c.Metrics.TopTypes > 100 {
		wrong("metrics.top_types", "%d is not between 0 and 100", c.Metrics.TopTypes)
	}
}

func (c *Config) validateLimits(wrong complaint) {
	for _, d := range []struct {
		key   string
		value time.Duration
		least time.Duration
	}{
		{"watch.poll", c.Watch.Poll, 100 * time.Millisecond},
		{"watch.quiet", c.Watch.Quiet, 10 * time.Millisecond},
		{"watch.empty_after", c.Watch.EmptyAfter, 100 * time.Millisecond},
	} {
		if d.value < d.least {
			wrong(d.key, "%v is shorter than %v; write a unit, such as 15s", d.value, d.least)
		}
	}
	if c.UnfinishedAfter != 0 && c.UnfinishedAfter < time.Second {
		wrong("unfinished_after", "%v is shorter than 1s; write a unit, such as 4h, or 0 for never", c.UnfinishedAfter)
	}
	c.Spool.validate("spool", wrong)
}

func (s SpoolConfig) validate(key string, wrong complaint) {
	if s.MaxEntries < 1 {
		wrong(key+".max_entries", "%d is less than 1", s.MaxEntries)
	}
	if s.MaxBytes < 1<<20 {
		wrong(key+".max_bytes", "%d is less than 1048576", s.MaxBytes)
	}
}

func (c *Config) validateSources(wrong complaint) {
	for i, s := range c.Sources {
		key := fmt.Sprintf("sources[%d]", i)
		f, ok := formatNamed(s.Format)
		if !ok {
			wrong(key+".format", "%s", unknown(s.Format, FormatNames()))
		}
		switch {
		case c.has(f.standsIn):
			c.warn(key, fmt.Sprintf("%s is not read beside %s: it has no run id, and each run would be told twice", s.Format, f.standsIn))
		case f.standsIn != "" && len(c.Receive.Listen) > 0:
			c.warn(key, fmt.Sprintf("%s has no run id: a run of this machine of which a %s is sent to receive.listen as well is told twice", s.Format, f.standsIn))
		}
		validatePath(key+".path", s.Path, wrong)
		if _, err := filepath.Match(s.Path, ""); err != nil {
			wrong(key+".path", "%q is not a valid glob: %v", s.Path, err)
		}
		if f, ok := formatNamed(s.Format); s.CachePath != "" && ok && !f.ran {
			wrong(key+".cache_path", "only a chef-report has one: what Chef leaves there completes a report that stayed empty")
		} else if s.CachePath != "" {
			validatePath(key+".cache_path", s.CachePath, wrong)
		}
		if slices.ContainsFunc(c.Sources[:i], func(t SourceConfig) bool { return t.Format == s.Format && t.Path == s.Path }) {
			wrong(key, "the same format and path stand twice")
		}
	}
}
