package chef

import (
	"encoding/json"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

const password = "hunter2-s3cret"

// written is what a Run brings out of the parser.
func written(t *testing.T, parse func(io.Reader) ([]report.Run, error), input string) string {
	t.Helper()
	runs, err := parse(strings.NewReader(input))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(runs)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSecretsStayInTheReport(t *testing.T) {
	secret := map[string]any{"password": password}
	vars := map[string]any{
		"name": "/etc/app.conf", "declared_type": "template", "action": []string{"create"}, "elapsed_time": 0.5, "updated": true,
		"content": password, "command": "login " + password, "code": password, "variables": secret, "environment": secret, "source": password,
		"diff": "-" + password, "sensitive": true, "not_if": []any{secret}, "params": secret, "before": password, "message": password,
	}
	text := written(t, Report, document(t, map[string]any{
		"all_resources": []any{resource("Template", vars)}, "updated_resources": []any{resource("Template", vars)},
		"node": map[string]any{
			"name": "web-01", "normal": map[string]any{"db": secret, "tags": []string{"web"}}, "default": secret, "override": map[string]any{"tags": []string{password}},
			"automatic": map[string]any{"roles": []string{}, "ec2": secret, "chef_packages": map[string]any{"chef": map[string]any{"version": "18.0.0", "token": password}},
				"cookbooks": map[string]any{"app": map[string]any{"version": "1.0.0", "source": password}}},
		},
		"unknown": secret,
	}))
	if strings.Contains(text, password) || !strings.Contains(text, "/etc/app.conf") || !strings.Contains(text, `"web"`) {
		t.Errorf("JsonFile: %s", text)
	}
	line := strings.Replace(ended("a"), `"duration":"250",`,
		`"duration":"250","delta":"-P","after":{"content":"P"},"before":{"content":"P"},"id":"echo P","conditional":"not_if \"P\"","error":{"message":"P","description":{"sections":["P"]}},`, 1)
	line = strings.Replace(line, `"cookbooks":{}`,
		`"cookbooks":{},"deprecations":["P"],"error":{"class":"X","message":"m","description":{"title":"t","sections":[{"Compiled Resource:":"password P"}]}},"P":"P"`, 1)
	line = strings.Replace(line, `"not a message"`, `"P"`, 1)
	text = written(t, Collector, strings.NewReplacer(`P"`, password+`"`, `P\`, password+`\`).Replace(line))
	if strings.Contains(text, password) || !strings.Contains(text, `"class":"X"`) || !strings.Contains(text, `"name":"x"`) {
		t.Errorf("collector: %s", text)
	}
}

// TestRealSecretsStayInTheReport looks for the content of every file that the
// real runs have managed, and for the node's addresses.
func TestRealSecretsStayInTheReport(t *testing.T) {
	content := regexp.MustCompile(`"(?:content|code|macaddress|machine_id|ipaddress|final_checksum)": ?"((?:[^"\\]|\\.){6,})"`)
	for _, format := range []struct {
		input string
		parse parsetest.Parse
	}{{"report.json", Report}, {"collector.json", Collector}} {
		for _, name := range []string{"16-updated", "18-updated", "18-role-env", "18-converge-fail"} {
			input := string(parsetest.Read(t, filepath.Join(cases, name, format.input)))
			text := written(t, format.parse, input)
			found := content.FindAllStringSubmatch(input, -1)
			if len(found) < 3 {
				t.Fatalf("only %d secrets in %s/%s", len(found), name, format.input)
			}
			for _, secret := range found {
				if strings.Contains(text, secret[1]) {
					t.Errorf("%s/%s lets out %q", name, format.input, secret[0])
				}
			}
		}
	}
}
