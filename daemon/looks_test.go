package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// reportsOf are patterns of the files of each format in testdata.
var reportsOf = map[string][]string{
	"chef-report":    {"chef/*/report.json"},
	"chef-collector": {"chef/*/collector.json"},
	"puppet-report":  {"puppet/*/report.yaml", "puppet/*/report.json"},
	"puppet-summary": {"puppet/*/summary.yaml"},
	"ansible-json":   {"ansible/*/stdout.json"},
	"ansible-jsonl":  {"ansible/*/stdout.jsonl"},
	"salt-report":    {"salt/*/report.json"},
	"salt-events":    {"salt/*/events.jsonl"},
}

// A file that is cut anywhere is of its own format or of none yet, never of
// another, whichever format is asked first.
func TestNoFormatIsTakenForAnother(t *testing.T) {
	for name, patterns := range reportsOf {
		seen := 0
		for _, pattern := range patterns {
			files, err := filepath.Glob(filepath.Join("..", "testdata", filepath.FromSlash(pattern)))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if len(data) == 0 {
					continue
				}
				seen++
				onlyLooksLike(t, file, data, name)
				if f, ok := formatOf(data[:min(len(data), headBytes)]); !ok || f.name != name {
					t.Errorf("%s is taken for %q", file, f.name)
				}
			}
		}
		if seen == 0 {
			t.Errorf("no file of %s", name)
		}
	}
}

func onlyLooksLike(t *testing.T, file string, data []byte, name string) {
	t.Helper()
	for end := 1 << 10; ; end += 1 << 10 {
		for _, f := range formats {
			if head := data[:min(end, len(data))]; f.name != name && f.looks(head) {
				t.Errorf("%d bytes of %s look like %s", len(head), file, f.name)
				return
			}
		}
		if end >= min(len(data), headBytes) {
			return
		}
	}
}

func TestWhatIsNoReport(t *testing.T) {
	for name, c := range map[string]struct{ head, said string }{
		"an array":          {`[{"local": {"a_|-b_|-c_|-d": {}}}]`, "a JSON array"},
		"package.json":      {"{\n  \"name\": \"web\",\n  \"version\": \"1.2.3\",\n  \"scripts\": {\"test\": \"run\"}\n}\n", "whose first key is \"name\"; expected chef-report, chef-collector, puppet-report, ansible-json, ansible-jsonl, salt-report or salt-events"},
		"a manifest":        {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  resources: {}\n", "it is YAML; expected puppet-report or puppet-summary"},
		"a manifest, JSON":  {`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "node"}, "data": {"host": "x"}}`, "first key is \"apiVersion\""},
		"an inventory":      {"all:\n  hosts:\n    web-01:\n      ansible_host: 10.0.0.1\n", "it is YAML"},
		"an INI inventory":  {"[web]\nweb-01 ansible_host=10.0.0.1\n", "a JSON array, or a line of a log"},
		"ansible-inventory": {`{"_meta": {"hostvars": {"web-01": {"host": "x"}}}, "all": {"children": ["web"]}}`, "JSON object"},
		"syslog":            {"Nov 20 22:36:01 web-01 chef-client[123]: {\"message_type\": \"x\"}\n", "neither JSON nor YAML"},
		"Terraform":         {`{"version": 4, "terraform_version": "1.9.0", "serial": 1, "resources": []}`, "JSON object"},
		"Chef's log":        {"Chef Infra Client, version 18\nPatents: none\nconverging:\n", "neither JSON nor YAML"},
		"hieradata":         {"version: 5\ndefaults:\n  datadir: data\nhierarchy:\n  - name: x\n", "it is YAML"},
		"facts":             {"--- !ruby/object:Puppet::Node::Facts\nname: web\nvalues:\n  host: x\n", "it is YAML"},
		"a catalog":         {`{"tags": ["settings"], "name": "web", "version": 1, "environment": "production", "resources": [], "host": "x", "puppet_version": "8"}`, "JSON object"},
		"a role":            {`{"name": "web", "chef_type": "role", "json_class": "Chef::Role", "run_list": ["recipe[a]"]}`, "JSON object"},
		"a node":            {`{"name": "web", "chef_environment": "_default", "normal": {}, "run_list": []}`, "JSON object"},
		"grains":            {`{"local": {"os": "Debian", "host": "web"}}`, "JSON object"},
		"a ping":            {`{"local": true}`, "JSON object"},
		"a container's log": {`{"log":"{\"jid\": \"20261120223559170687\"}","stream":"stdout","time":"2026-11-20T22:36:01Z"}`, "first key is \"log\""},
		"logs of events":    {`{"tag": 5, "level": "info"}`, "JSON object"},
		"nothing":           {" \n ", "nothing but blanks"},
		"UTF-16":            {"\xff\xfe{\x00\"\x00", "save it as UTF-8"},
		"a program":         {"\x7fELF\x02\x01\x01\x00", "it is binary"},
		"an odd object":     {"{x}", "as none of them does"},
		"a test.ping":       {`{"jid": "20261120223559170687", "fun": "test.ping", "return": true}`, "salt-events, but tells of no run"},
		"gzip":              {"\x1f\x8b\x08\x00\x00\x00\x00\x00", "unpack it first"},
	} {
		runs, err := Inspect(strings.NewReader(c.head))
		if len(runs) > 0 || !errors.Is(err, report.ErrForeign) || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %d runs, error %v", name, len(runs), err)
		}
	}
}

// TestALogOfAnyLengthMayStandInFrontOfAnsiblesReports is what -vvv prints.
func TestALogOfAnyLengthMayStandInFrontOfAnsiblesReports(t *testing.T) {
	log := strings.Repeat("<10.0.0.7> ESTABLISH LOCAL CONNECTION FOR USER: root\nMETA: ran handlers {} {\"a\": 1}\n", 5000)
	for _, file := range []string{"stdout.json", "stdout.jsonl"} {
		data, err := os.ReadFile(filepath.Join("..", "testdata", "ansible", "failed-mixed", file))
		if err != nil {
			t.Fatal(err)
		}
		runs, err := Inspect(strings.NewReader(log + string(data)))
		if err != nil || len(runs) != 2 {
			t.Errorf("%s: %d runs, error %v", file, len(runs), err)
		}
	}
	if runs, err := Inspect(strings.NewReader(log)); len(runs) > 0 || !errors.Is(err, report.ErrForeign) {
		t.Errorf("a log alone: %d runs, error %v", len(runs), err)
	}
}
