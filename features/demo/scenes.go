package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// scene is a run of one tool, and how the daemon comes to know of it.
type scene struct {
	what   string
	happen func() error
	brief  bool
}

// scenes are the runs of the demo: two of Chef in full, then one of each other tool.
func (d demo) scenes(state string) []scene {
	puppet := filepath.Join(state, "last_run_report.yaml")
	return []scene{
		{"Chef leaves the report of a converge that updated 11 resources", func() error { return d.chef(state, "18-updated", 0) }, false},
		{"Chef leaves the report of a converge that failed", func() error { return d.chef(state, "18-converge-fail", time.Minute) }, false},
		{"Puppet replaces its report: a run that failed", func() error { return d.replace(puppet, "puppet/failed/report.yaml") }, true},
		{"Ansible's callback appends a play that failed", func() error {
			return d.append(filepath.Join(state, "ansible.jsonl"), "ansible/module-traceback/stdout.jsonl")
		}, true},
		{"Salt's return is posted to the daemon's own socket", func() error { return d.post(filepath.Join(state, "receive.sock"), "salt/metadata/report.json") }, true},
	}
}

// chef writes a sample as Chef does: in place, the newline apart.
func (d demo) chef(state, sample string, later time.Duration) error {
	text, err := d.sample("chef/" + sample + "/report.json")
	if err != nil {
		return err
	}
	name := "chef-run-report-" + time.Now().Add(later).Format("20060102150405") + ".json"
	return write(filepath.Join(state, "reports", name), os.O_EXCL, bytes.TrimRight(text, "\n"), []byte("\n"))
}

// replace puts a sample in a file's place as Puppet does: whole, by a rename.
func (d demo) replace(path, sample string) error {
	text, err := d.sample(sample)
	if err != nil {
		return err
	}
	if err := write(path+".new", os.O_TRUNC, text); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// append writes a sample's lines as a callback of Ansible does.
func (d demo) append(path, sample string) error {
	text, err := d.sample(sample)
	if err != nil {
		return err
	}
	return write(path, os.O_APPEND, bytes.SplitAfter(text, []byte("\n"))...)
}

// post sends a sample of salt-call's to a UNIX socket.
func (d demo) post(socket, sample string) error {
	text, err := d.sample(sample)
	if err != nil {
		return err
	}
	sender := http.Client{Timeout: patience, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}
	answer, err := sender.Post("http://localhost/v1/reports/salt-report", "application/json", bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("posting a report: %w", err)
	}
	said, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("posting a report: %w", err)
	}
	if answer.StatusCode != http.StatusAccepted {
		return fmt.Errorf("posting a report: %s: %s", answer.Status, said)
	}
	fmt.Printf("    answered %s: %s\n", answer.Status, bytes.TrimSpace(said))
	return nil
}

func (d demo) sample(name string) ([]byte, error) { return os.ReadFile(filepath.Join(d.samples, name)) }

// write writes the parts one after the other.
func write(path string, how int, parts ...[]byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|how, 0o600)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if _, err := f.Write(part); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}
