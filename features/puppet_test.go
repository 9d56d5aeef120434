package features

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cucumber/godog"
)

// certname is what the node of these scenarios calls itself.
const certname = "web-01.example.test"

// TestPuppet runs the scenarios that need a real Puppet. Without one it is skipped,
// but fails where CI is set, whose .ci/install brings it.
func TestPuppet(t *testing.T) {
	needsPuppet(t)
	runScenarios(t, "puppet.feature", "@puppet")
}

func needsPuppet(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("puppet"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no puppet on PATH: .ci/install installs puppet-agent")
		}
		t.Skip("no puppet on PATH: install puppet-agent to test with reports that it has just written")
	}
}

func registerPuppet(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^the daemon watches Puppet's last report and its store$`, func() error {
		return w.watchPuppet("")
	})
	sc.Step(`^puppet applies$`, func(ctx context.Context, manifest *godog.DocString) error { return w.apply(ctx, manifest.Content) })
	sc.Step(`^puppet applies with "([^"]+)"$`, func(ctx context.Context, options string, manifest *godog.DocString) error {
		return w.apply(ctx, manifest.Content, strings.Fields(options)...)
	})
	sc.Step(`^puppet applies the same again$`, func(ctx context.Context) error { return w.puppet(ctx, "apply", w.path("site.pp")) })
	sc.Step(`^the node has certificates$`, w.certify)
	sc.Step(`^the node has an earlier catalog$`, w.keepCatalog)
	sc.Step(`^the agent runs, and its server does not answer$`, func(ctx context.Context) error { return w.agentRuns(ctx) })
	sc.Step(`^the agent is told to apply that catalog$`, func(ctx context.Context) error {
		return w.agentRuns(ctx, "--use_cached_catalog")
	})
	sc.Step(`^the agent is told to apply that catalog, and sends its report$`, func(ctx context.Context) error {
		address, err := w.receiver()
		if err != nil {
			return err
		}
		return w.agentRuns(ctx, "--use_cached_catalog", "--report_server", "127.0.0.1", "--report_port", address[strings.LastIndex(address, ":")+1:])
	})
	sc.Step(`^puppet applies, and posts its report$`, func(ctx context.Context, manifest *godog.DocString) error {
		address, err := w.receiver()
		if err != nil {
			return err
		}
		return w.apply(ctx, manifest.Content, "--reports", "http", "--reporturl", address+"/reports/upload")
	})
	sc.Step(`^the daemon receives reports over HTTP, too$`, func() error { return w.watchPuppetAnew("") })
	sc.Step(`^the daemon receives reports over TLS, from those with certificates$`, func() error {
		return w.watchPuppetAnew("  tls: {cert: DIR/puppet/ssl/certs/" + certname + ".pem, key: DIR/puppet/ssl/private_keys/" + certname + ".pem, client_ca: DIR/puppet/ssl/certs/ca.pem}\n")
	})
	sc.Step(`^someone empties "([^"]+)"$`, func(file string) error { return os.Truncate(w.path(file), 0) })
	sc.Step(`^the Agent received nothing with "([^"]+)"$`, func(text string) error {
		if w.agent.has("", text) == nil {
			return fmt.Errorf("it received:\n%s", strings.Join(w.agent.lines, "\n"))
		}
		return nil
	})
}

// watchPuppet starts a daemon that has both places where a run leaves its report,
// and what else is said.
func (w *world) watchPuppet(more string) error {
	config := "state_dir: DIR/state\nsources:\n" +
		"  - {format: puppet-report, path: DIR/puppet/state/last_run_report.yaml}\n" +
		"  - {format: puppet-report, path: DIR/puppet/reports/" + certname + "}\n" +
		"reporters:\n  - {type: dogstatsd, address: 'unix://" + w.socket() + "'}\n" + more
	if err := os.WriteFile(w.path("converged.yaml"), []byte(w.here(config)), 0o600); err != nil {
		return err
	}
	return w.startDaemon()
}

// watchPuppetAnew replaces the daemon by one that takes reports over HTTP, too.
func (w *world) watchPuppetAnew(more string) error {
	if err := w.daemon.stop(); err != nil {
		return err
	}
	return w.watchPuppet("receive:\n  listen: ['127.0.0.1:0']\n" + more)
}

// here is text that says DIR for the scenario's folder.
func (w *world) here(text string) string { return strings.ReplaceAll(text, "DIR", w.dir) }

func (w *world) apply(ctx context.Context, manifest string, options ...string) error {
	if err := os.WriteFile(w.path("site.pp"), []byte(w.here(manifest)), 0o600); err != nil {
		return err
	}
	return w.puppet(ctx, append([]string{"apply", w.path("site.pp")}, options...)...)
}

// puppet runs Puppet, which has no place but the scenario's folder. How the run
// went is not asked: its report is to tell.
func (w *world) puppet(ctx context.Context, args ...string) error {
	_, err := w.puppetSays(ctx, args...)
	return err
}

func (w *world) puppetSays(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for _, place := range []string{"confdir puppet/etc", "codedir puppet/code", "vardir puppet", "statedir puppet/state", "publicdir puppet/public",
		"logdir puppet/log", "rundir puppet/run", "ssldir puppet/ssl", "reportdir puppet/reports"} {
		setting, dir, _ := strings.Cut(place, " ")
		args = append(args, "--"+setting, w.path(dir))
	}
	cmd := exec.CommandContext(ctx, "puppet", append(args, "--certname", certname, "--color", "false")...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+w.dir)
	out, err := cmd.Output()
	if exited := new(exec.ExitError); errors.As(err, &exited) && exited.Exited() {
		err = nil
	}
	return string(out), err
}

func (w *world) agentRuns(ctx context.Context, options ...string) error {
	return w.puppet(ctx, append([]string{"agent", "--onetime", "--no-daemonize", "--logdest", "console", "--server", "127.0.0.1", "--serverport", "9"}, options...)...)
}

// keepCatalog is the cache that an agent falls back on.
func (w *world) keepCatalog(ctx context.Context, manifest *godog.DocString) error {
	if err := os.WriteFile(w.path("site.pp"), []byte(w.here(manifest.Content)), 0o600); err != nil {
		return err
	}
	catalog, err := w.puppetSays(ctx, "catalog", "compile", certname, "--manifest", w.path("site.pp"), "--render-as", "json", "--log_level", "err")
	if err != nil {
		return err
	}
	dir := w.path("puppet/client_data/catalog")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, certname+".json"), []byte(catalog[max(0, strings.IndexByte(catalog, '{')):]), 0o600)
}
