package rig

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Patience bounds every wait of the rig for something that must happen.
const Patience = time.Minute

// Node is a machine with converged on it: one process after the other, in the
// same folder. Program must be set; it is used by one goroutine.
type Node struct {
	Program string   // of Build
	Config  Config   // written at each start; see Config for what is added
	Env     []string // of the next process, added to the rig's own
	Wrap    []string // a command that the next process is started by, such as prlimit; it must exec
	Sys     *syscall.SysProcAttr
	Dir     string // everything of the node is below; see NewNode

	cmd    *exec.Cmd
	exited chan struct{} // closed when the process of cmd has ended
}

// NewNode makes a folder for a node, with an empty folder for Chef's reports in
// it. Remove takes it away.
func NewNode(program string, c Config) (*Node, error) {
	dir, err := os.MkdirTemp("", "node-") // short: the path of a socket may have 107 bytes
	if err != nil {
		return nil, err
	}
	return &Node{Program: program, Config: c.withDefaults(dir), Dir: dir}, os.Mkdir(filepath.Join(dir, "reports"), 0o755)
}

// Path is a file of the node's folder.
func (n *Node) Path(elem ...string) string {
	return filepath.Join(append([]string{n.Dir}, elem...)...)
}

// Reports is where Chef leaves its reports, Collector the file of its data
// collector, State the state directory.
func (n *Node) Reports() string { return n.Path("reports") }

// Collector is the file of Chef's data collector.
func (n *Node) Collector() string { return n.Path("collector.json") }

// State is the state directory.
func (n *Node) State() string { return n.Config.StateDir }

// ErrDied is a process that ended before it was ready.
var ErrDied = errors.New("converged ended before it was ready")

// Start starts converged and waits until it says that it is ready (sd_notify).
func (n *Node) Start() error {
	socket := n.Path("notify.socket")
	_ = os.Remove(socket) // of a start that did not come to its end
	ready, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer func() { _ = ready.Close() }()
	if err := n.launch(append([]string{"NOTIFY_SOCKET=" + socket}, n.Env...)...); err != nil {
		return err
	}
	told := make(chan error, 1)
	go func() {
		_, err := ready.Read(make([]byte, 64))
		told <- err
	}()
	select {
	case err := <-told:
		return err
	case <-n.exited:
		return fmt.Errorf("%w: %s", ErrDied, n.cmd.ProcessState)
	case <-time.After(Patience):
		return errors.Join(fmt.Errorf("converged is not ready after %v", Patience), n.Kill())
	}
}

// Launch starts converged and does not wait.
func (n *Node) Launch() error { return n.launch(n.Env...) }

// launch starts the process. What it prints goes straight into files, so that
// nothing is lost with it.
func (n *Node) launch(env ...string) error {
	if n.Running() {
		return errors.New("the node's converged is running already")
	}
	if err := n.Config.write(n.Path("converged.yaml")); err != nil {
		return err
	}
	stdout, err := n.appendTo("stdout.log")
	if err != nil {
		return err
	}
	defer func() { _ = stdout.Close() }()
	stderr, err := n.appendTo("stderr.log")
	if err != nil {
		return err
	}
	defer func() { _ = stderr.Close() }()
	words := append(append([]string{}, n.Wrap...), n.Program, "run", "--config", n.Path("converged.yaml"))
	n.cmd = exec.Command(words[0], words[1:]...)
	n.cmd.Env = append(os.Environ(), env...)
	n.cmd.Stdout, n.cmd.Stderr, n.cmd.SysProcAttr = stdout, stderr, n.Sys
	if err := n.cmd.Start(); err != nil {
		return err
	}
	n.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait() // the state says how it ended
		close(exited)
	}(n.cmd, n.exited)
	return nil
}

func (n *Node) appendTo(name string) (*os.File, error) {
	return os.OpenFile(n.Path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

// Running says whether a process was started and has not ended.
func (n *Node) Running() bool {
	if n.exited == nil {
		return false
	}
	select {
	case <-n.exited:
		return false
	default:
		return true
	}
}

// Exited is closed when the process has ended.
func (n *Node) Exited() <-chan struct{} { return n.exited }

// PID is that of the process last started.
func (n *Node) PID() int { return n.cmd.Process.Pid }

// Wait waits for the process to end by itself and tells how it ended.
func (n *Node) Wait() (*os.ProcessState, error) {
	select {
	case <-n.exited:
		return n.cmd.ProcessState, nil
	case <-time.After(Patience):
		return nil, errors.Join(fmt.Errorf("converged has not ended after %v", Patience), n.Kill())
	}
}

// Kill is kill -9. A process that has ended is not harmed.
func (n *Node) Kill() error {
	if !n.Running() {
		return nil
	}
	if err := n.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-n.exited
	return nil
}

// Stop tells the process to stop and wants it to exit with 0.
func (n *Node) Stop() error {
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	state, err := n.Wait()
	if err != nil {
		return err
	}
	if !state.Success() {
		return fmt.Errorf("converged stopped with %s", state)
	}
	return nil
}

// Killed says whether a process ended by SIGKILL.
func Killed(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// Log is what all processes so far said on standard error.
func (n *Node) Log() string {
	text, err := os.ReadFile(n.Path("stderr.log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Command runs another command of converged on the node, such as "runs" or
// "status", with the node's configuration.
func (n *Node) Command(args ...string) (stdout, stderr string, exit int, err error) {
	cmd := exec.Command(n.Program, append(args, "--config", n.Path("converged.yaml"))...)
	cmd.Env = append(os.Environ(), n.Env...)
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	var outcome *exec.ExitError
	if err = cmd.Run(); errors.As(err, &outcome) {
		exit, err = outcome.ExitCode(), nil
	}
	return out.String(), told.String(), exit, err
}

// Remove kills what runs and takes the node's folder away.
func (n *Node) Remove() error {
	return errors.Join(n.Kill(), os.RemoveAll(n.Dir))
}
