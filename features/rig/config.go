package rig

import (
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"
)

// Config is as much of converged's configuration as the rig varies, spelled as
// in the file. What is left empty is not written.
type Config struct {
	StateDir  string     `yaml:"state_dir,omitempty"`
	Tags      []string   `yaml:"tags,omitempty"`
	Events    Events     `yaml:"events,omitempty"`
	Watch     Watch      `yaml:"watch,omitempty"`
	Spool     Spool      `yaml:"spool,omitempty"`
	Receive   Receive    `yaml:"receive,omitempty"`
	Sources   []Source   `yaml:"sources"`
	Reporters []Reporter `yaml:"reporters"`
}

// Events says which events a run becomes.
type Events struct {
	Success bool `yaml:"success,omitempty"`
}

// Watch says how patiently reports are waited for.
type Watch struct {
	Poll       time.Duration `yaml:"poll,omitempty"`
	Quiet      time.Duration `yaml:"quiet,omitempty"`
	EmptyAfter time.Duration `yaml:"empty_after,omitempty"`
}

// Spool bounds what waits.
type Spool struct {
	MaxEntries int   `yaml:"max_entries,omitempty"`
	MaxBytes   int64 `yaml:"max_bytes,omitempty"`
}

// Receive is where reports are taken over HTTP.
type Receive struct {
	Listen      []string `yaml:"listen,omitempty"`
	Token       string   `yaml:"token,omitempty"`
	MaxBytes    int64    `yaml:"max_bytes,omitempty"`
	MaxRequests int      `yaml:"max_requests,omitempty"`
	Rate        int      `yaml:"rate,omitempty"`
	Spool       Spool    `yaml:"spool,omitempty"`
}

// Source is one place where reports appear.
type Source struct {
	Format string `yaml:"format"`
	Path   string `yaml:"path"`
}

// Reporter is one place that is told of runs.
type Reporter struct {
	Type               string        `yaml:"type,omitempty"`
	Name               string        `yaml:"name,omitempty"`
	Address            string        `yaml:"address,omitempty"`
	URL                string        `yaml:"url,omitempty"`
	Proxy              string        `yaml:"proxy,omitempty"`
	APIKey             string        `yaml:"api_key,omitempty"`
	APIKeyFile         string        `yaml:"api_key_file,omitempty"`
	ApplicationKey     string        `yaml:"application_key,omitempty"`
	ApplicationKeyFile string        `yaml:"application_key_file,omitempty"`
	CAFile             string        `yaml:"ca_file,omitempty"`
	Timeout            time.Duration `yaml:"timeout,omitempty"`
	MaxAge             Ages          `yaml:"max_age,omitempty"`
	ExtraEndpoints     []Reporter    `yaml:"extra_endpoints,omitempty"` // without a type
}

// Ages are how old what is delivered may be.
type Ages struct {
	Metrics       time.Duration `yaml:"metrics,omitempty"`
	Events        time.Duration `yaml:"events,omitempty"`
	ServiceChecks time.Duration `yaml:"service_checks,omitempty"`
}

// write is the configuration as a file.
func (c Config) write(path string) error {
	text, err := yaml.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// withDefaults is c with Chef's reports and collector file below dir as sources
// and dir/state as the state directory, where it names none.
func (c Config) withDefaults(dir string) Config {
	if c.StateDir == "" {
		c.StateDir = filepath.Join(dir, "state")
	}
	if c.Sources == nil {
		c.Sources = []Source{
			{Format: "chef-report", Path: filepath.Join(dir, "reports")},
			{Format: "chef-collector", Path: filepath.Join(dir, "collector.json")},
		}
	}
	return c
}
