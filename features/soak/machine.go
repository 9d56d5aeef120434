package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/converged/converged/features/rig"
)

// The names of the reporters and of their spools.
const (
	firstAccount  = "first"
	secondAccount = "second"
	agentName     = "agent"
)

var receivers = []string{firstAccount, secondAccount, agentName}

// requestTimeout is converged's for one request; what hangs longer has failed.
const requestTimeout = 2 * time.Second

// machine is a node with everything that it tells.
type machine struct {
	name    string
	restart bool // it may be killed and stopped
	mounted bool // its state has a small file system of its own
	chef    *rig.Chef
	intakes map[string]*rig.Intake
	leaks   rig.Leaks

	proc sync.Mutex // held while the process is started, ended or looked at
	node *rig.Node

	mu     sync.Mutex // of what follows
	runs   []rig.Run
	agents []*rig.Agent                   // the last one is the one that listens
	doubt  map[string]map[string]int      // by receiver and host, what the intakes do not count themselves
	before map[string]map[string]rig.Told // what each receiver had when the disk began to take nothing; nil if it does
	says   map[string]map[string]string   // what converged says of a run at a reporter
	faults map[string]int
	broken []error
}

func newMachine(name string, o options, chef *rig.Chef, restart bool) (*machine, error) {
	m := &machine{name: name, restart: restart, chef: chef, intakes: map[string]*rig.Intake{}, doubt: map[string]map[string]int{},
		says: map[string]map[string]string{}, faults: map[string]int{}}
	program, err := filepath.Abs(filepath.Join(o.bin, "converged"))
	if err != nil {
		return nil, err
	}
	m.node, err = rig.NewNode(program, rig.Config{Watch: rig.Watch{Poll: 2 * time.Second, EmptyAfter: 10 * time.Second}})
	if err != nil {
		return nil, err
	}
	for _, name := range receivers {
		m.doubt[name] = map[string]int{}
	}
	for _, name := range []string{firstAccount, secondAccount} {
		if m.intakes[name], err = rig.StartIntake(rig.IntakeOptions{APIKey: rig.PlantedKey, ApplicationKey: rig.PlantedApplication, Saw: m.leaks.SearchRequest}); err != nil {
			return m, err
		}
	}
	if err := m.listen(); err != nil {
		return m, err
	}
	return m, m.configure()
}

func (m *machine) configure() error {
	keys := map[string]string{"api.key": rig.PlantedKey, "application.key": rig.PlantedApplication}
	for name, key := range keys {
		if err := os.WriteFile(m.node.Path(name), []byte(key+"\n"), 0o600); err != nil {
			return err
		}
	}
	account := func(name string) rig.Reporter {
		return rig.Reporter{Name: name, URL: m.intakes[name].URL, APIKeyFile: m.node.Path("api.key"), ApplicationKeyFile: m.node.Path("application.key")}
	}
	first := account(firstAccount)
	first.Type, first.Timeout = "datadog", requestTimeout
	first.MaxAge = rig.Ages{ServiceChecks: time.Minute}
	first.ExtraEndpoints = []rig.Reporter{account(secondAccount)}
	m.node.Config.Reporters = []rig.Reporter{first, {Type: "dogstatsd", Name: agentName, Address: "unix://" + m.socket()}}
	return m.ownDisk()
}

// ownDisk gives the state directory a small file system of its own, which can be
// filled, where this process may mount one.
func (m *machine) ownDisk() error {
	if err := os.MkdirAll(m.node.State(), 0o700); err != nil {
		return err
	}
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "converged-soak", m.node.State()).CombinedOutput()
	if err == nil {
		m.mounted = true
		return nil
	}
	fmt.Fprintf(os.Stderr, "soak: no disk that can be filled (mount: %.80q): the state directory is made unwritable instead\n", out)
	return nil
}

func (m *machine) socket() string { return m.node.Path("dsd.socket") }

// listen starts an agent.
func (m *machine) listen() error {
	if err := os.Remove(m.socket()); err != nil && !errors.Is(err, os.ErrNotExist) { // that of the agent before
		return err
	}
	agent, err := rig.StartAgent(m.socket(), func(d []byte) { m.leaks.Search("a datagram", d) })
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.agents = append(m.agents, agent)
	return nil
}

// leave ends the agent once it has read what it was sent. What it was told last
// may have been told in part only.
func (m *machine) leave() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	agent := m.agents[len(m.agents)-1]
	if err := agent.Leave(); err != nil {
		return err
	}
	m.doubtAgent()
	return nil
}

// doubtAgent marks the run that the agent was told of last. The caller holds mu.
func (m *machine) doubtAgent() {
	for _, host := range m.agents[len(m.agents)-1].Recent() {
		m.doubt[agentName][host]++
	}
}

// told is what a receiver was told of a host. The caller holds mu.
func (m *machine) told(receiver, host string) (t rig.Told) {
	if intake := m.intakes[receiver]; intake != nil {
		return intake.Told(host)
	}
	for _, a := range m.agents {
		one := a.Told(host)
		t.Runs, t.Checks, t.Events = t.Runs+one.Runs, t.Checks+one.Checks, t.Events+one.Events
	}
	return t
}

// unwritten begins and ends a time in which the disk takes nothing.
func (m *machine) unwritten(now bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = nil
	if now {
		m.remember()
	}
}

// remember notes what each receiver has. The caller holds mu.
func (m *machine) remember() {
	m.before = map[string]map[string]rig.Told{}
	for _, receiver := range receivers {
		m.before[receiver] = map[string]rig.Told{}
		for _, run := range m.runs {
			m.before[receiver][run.Host] = m.told(receiver, run.Host)
		}
	}
}

// ended marks what was under way when the process ended, and what it had
// delivered and could not write down. The caller holds mu.
func (m *machine) ended() {
	m.doubtAgent()
	if m.before == nil {
		return
	}
	for _, receiver := range receivers {
		for _, run := range m.runs {
			if m.told(receiver, run.Host) != m.before[receiver][run.Host] {
				m.doubt[receiver][run.Host]++
			}
		}
	}
	m.remember()
}

// kill ends the process at once; what is under way is in doubt.
func (m *machine) kill() error {
	m.proc.Lock()
	defer m.proc.Unlock()
	if err := m.node.Kill(); err != nil {
		return err
	}
	for _, intake := range m.intakes {
		intake.Doubt()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended()
	return nil
}

// stopping is how long a process that is told to stop may take on a busy machine;
// on an idle one it has 5 s.
const stopping = 15 * time.Second

func (m *machine) stop() error {
	m.proc.Lock()
	defer m.proc.Unlock()
	began := time.Now()
	err := m.node.Stop()
	if took := time.Since(began); took > stopping {
		err = errors.Join(err, fmt.Errorf("%s: it took %v to stop", m.name, took))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.before != nil {
		m.ended()
	}
	return err
}

func (m *machine) start() error {
	m.proc.Lock()
	defer m.proc.Unlock()
	if err := m.node.Start(); err != nil {
		return fmt.Errorf("%s: %w: %s", m.name, err, lastLines(m.node.Log()))
	}
	return nil
}

// usage is what the process uses, and whether it runs.
func (m *machine) usage() (rig.Usage, bool) {
	m.proc.Lock()
	defer m.proc.Unlock()
	if !m.node.Running() {
		return rig.Usage{}, false
	}
	u, err := m.node.Usage()
	return u, err == nil
}

// wrong notes what must not happen.
func (m *machine) wrong(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = append(m.broken, err)
}

// all is every run that was written so far.
func (m *machine) all() []rig.Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.runs[:len(m.runs):len(m.runs)]
}

// ask notes what converged says of every run. It is asked often: its ledger does
// not keep everything for ever.
func (m *machine) ask() error {
	m.proc.Lock() // a start writes the configuration
	out, told, exit, err := m.node.Command("runs", "-n", "0", "-f", "json")
	m.proc.Unlock()
	if err != nil || exit != 0 {
		return fmt.Errorf("%s: converged runs: exit code %d, %w: %s", m.name, exit, err, told)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for lines := json.NewDecoder(strings.NewReader(out)); ; {
		var run struct {
			ID        string `json:"run_id"`
			Reporters []struct{ Reporter, Outcome string }
		}
		if err := lines.Decode(&run); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: converged runs: %w", m.name, err)
		}
		if m.says[run.ID] == nil {
			m.says[run.ID] = map[string]string{}
		}
		for _, r := range run.Reporters {
			m.says[run.ID][r.Reporter] = r.Outcome
		}
	}
}

// close ends everything and takes the folder away unless it is to be kept.
func (m *machine) close(keep bool) error {
	err := m.node.Kill()
	for _, intake := range m.intakes {
		err = errors.Join(err, intake.Close())
	}
	m.mu.Lock()
	if n := len(m.agents); n > 0 {
		_ = m.agents[n-1].Close() // it may have left
	}
	m.mu.Unlock()
	if keep {
		if m.mounted { // the mount stays, so that its files can be looked at
			fmt.Printf("%s is kept in %s; umount %s before it is removed\n", m.name, m.node.Dir, m.node.State())
		}
		return err
	}
	if m.mounted {
		if out, failed := exec.Command("umount", m.node.State()).CombinedOutput(); failed != nil {
			return errors.Join(err, fmt.Errorf("umount %s: %w: %s", m.node.State(), failed, out))
		}
	}
	return errors.Join(err, m.node.Remove())
}

func lastLines(text string) string { return text[max(0, len(text)-2000):] }

// between is a random time.
func between(r *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(r.Int64N(int64(most-least)+1))
}
