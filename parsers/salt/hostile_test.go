package salt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

func printed(t testing.TB, r report.Run) string {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const good = `{"local": {"a_|-x_|-x_|-b": {"result": true, "name": "%s", "changes": {}}}}`

func TestReturnsThatHoldNoRun(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		class error
		place string
	}{
		"nothing":       {"", report.ErrEmpty, "0 bytes"},
		"white space":   {" \n ", report.ErrEmpty, "3 bytes"},
		"cut":           {`{"local": {"a_|-x_|-x_|-b": {"resu`, report.ErrTruncated, "line 1, column 35"},
		"a comma":       {",", report.ErrForeign, "found ','"},
		"no JSON":       {"No minions matched", report.ErrForeign, "line 1"},
		"another":       {`{"local": {"os": "Debian"}}`, report.ErrForeign, "without a return"},
		"a number":      {`{"local": 5}`, report.ErrForeign, "without a return"},
		"a role":        {`{"name": "web", "run_list": 3}`, report.ErrForeign, "without a return"},
		"an array":      {`[{"local": {}}]`, report.ErrForeign, "expected a JSON object"},
		"bad grammar":   {"{\"local\":\n {x}}", report.ErrMalformed, "line 2, column 3"},
		"deep":          {`{"local": {"a_|-x_|-x_|-b": {"changes": ` + strings.Repeat("[", 1<<20), report.ErrTooLarge, "nested deeper"},
		"deep in place": {strings.Repeat(`{"local": `, 1<<20), report.ErrTooLarge, "nested deeper"},
	} {
		runs, err := Return(strings.NewReader(c.in))
		if len(runs) > 0 || !errors.Is(err, c.class) || !strings.Contains(err.Error(), c.place) {
			t.Errorf("%s: %d runs, error %v", name, len(runs), err)
		}
	}
	if _, err := Return(io.LimitReader(blanks{}, MaxDocument+1)); !errors.Is(err, report.ErrTooLarge) {
		t.Errorf("an endless document: %v", err)
	}
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestSeveralDocumentsBehindALog(t *testing.T) {
	in := "[INFO    ] Loading fresh modules\n[WARNING ] {odd}\n" + fmt.Sprintf(good, "1") + "\n" + fmt.Sprintf(good, "2") +
		strings.ReplaceAll(fmt.Sprintf(good, "3"), "local", "web-01")
	runs, err := Return(strings.NewReader(in + "\n{"))
	if len(runs) != 3 || runs[2].Host != "web-01" || runs[0].ID == runs[1].ID || !errors.Is(err, report.ErrTruncated) {
		t.Fatalf("%+v, error %v", runs, err)
	}
	behind := in + "\n[ERROR   ] it failed\n"
	if more, err := Return(strings.NewReader(behind)); len(more) != 3 || err != nil || !Complete([]byte(behind)) {
		t.Errorf("a log behind: %d runs, error %v", len(more), err)
	}
	if !Complete([]byte(in)) || Complete([]byte(in+"{")) || Complete(nil) || Complete([]byte("log\n")) {
		t.Error("what is complete is not known")
	}
}

func TestOddValues(t *testing.T) {
	r := textRun(t, `{"local": {"a_|-x_|-x_|-b": {"result": true, "result": false, "name": 5, "comment": ["list"], "changes": "", "duration": -1,
		"start_time": {}, "__run_num__": "7", "__sls__": null}, "a_|-x_|-x_|-b": {"name": "\ud800\u0000\u001b[31mred"}, "a_|-": {}, "b_|-y_|-y_|-c": null, "retcode": 1}}`)
	if len(r.ResourceList) != 3 || *r.Resources.Failed != 1 || r.Duration != nil || r.ResourceList[1].Name != "\uFFFDred" || r.ResourceList[2].Type != "a" {
		t.Errorf("%s", printed(t, r))
	}
}

func TestLongTextsAndLists(t *testing.T) {
	var b strings.Builder
	for i := range maxRows + 5 {
		fmt.Fprintf(&b, `,"a_|-%d_|-x_|-b": {"result": true}`, i)
	}
	r := textRun(t, `{"local": {"a_|-x_|-x_|-b": {"result": false, "comment": "`+strings.Repeat("ü", maxMessage)+`"}`+b.String()+"}}")
	if len(r.ResourceList) != maxRows || *r.Resources.Total != maxRows+6 || len(r.Failure.Message) > maxMessage+64 || !utf8.ValidString(r.Failure.Message) {
		t.Errorf("%d rows, total %d, %d bytes", len(r.ResourceList), *r.Resources.Total, len(r.Failure.Message))
	}
}

func TestNumbersThatPythonHasAndJSONHasNot(t *testing.T) {
	r := textRun(t, `{"local": {"a_|-x_|-x_|-b": {"result": true, "duration": NaN, "__run_num__": -Infinity, "changes": {"load": [Infinity, -Infinity, NaN], "n": -1e999}},
		"a_|-y_|-y_|-b": {"result": false, "comment": NaN, "duration": Infinity, "start_time": NaN}}}`)
	if *r.Resources.Updated != 1 || *r.Resources.Failed != 1 || r.ResourceList[0].Duration != nil || r.ResourceList[1].Duration != nil || r.Duration != nil {
		t.Errorf("%s", printed(t, r))
	}
	for _, cut := range []string{`{"local": {"a_|-b": {"duration": -Infin`, `{"local": {"a_|-b": {"duration": Na`} {
		if _, err := Return(strings.NewReader(cut)); !errors.Is(err, report.ErrTruncated) {
			t.Errorf("%s: %v", cut, err)
		}
	}
	if _, err := Return(strings.NewReader(`{"local": {"a_|-b": {"duration": Nan}}}`)); !errors.Is(err, report.ErrMalformed) {
		t.Error(err)
	}
}

func TestTheStatesOfAllRunsAreBounded(t *testing.T) {
	states := strings.Repeat(`"a_|-":{},`, maxRows-1) + `"a_|-x_|-x_|-b":{"result":false,"comment":"no"}`
	var lines, minions strings.Builder
	for i := range maxAllRows/maxRows + 2 {
		fmt.Fprintf(&lines, `{"jid":"202611202236017991%02d","id":"m","fun":"state.apply","return":{%s}}`+"\n", i, states)
		fmt.Fprintf(&minions, `"web-%02d":{%s},`, i, states)
	}
	for name, read := range map[string]func() ([]report.Run, error){
		"events": func() ([]report.Run, error) { return Events(strings.NewReader(lines.String())) },
		"return": func() ([]report.Run, error) {
			return Return(strings.NewReader("{" + strings.TrimSuffix(minions.String(), ",") + "}"))
		},
	} {
		runs, err := read()
		if err != nil || len(runs) != maxAllRows/maxRows+2 {
			t.Fatalf("%s: %d runs, error %v", name, len(runs), err)
		}
		rows := 0
		for _, r := range runs {
			rows += len(r.ResourceList)
			if *r.Resources.Total != maxRows || *r.Resources.Failed != 1 || r.Failure.Message != "no" {
				t.Fatalf("%s: %+v, %+v", name, r.Resources, r.Failure)
			}
		}
		if rows != maxAllRows {
			t.Errorf("%s: %d rows", name, rows)
		}
	}
	minions.Reset()
	for i := range maxRuns + 5 {
		fmt.Fprintf(&minions, `"web-%d":{"a_|-":{}},`, i)
	}
	runs, err := Return(strings.NewReader("{" + minions.String() + `"web":false}`))
	if len(runs) != maxRuns || !errors.Is(err, report.ErrTooLarge) {
		t.Errorf("%d runs, error %v", len(runs), err)
	}
}

func TestOneBadLineDoesNotStopTheOthers(t *testing.T) {
	line := strings.SplitAfter(string(parsetest.Read(t, filepath.Join(cases, "events", "events.jsonl"))), "\n")
	in := "{\"jid\": \n" + "\n" + line[0][:700] + line[1] + "nonsense\n" + line[0][:300]
	runs, err := Events(strings.NewReader(in))
	if len(runs) != 1 || !strings.HasPrefix(runs[0].ID, "20261120223601799128/") {
		t.Fatalf("%d runs", len(runs))
	}
	for _, part := range []string{"line 1, ", "line 3, column 703", "line 4, column 1", "line 5, column 301"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in %v", part, err)
		}
	}
	if _, err := Events(strings.NewReader("{'jid': '20170120223559170687', 'return': {u'a': 1}}\n")); !errors.Is(err, report.ErrForeign) || !strings.Contains(err.Error(), "before 2018.3") {
		t.Errorf("a dict of Python: %v", err)
	}
	if _, err := Events(strings.NewReader("\n \n")); !errors.Is(err, report.ErrEmpty) {
		t.Errorf("blank lines: %v", err)
	}
	if _, err := Events(strings.NewReader(strings.Repeat("x\n", 1000))); !strings.Contains(err.Error(), "990 more faults") {
		t.Errorf("many bad lines: %v", err)
	}
}

// A line of many events, or of many beginnings of one, is read in linear time:
// otherwise each of these would take hours.
func TestLongLinesTakeNoTime(t *testing.T) {
	for _, piece := range []string{"{}", `{"jid":`, `{"data":{"jid":[`, `"`, "{", `{"jid":""},`} {
		runs, err := Events(strings.NewReader(strings.Repeat(piece, 1<<20/len(piece))))
		check(t, runs, err)
		runs, err = Return(strings.NewReader(strings.Repeat(piece, 1<<20/len(piece))))
		check(t, runs, err)
	}
}

func TestWhatLooksLikeSalt(t *testing.T) {
	events := string(parsetest.Read(t, filepath.Join(cases, "events", "events.jsonl")))
	for in, want := range map[string][2]bool{
		events[:4096]:                                                 {false, true},
		fmt.Sprintf(good, "1"):                                        {true, false},
		"[INFO ] x\n" + fmt.Sprintf(good, "1"):                        {true, false},
		`{"local": ["Rendering SLS 'x' failed"]}`:                     {true, false},
		`{"tag": "minion_start", "data": {}}`:                         {false, true},
		`{"local": "The minion function caused an exception"}`:        {true, false},
		`{"local": {}}`:                                               {true, false},
		"{\n  \"web-01\": [\n    \"Rendering SLS 'base:a' failed\"]}": {true, false},
		`{"web-01": ["a list"]}`:                                      {},
		`{"local": {"jid": "2026", "return": {}}}`:                    {true, false},
		`{"outputter": "highstate", "data": {"m": {"a_|-b": {}}}}`:    {true, false},
		`{"jid": "req", "return": []}`:                                {false, true},
		`{"return": {"a_|-b_|-b_|-c": {}}, "id": "m"}`:                {false, true},
		`{'jid': '20170120223559170687', 'return': True}`:             {false, true},
		`{"name": "web", "run_list": ["role[requisite]"]}`:            {},
		`{"data": {"name": "x"}, "kind": "ConfigMap"}`:                {},
		`{"chef_server_fqdn":"x","message_type":"run_start"}`:         {},
		`{"plays": []}`:                                               {},
		`{"_event": "v2_playbook_on_start"}`:                          {},
		``:                                                            {},
	} {
		if got := [2]bool{LooksLikeReturn([]byte(in)), LooksLikeEvents([]byte(in))}; got != want {
			t.Errorf("%.60q: %v", in, got)
		}
	}
}

func FuzzReturn(f *testing.F) {
	f.Add(parsetest.Read(f, filepath.Join(cases, "failed", "report.json")))
	f.Add([]byte(fmt.Sprintf(good, "x") + `{"m": ["a"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Return(bytes.NewReader(data))
		check(t, runs, err)
		if err == nil && (len(runs) == 0 || !Complete(data)) {
			t.Fatalf("%d runs, no error", len(runs))
		}
		LooksLikeReturn(data)
	})
}

func FuzzEvents(f *testing.F) {
	f.Add(parsetest.Read(f, filepath.Join(cases, "events", "events.jsonl")))
	f.Add([]byte(`{"jid": {"jid": "1", "fun": "state.apply", "return": ["x"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Events(bytes.NewReader(data))
		check(t, runs, err)
		LooksLikeEvents(data)
	})
}

// check holds what came out of any input to what everyone relies on.
func check(t *testing.T, runs []report.Run, err error) {
	t.Helper()
	parsetest.Check(t, report.Salt, runs, err)
	for _, r := range runs {
		if r.Status == "" || r.Phase != report.Finished || (r.Failure != nil) != (r.Status == report.Failure) {
			t.Fatalf("%+v", r)
		}
	}
}

func BenchmarkReturn600KB(b *testing.B) {
	var doc strings.Builder
	doc.WriteString(`{"local": {"a_|-a_|-a_|-a": {}`)
	one := string(parsetest.Read(b, filepath.Join(cases, "failed", "report.json")))
	one = one[strings.Index(one, `"cmd_|-`) : strings.LastIndexByte(one[:strings.LastIndexByte(one[:strings.LastIndexByte(one, '}')], '}')], '}')+1]
	for doc.Len() < 600_000 {
		doc.WriteString("," + one)
	}
	data := []byte(doc.String() + "}}")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if runs, err := Return(bytes.NewReader(data)); err != nil || *runs[0].Resources.Total < 1000 {
			b.Fatal(runs, err)
		}
	}
}
