package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// DefaultConfigFile is read when no other file is named; it need not exist.
const DefaultConfigFile = "/etc/converged/converged.yaml"

// envPrefix begins the name of every environment variable that overrides a
// key: state_dir is CONVERGED_STATE_DIR, metrics.prefix CONVERGED_METRICS_PREFIX.
const envPrefix = "CONVERGED"

// keyDelimiter parts the levels of a key within viper; no YAML key holds it, so
// a key with a dot stays one key.
const keyDelimiter = "\x1f"

// Config is everything an operator can set. Keys are spelled as in the file.
type Config struct {
	StateDir    string        `mapstructure:"state_dir" yaml:"state_dir"`       // holds spools and positions
	Host        string        `mapstructure:"host" yaml:"host"`                 // empty: what the report says, else this machine's name
	Tags        []string      `mapstructure:"tags" yaml:"tags"`                 // "key:value", added to everything
	TagPrefix   string        `mapstructure:"tag_prefix" yaml:"tag_prefix"`     // before each of the node's own tags
	ScopePrefix string        `mapstructure:"scope_prefix" yaml:"scope_prefix"` // before env: and role:
	TagsExclude string        `mapstructure:"tags_exclude" yaml:"tags_exclude"` // regular expression; matching tags are left out
	PolicyTags  bool          `mapstructure:"send_policy_tags" yaml:"send_policy_tags"`
	EC2Host     bool          `mapstructure:"use_ec2_instance_id" yaml:"use_ec2_instance_id"` // the host is the instance, where the report knows it
	Notify      []string      `mapstructure:"notify_on_failure" yaml:"notify_on_failure"`     // handles such as "@ops-pager", in each failure's event
	Metrics     MetricsConfig `mapstructure:"metrics" yaml:"metrics"`
	Events      EventsConfig  `mapstructure:"events" yaml:"events"`
	Watch       WatchConfig   `mapstructure:"watch" yaml:"watch"`
	Spool       SpoolConfig   `mapstructure:"spool" yaml:"spool"`
	Receive     ReceiveConfig `mapstructure:"receive" yaml:"receive"`
	// UnfinishedAfter is how old a run without an end may be; 0 is as old as it likes.
	UnfinishedAfter time.Duration `mapstructure:"unfinished_after" yaml:"unfinished_after"`

	Sources   []SourceConfig   `mapstructure:"sources" yaml:"sources"`
	Reporters []ReporterConfig `mapstructure:"reporters" yaml:"reporters"`

	version  string   // of the program, for its status
	absent   bool     // there is no file
	file     string   // where it was read from, and what overrode it, for messages
	warnings []string // what is allowed and should be known
}

// MetricsConfig says which metrics a run becomes.
type MetricsConfig struct {
	Prefix   string `mapstructure:"prefix" yaml:"prefix"`       // of the unified names
	Naming   string `mapstructure:"naming" yaml:"naming"`       // unified, native or both
	TopTypes int    `mapstructure:"top_types" yaml:"top_types"` // resource types with a duration of their own
}

// EventsConfig says which events a run becomes.
type EventsConfig struct {
	Success  bool `mapstructure:"success" yaml:"success"`   // also a low-priority event for each success
	Messages bool `mapstructure:"messages" yaml:"messages"` // failure messages may leave the node, scrubbed
}

// WatchConfig says how patiently reports are waited for.
type WatchConfig struct {
	Poll       time.Duration `mapstructure:"poll" yaml:"poll"`               // the look behind file events
	Quiet      time.Duration `mapstructure:"quiet" yaml:"quiet"`             // without a write: a document of unknown end is complete
	EmptyAfter time.Duration `mapstructure:"empty_after" yaml:"empty_after"` // without a write: an empty or cut report stays so
}

// SpoolConfig bounds what waits for each reporter on disk.
type SpoolConfig struct {
	MaxEntries int   `mapstructure:"max_entries" yaml:"max_entries"`
	MaxBytes   int64 `mapstructure:"max_bytes" yaml:"max_bytes"`
}

// SourceConfig is one place where reports appear.
type SourceConfig struct {
	Format string `mapstructure:"format" yaml:"format"`
	Path   string `mapstructure:"path" yaml:"path"` // a file, a directory or a glob
	// CachePath is Chef's file_cache_path, of a chef-report; empty is its default.
	CachePath string `mapstructure:"cache_path" yaml:"cache_path,omitempty"`
}

// Defaults is the configuration of an empty file.
func Defaults() Config {
	return Config{
		StateDir:  "/var/lib/converged",
		Tags:      []string{},
		TagPrefix: "tag:", PolicyTags: true, Notify: []string{},
		Metrics: MetricsConfig{Prefix: "configrun", Naming: "both", TopTypes: 10},
		Events:  EventsConfig{Messages: true},
		Watch:   WatchConfig{Poll: 15 * time.Second, Quiet: 2 * time.Second, EmptyAfter: time.Minute},
		Spool:   SpoolConfig{MaxEntries: 10_000, MaxBytes: 256 << 20},
		Receive: ReceiveConfig{Listen: []string{}, MaxBytes: 16 << 20, MaxRequests: 8, Rate: 50,
			Spool: SpoolConfig{MaxEntries: 10_000, MaxBytes: 256 << 20}},

		UnfinishedAfter: 4 * time.Hour,
	}
}

// LoadConfig reads a YAML file, lets CONVERGED_* variables override it, and
// checks every value. An empty path is DefaultConfigFile, which may be absent.
// An error names the file and every key that is wrong.
func LoadConfig(path string) (Config, error) {
	v := viper.NewWithOptions(viper.ExperimentalBindStruct(), viper.KeyDelimiter(keyDelimiter),
		viper.EnvKeyReplacer(strings.NewReplacer(keyDelimiter, "_")))
	v.SetEnvPrefix(envPrefix)
	v.AutomaticEnv()
	v.SetConfigType("yaml")
	c := Defaults()
	c.file = path
	if path == "" {
		c.file = DefaultConfigFile
	}
	text, err := readText(c.file)
	switch {
	case path == "" && errors.Is(err, fs.ErrNotExist):
		c.absent = true
	case err != nil:
		return c, fmt.Errorf("reading the configuration: %w", err)
	}
	if err := errors.Join(checkText(c.file, text), checkVariables(os.Environ())); err != nil {
		return c, err
	}
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
		return c, notYAML(c.file, err)
	}
	file := c.file
	c.file = withEnvironment(c.file, os.Getenv)
	if err := v.UnmarshalExact(&c); err != nil {
		return c, fmt.Errorf("%s: %w", c.file, hushed{err})
	}
	if err := c.validate(); err != nil {
		return c, err
	}
	if c.holdsKeys() {
		c.warnOfReaders("api_key", file)
	}
	if c.Receive.Token != "" {
		c.warnOfReaders("receive.token", file)
	}
	return c, nil
}

// maxConfig is the longest configuration that is read, in bytes.
const maxConfig = 1 << 20

// readText is a configuration; it may come from a pipe.
func readText(path string) (_ []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(text) > maxConfig {
		err = fmt.Errorf("%s has more than %d bytes", path, maxConfig)
	}
	return text, err
}

// holdsKeys says whether a key stands in the file itself.
func (c Config) holdsKeys() bool {
	for _, r := range c.Reporters {
		for _, a := range r.Accounts() {
			if a.APIKey != "" || a.ApplicationKey != "" {
				return true
			}
		}
	}
	return false
}

// With is the configuration with other reporters, which were named elsewhere
// than in its file; origin says where, for messages.
func (c Config) With(origin string, reporters ...ReporterConfig) (Config, error) {
	c.file, c.warnings, c.Reporters = origin, nil, reporters
	return c, c.validate()
}

// Warnings are what the configuration allows and an operator should know, a
// sentence each.
func (c Config) Warnings() []string { return c.warnings }

// YAML is the effective configuration as one could write it into the file.
func (c Config) YAML() (string, error) {
	text, err := yaml.Marshal(c)
	return string(text), err
}
