package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/converged/converged/features/rig"
)

// sample is a report of realistic size, made of a recorded one.
type sample struct {
	format, what string
	bar          string
	make         func(samples string) ([]byte, error)
}

// large is how long the samples of long runs are, in bytes.
const large = 5_000_000

var samples = []sample{
	{"chef-report", "2,000 resources", "≥ 150 MB/s", chefReport},
	{"chef-collector", "20 lines of 500 KB", "≥ 300 MB/s", chefCollector},
	{"puppet-report", "YAML, 3,800 resources", "", puppetYAML},
	{"puppet-report", "JSON", "≥ 60 MB/s", puppetJSON},
	{"puppet-summary", "as it is", "", puppetSummary},
	{"ansible-json", "two hosts", "≥ 60 MB/s", func(dir string) ([]byte, error) { return ansibleDocument(dir, large) }},
	{"ansible-jsonl", "two hosts", "≥ 60 MB/s", ansibleLines},
	{"salt-report", "1,200 states", "≥ 60 MB/s", saltReport},
	{"salt-events", "20 runs of 1,200 states", "≥ 60 MB/s", saltEvents},
}

// chefReport repeats the resources as Chef would write them.
func chefReport(dir string) ([]byte, error) {
	text, err := recorded(dir, "chef", "18-big500", "report.json")
	for _, list := range []string{`"all_resources": [`, `"updated_resources": [`} {
		head, rest, ok := strings.Cut(text, list)
		rows, tail, ok2 := strings.Cut(rest, "\n  ]")
		if !ok || !ok2 {
			return nil, errors.Join(err, errors.New("the sample of Chef has no "+list))
		}
		text = head + list + strings.Repeat(rows+",", 3) + rows + "\n  ]" + tail
	}
	return []byte(text), err
}

func chefCollector(dir string) ([]byte, error) {
	line, err := longLine(dir, lineSize)
	if err != nil {
		return nil, err
	}
	chef, err := rig.NewChef(filepath.Join(dir, "chef"), 1)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for range 20 {
		out.Write(chef.Next(false).Retell(line, "2006-01-02T15:04:05Z07:00"))
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

// puppetYAML repeats the resources under other names.
func puppetYAML(dir string) ([]byte, error) {
	text, err := recorded(dir, "puppet", "big-1200", "report.yaml")
	head, rest, _ := strings.Cut(text, "resource_statuses:\n")
	rows, tail, ok := strings.Cut(rest, "\ncorrective_change:")
	if !ok {
		return nil, errors.Join(err, errors.New("the sample of Puppet has no resources"))
	}
	out := bytes.NewBufferString(head + "resource_statuses:\n")
	for n := 0; out.Len() < large; n++ {
		out.WriteString(strings.ReplaceAll(rows, "[", fmt.Sprintf("[%d ", n)) + "\n")
	}
	out.WriteString("corrective_change:" + tail)
	return out.Bytes(), nil
}

func puppetJSON(dir string) ([]byte, error) {
	return grown(dir, large, "resource_statuses", "puppet", "agent-put", "report.json")
}

func puppetSummary(dir string) ([]byte, error) {
	text, err := recorded(dir, "puppet", "failed", "summary.yaml")
	return []byte(text), err
}

// ansibleDocument repeats the tasks, to about most bytes.
func ansibleDocument(dir string, most int) ([]byte, error) {
	text, err := recorded(dir, "ansible", "changed", "stdout.json")
	if err != nil {
		return nil, err
	}
	var document struct {
		CustomStats json.RawMessage `json:"custom_stats"`
		Global      json.RawMessage `json:"global_custom_stats"`
		Plays       []struct {
			Play  json.RawMessage   `json:"play"`
			Tasks []json.RawMessage `json:"tasks"`
		} `json:"plays"`
		Stats json.RawMessage `json:"stats"`
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return nil, err
	}
	tasks := document.Plays[0].Tasks
	one := 1
	for _, task := range tasks {
		one += len(task)
	}
	for size := len(text); size < most; size += one {
		document.Plays[0].Tasks = append(document.Plays[0].Tasks, tasks...)
	}
	return json.MarshalIndent(document, "", "    ")
}

// ansibleLines repeats the events between the first and the stats.
func ansibleLines(dir string) ([]byte, error) {
	text, err := recorded(dir, "ansible", "changed", "stdout.jsonl")
	first := strings.Index(text, `{"_event":"v2_runner_on_`)
	stats := strings.LastIndex(text, `{"_event":"v2_playbook_on_stats"`)
	if first < 0 || stats < first {
		return nil, errors.Join(err, errors.New("the sample of Ansible has no events"))
	}
	return []byte(text[:first] + strings.Repeat(text[first:stats], large/len(text)) + text[stats:]), err
}

func saltReport(dir string) ([]byte, error) {
	return grown(dir, 1_200*saltState, "local", "salt", "changed", "report.json")
}

// saltState is how long an entry of a return is, in bytes.
const saltState = 600

// saltEvents are returns of as many states, each of a job of its own.
func saltEvents(dir string) ([]byte, error) {
	one, err := grown(dir, 1_200*saltState, "return", "salt", "events", "events.jsonl")
	if err != nil {
		return nil, err
	}
	one, _, _ = bytes.Cut(one, []byte("\n"))
	const jid = `"jid": "2026`
	at := bytes.Index(one, []byte(jid)) + len(jid)
	if at < len(jid) {
		return nil, errors.New("the sample of Salt has no jid")
	}
	var out bytes.Buffer
	for i := range 20 {
		out.Write(one[:at])
		fmt.Fprintf(&out, "11%02d", i+1) // another day
		out.Write(one[at+4:])
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

// grown is a recorded JSON object whose member of that name has its own members
// repeated to about size bytes.
func grown(dir string, size int, member string, file ...string) ([]byte, error) {
	text, err := recorded(dir, file...)
	if err != nil {
		return nil, err
	}
	var whole map[string]json.RawMessage
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&whole); err != nil {
		return nil, err
	}
	value := string(whole[member])
	body, ok := strings.CutSuffix(strings.TrimPrefix(value, "{"), "}")
	if !ok || body == "" {
		return nil, fmt.Errorf("the sample %s has no object %s", filepath.Join(file...), member)
	}
	return []byte(strings.Replace(text, value, "{"+strings.Repeat(body+",", size/len(body))+body+"}", 1)), nil
}

func recorded(dir string, file ...string) (string, error) {
	text, err := os.ReadFile(filepath.Join(append([]string{dir}, file...)...))
	return string(text), err
}
