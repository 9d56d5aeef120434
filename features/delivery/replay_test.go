//go:build linux

package delivery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/features/rig"
)

// replayed is how the recorded reports of one format are sent.
type replayed struct {
	format string
	files  string // of testdata
	as     string // the name they get where the daemon looks
	send   func(body []byte) []rig.Request
	open   bool // without a token
}

var replays = []replayed{
	{"chef-collector", "chef/*/collector.json", "collector.json", eachLine(fromChef), false},
	{"chef-report", "chef/*/report.json", "report.json", whole("chef-report"), false},
	{"puppet-report", "puppet/*/report.yaml", "report.yaml", func(body []byte) []rig.Request {
		return []rig.Request{rig.FromPuppet(token, body)}
	}, false},
	{"puppet-report", "puppet/*/report.json", "report.json", func(body []byte) []rig.Request {
		return []rig.Request{rig.FromPuppetAgent("web-01.example.com", body)} // whom a certificate lets in
	}, true},
	{"puppet-summary", "puppet/*/summary.yaml", "summary.yaml", whole("puppet-summary"), false},
	{"ansible-json", "ansible/*/stdout.json", "report.json", whole("ansible-json"), false},
	{"ansible-jsonl", "ansible/*/stdout.jsonl", "lines.jsonl", whole("ansible-jsonl"), false},
	{"salt-report", "salt/*/report.json", "report.json", whole("salt-report"), false},
	{"salt-events", "salt/*/events.jsonl", "lines.jsonl", eachLine(toFormat("salt-events")), false},
}

func fromChef(line []byte) rig.Request {
	var message struct {
		RunID string `json:"run_id"`
	}
	_ = json.Unmarshal(line, &message) // one that is no message is sent as well
	return rig.FromChef(token, message.RunID, line)
}

func toFormat(format string) func([]byte) rig.Request {
	return func(body []byte) rig.Request { return rig.ToFormat(format, token, body) }
}

func whole(format string) func([]byte) []rig.Request {
	return func(body []byte) []rig.Request { return []rig.Request{toFormat(format)(body)} }
}

// eachLine sends each line of a file by itself.
func eachLine(request func([]byte) rig.Request) func([]byte) []rig.Request {
	return func(text []byte) []rig.Request {
		var all []rig.Request
		for line := range bytes.Lines(text) {
			if line = bytes.TrimRight(line, "\n"); len(line) > 0 {
				all = append(all, request(line))
			}
		}
		return all
	}
}

// TestReplay sends the recorded reports of every format over HTTP, as their
// senders do, and wants the batches that the same reports give as files.
func TestReplay(t *testing.T) {
	for _, c := range replays {
		t.Run(c.format+strings.ReplaceAll(filepath.Ext(c.files), ".", "_"), func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(filepath.Join(root, "testdata", filepath.FromSlash(c.files)))
			do(t, err)
			files = slices.DeleteFunc(files, func(file string) bool { return len(goldens(t, file)) == 0 })
			if len(files) == 0 {
				t.Fatal("no recorded report was found")
			}
			var ids []string
			for _, file := range files {
				ids = append(ids, goldens(t, file)...)
			}
			byFile, byPost := c.fromFiles(t, files, ids), c.fromPosts(t, files, ids)
			if got, want := slices.Sorted(maps.Keys(byPost)), slices.Sorted(maps.Keys(byFile)); !slices.Equal(got, want) {
				t.Errorf("over HTTP came\n%q, from files\n%q", got, want)
			}
			for id, want := range byFile {
				if got := byPost[id]; got != want {
					t.Errorf("over HTTP\n%s\nfrom a file\n%s", got, want)
				}
			}
		})
	}
}

// goldens are the ids of the runs that a report tells of, as its recorded batches
// have them.
func goldens(t *testing.T, file string) []string {
	t.Helper()
	name := strings.Replace(filepath.Base(file), ".yaml", ".json", 1)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "batch."+name))
	do(t, err)
	var ids []string
	for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
		var b struct {
			RunID string `json:"run_id"`
		}
		do(t, d.Decode(&b))
		if !strings.HasPrefix(b.RunID, "unparsable-") {
			ids = append(ids, b.RunID)
		}
	}
	return ids
}

func (c replayed) node(t *testing.T) *rig.Node {
	t.Helper()
	program, err := programs.plain()
	do(t, err)
	node, err := rig.NewNode(program, rig.Config{
		Tags:      []string{"team:web"},
		Watch:     rig.Watch{Poll: 200 * time.Millisecond, Quiet: 50 * time.Millisecond, EmptyAfter: 200 * time.Millisecond},
		Sources:   []rig.Source{},
		Reporters: []rig.Reporter{{Type: "stdout", Name: "stdout"}},
	})
	do(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("converged said:\n%s", tail(node.Log(), 4<<10))
		}
		do(t, node.Remove())
	})
	return node
}

func (c replayed) fromFiles(t *testing.T, files, ids []string) map[string]string {
	t.Helper()
	node := c.node(t)
	for i, file := range files {
		text, err := os.ReadFile(file)
		do(t, err)
		source := rig.Source{Format: c.format, Path: node.Path("reports", fmt.Sprintf("%d-%s", i, c.as))}
		if c.format == "chef-collector" { // one run after the other, as on a node
			source.Path = node.Collector()
		}
		do(t, appendTo(source.Path, append(bytes.TrimRight(text, "\n"), '\n')))
		if !slices.Contains(node.Config.Sources, source) {
			node.Config.Sources = append(node.Config.Sources, source)
		}
	}
	do(t, node.Start())
	return told(t, node, ids)
}

func appendTo(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// fromPosts sends everything over TCP.
func (c replayed) fromPosts(t *testing.T, files, ids []string) map[string]string {
	t.Helper()
	node := c.node(t)
	node.Config.Receive = rig.Receive{Listen: []string{"127.0.0.1:0"}, Rate: 1000}
	if !c.open {
		node.Config.Receive.Token = token
	}
	do(t, node.Start())
	addresses, err := node.Addresses()
	do(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		do(t, err)
		for _, r := range c.send(text) {
			status, answer, err := r.Send(addresses[0])
			do(t, err)
			if status/100 != 2 && status != 422 {
				t.Errorf("%s: %s was answered %d %s", file, r.Line, status, answer)
			}
		}
	}
	return told(t, node, ids)
}

const token = "replay-0123456789abcdef"

// told waits until a node has told of these runs, stops it, and returns what it
// told by run.
func told(t *testing.T, node *rig.Node, ids []string) map[string]string {
	t.Helper()
	var text string
	holds := func() bool {
		read, err := os.ReadFile(node.Path("stdout.log"))
		do(t, err)
		text = string(read)
		return !slices.ContainsFunc(ids, func(id string) bool { return !strings.Contains(text, `"run_id":"`+id+`"`) })
	}
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(rig.Patience); !holds(); {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("not all of %q were told of", ids)
		}
	}
	do(t, node.Stop())
	holds()
	all := map[string]string{}
	for line := range strings.Lines(text) {
		var b struct {
			RunID string `json:"run_id"`
		}
		do(t, json.Unmarshal([]byte(line), &b))
		if !strings.HasPrefix(b.RunID, "unparsable-") {
			all[b.RunID] = comparable(line)
		}
	}
	return all
}

// What differs by the way a report came: the file to look at, and with it how much
// of a long trace finds room; the version that only the headers tell; the time of
// arrival of one that tells no time; what the daemon counts of itself, which goes
// with runs of the last minutes, as samples are that were just recorded.
var (
	ofItself  = regexp.MustCompile(`,\{"name":"converged\.[^{}]*\}`)
	inFull    = regexp.MustCompile(` Its report in full: converged inspect [^"\\]*`)
	ofVersion = regexp.MustCompile(`(\\nRun \S+ of \w+)(?: [0-9.]+)?\.`)
	cutTrace  = regexp.MustCompile(`Stack trace:\\n.* frames left out .*?\\n\\n`)
	timestamp = regexp.MustCompile(`"timestamp":"([^"]*)"`)
)

func comparable(line string) string {
	line = ofItself.ReplaceAllString(line, "")
	line = inFull.ReplaceAllString(line, "")
	line = cutTrace.ReplaceAllString(line, `Stack trace: cut\n\n`)
	line = ofVersion.ReplaceAllString(line, "$1.")
	return timestamp.ReplaceAllStringFunc(line, func(field string) string {
		if at, err := time.Parse(time.RFC3339, timestamp.FindStringSubmatch(field)[1]); err == nil && time.Since(at) < 10*rig.Patience {
			return `"timestamp":"now"`
		}
		return field
	})
}

func TestWhatTheDaemonCountsOfItselfIsNoDifference(t *testing.T) {
	run := `{"run_id":"a","timestamp":"2026-11-20T22:00:00Z","metrics":[{"name":"configrun.runs","kind":"count","value":1}%s],"checks":[]}`
	own := `,{"name":"converged.reports.unparsable","kind":"count","value":1},{"name":"converged.retried","kind":"count","value":2,"tags":["reporter:stdout"]}`
	if with, without := comparable(fmt.Sprintf(run, own)), comparable(fmt.Sprintf(run, "")); with != without {
		t.Errorf("%s\n%s", with, without)
	}
	if more := comparable(fmt.Sprintf(run, `,{"name":"configrun.duration"}`)); !strings.Contains(more, "configrun.duration") {
		t.Error(more)
	}
}
