package chef

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// document is a small JsonFile document, with some of its fields changed.
func document(t testing.TB, change map[string]any) string {
	t.Helper()
	fields := map[string]any{
		"node": map[string]any{
			"name": "web-01", "chef_environment": "_default", "run_list": []string{"recipe[app]"},
			"automatic": map[string]any{"roles": []string{}, "cookbooks": map[string]any{"app": map[string]any{"version": "1.0.0"}}},
		},
		"success": true, "start_time": "2026-01-02 03:04:05 UTC", "end_time": "2026-01-02 03:04:06 +0000", "elapsed_time": 0.5,
		"all_resources": []any{}, "updated_resources": []any{}, "exception": nil, "backtrace": nil, "run_id": "id-1",
	}
	maps.Copy(fields, change)
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// resource is a row of a JsonFile document.
func resource(class string, vars map[string]any) map[string]any {
	return map[string]any{"json_class": "Chef::Resource::" + class, "instance_vars": vars}
}

func parsed(t testing.TB, change map[string]any) report.Run {
	t.Helper()
	runs, err := Report(strings.NewReader(document(t, change)))
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	return runs[0]
}

func TestReportRefusesWhatIsNoReport(t *testing.T) {
	good := document(t, nil)
	collector := string(parsetest.Read(t, filepath.Join(cases, "18-signal-kill", "collector.json")))
	for _, c := range []struct {
		name, input string
		class       error
		says        string
	}{
		{"nothing", "", report.ErrEmpty, "0 bytes"},
		{"white space", " \n\t\r\n", report.ErrEmpty, "5 bytes"},
		{"cut", good[:len(good)-20], report.ErrTruncated, "line 1, column "},
		{"cut in a string", good[:strings.Index(good, "web-01")+3], report.ErrTruncated, "the end of a string"},
		{"trailing", good + "\n{}", report.ErrMalformed, "line 2, column 1: the report is malformed: 2 more bytes after the end"},
		{"twice", good + good, report.ErrMalformed, "more bytes"},
		{"text", "Generated at 2026-01-02", report.ErrForeign, "line 1, column 1: not a report of a known format: expected a JSON object, found 'G'"},
		{"array", "[]", report.ErrForeign, "found '['"},
		{"null bytes", "\x00\x00\x00", report.ErrForeign, `'\x00'`},
		{"other object", `{"host":"a","status":"changed"}`, report.ErrForeign, "without run_id"},
		{"no success", `{"run_id":"a"}`, report.ErrForeign, "without success"},
		{"a collector's line", collector, report.ErrForeign, "data collector"},
		{"broken", strings.Replace(good, ":", ";", 1), report.ErrMalformed, "expected ':', found ';'"},
		{"deep", `{"node":` + strings.Repeat(`{"a":`, 2000), report.ErrTooLarge, "nested deeper"},
	} {
		runs, err := Report(strings.NewReader(c.input))
		if !errors.Is(err, c.class) || runs != nil {
			t.Errorf("%s: %v, error %v, want %v", c.name, runs, err, c.class)
		} else if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", c.name, err, c.says)
		}
	}
}

func TestReportIsBounded(t *testing.T) {
	if _, err := Report(repeated(strings.Repeat(" ", 1<<20))); !errors.Is(err, report.ErrTooLarge) {
		t.Errorf("a document without end: %v", err)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(200 << 20); err != nil {
		t.Fatal(err)
	}
	if _, err := Report(f); !errors.Is(err, report.ErrTooLarge) || !strings.Contains(err.Error(), "more than 67108864 bytes") {
		t.Errorf("a file of 200 MB: %v", err)
	}
	if at, _ := f.Seek(0, io.SeekCurrent); at != 0 {
		t.Errorf("%d bytes of it were read", at)
	}
}

// repeated is a reader of the same text without end.
type repeated string

func (r repeated) Read(p []byte) (int, error) { return copy(p, r), nil }

func TestReportFromAnyReader(t *testing.T) {
	file := filepath.Join(cases, "18-updated", "report.json")
	want := one(t, "18-updated", "report.json")
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, r := range map[string]io.Reader{"file": f, "byte by byte": iotest.OneByteReader(strings.NewReader(string(parsetest.Read(t, file))))} {
		if runs, err := Report(r); err != nil || runs[0].ID != want.ID || len(runs[0].ResourceList) != len(want.ResourceList) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("input/output error")
	if _, err := Report(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a disk that fails: %v", err)
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-20 22:24:27 UTC":   "2026-11-20T22:24:27Z",
		"2026-11-20 17:24:27 -0500": "2026-11-20T22:24:27Z",
		"2026-11-20 23:54:27 +0130": "2026-11-20T22:24:27Z",
		"2026-11-20T22:24:27Z":      "2026-11-20T22:24:27Z",
		"2026-11-20 17:24:27 EST":   "",
		"9999-12-31 23:59:59 -1200": "",
		"0000-01-01 00:00:00 +1200": "",
		"yesterday":                 "",
		"":                          "",
	} {
		if run := parsed(t, map[string]any{"start_time": text}); stamp(run.Start) != want {
			t.Errorf("%q is %q, want %q", text, stamp(run.Start), want)
		}
	}
	if run := parsed(t, map[string]any{"start_time": nil, "end_time": 12}); !run.Start.IsZero() || !run.End.IsZero() {
		t.Errorf("times out of nothing: %v %v", run.Start, run.End)
	}
}

func TestElapsedTime(t *testing.T) {
	ran := []any{resource("Log", map[string]any{"name": "a", "declared_type": "log", "elapsed_time": 0.0004})}
	idle := []any{resource("Log", map[string]any{"name": "a", "declared_type": "log", "elapsed_time": 0})}
	for _, c := range []struct {
		elapsed any
		rows    []any
		want    float64
	}{
		{0.5, nil, 0.5}, {0.5, idle, 0.5}, {3.1e-06, nil, -1}, {3.1e-06, idle, -1}, {0.0009, ran, 0.0009}, {0.001, nil, 0.001},
		{nil, ran, -1}, {"", ran, -1}, {-3.5, ran, -1}, {1e300, ran, -1}, {"2.5", ran, 2.5}, {map[string]any{}, ran, -1},
	} {
		if run := parsed(t, map[string]any{"elapsed_time": c.elapsed, "all_resources": c.rows}); known(run.Duration) != c.want {
			t.Errorf("%v with %d rows: %v, want %v", c.elapsed, len(c.rows), known(run.Duration), c.want)
		}
	}
}

func TestRowsOfOddShape(t *testing.T) {
	run := parsed(t, map[string]any{"updated_resources": nil, "all_resources": []any{
		resource("AptPackage", map[string]any{"name": "a", "action": "install", "elapsed_time": 0}),
		resource("File", map[string]any{"name": 12, "action": nil, "declared_type": nil, "source_line": nil, "cookbook_name": nil}),
		map[string]any{"json_class": nil, "instance_vars": nil}, nil, "a string", []any{},
	}})
	if count(run.Resources.Total) != 6 || run.Resources.Updated != nil || len(run.ResourceList) != 6 {
		t.Fatalf("%+v", run)
	}
	if r := run.ResourceList[0]; r.Type != "apt_package" || r.Action != "install" || r.Status != report.Skipped {
		t.Errorf("%+v", r)
	}
	if r := run.ResourceList[1]; r.Type != "file" || r.Name != "12" || r.Action != "" || r.Status != "" || r.File != "" {
		t.Errorf("%+v", r)
	}
}

func TestLooksLikeReport(t *testing.T) {
	for _, c := range []struct {
		head string
		want bool
	}{
		{string(parsetest.Read(t, filepath.Join(cases, "18-updated", "report.json"))[:2048]), true},
		{string(parsetest.Read(t, filepath.Join(cases, "18-server-unreachable", "report.json"))), true},
		{document(t, nil), true},
		{`{"node":null,"suc`, true},
		{`{"success":false,"run_id":"a","exception":"x","node":{"name":"a","chef_environment":"_def`, true},
		{`{"success":false,"run_id":"a"}`, false},
		{`{"node":{"id":3}}`, false},
		{`{"node":"web-01"}`, false},
		{`{"host":"a"}`, false}, {`{}`, false}, {`[]`, false}, {``, false}, {`x`, false}, {`{"node"=>nil}`, false}, {"{\"node\"", false},
		{string(parsetest.Read(t, filepath.Join(cases, "18-updated", "collector.json"))[:2048]), false},
	} {
		if got := LooksLikeReport([]byte(c.head)); got != c.want {
			t.Errorf("%.60q: %v", c.head, got)
		}
	}
}
