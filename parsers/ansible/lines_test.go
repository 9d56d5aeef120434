package ansible

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// The lines of a run whose ids have that number.
func playLine(n int) string {
	return fmt.Sprintf(`{"_event":"v2_playbook_on_play_start","_timestamp":"2026-11-20T10:00:00.000000Z","play":{"duration":{"start":"2026-11-20T10:00:00.000000Z"},"id":"02fc0000-0001-%04d-aaaa-000000000004","name":"P","path":"/p/site.yml:1"},"tasks":[]}`+"\n", n)
}

func taskLine(n int, event, result string) string {
	return fmt.Sprintf(`{"_event":"v2_runner_on_%s","_timestamp":"2026-11-20T10:00:01.000000Z","hosts":{"web1":{"action":"command",%s}},"task":{"duration":{"end":"2026-11-20T10:00:01.000000Z","start":"2026-11-20T10:00:00.500000Z"},"id":"02fc0000-0001-%04d-aaaa-000000000009","name":"web : do it","path":"/p/r.yml:3"}}`+"\n", event, result, n)
}

func statsLine(failures int) string {
	return fmt.Sprintf(`{"_event":"v2_playbook_on_stats","_timestamp":"2026-11-20T10:00:02.000000Z","custom_stats":{},"stats":{"web1":{"changed":0,"failures":%d,"ignored":0,"ok":1,"rescued":0,"skipped":0,"unreachable":0}}}`+"\n", failures)
}

// owned is a line of stats that says whose they are, as converged_jsonl does.
func owned(n, failures int) string {
	return strings.Replace(statsLine(failures), `"custom_stats":{}`, fmt.Sprintf(`"play":{"id":"02fc0000-0001-%04d-aaaa-000000000004"}`, n), 1)
}

// onDB is text of another host.
func onDB(text string) string { return strings.ReplaceAll(text, `"web1"`, `"db1"`) }

func whole(n int) string { return playLine(n) + taskLine(n, "ok", `"changed":false`) + statsLine(0) }

// lines is what Lines makes of text, as "id phase status" of each run.
func lines(text string) (list []string, runs []report.Run, err error) {
	runs, err = Lines(strings.NewReader(text))
	for _, r := range runs {
		list = append(list, strings.TrimSpace(fmt.Sprint(r.ID[14:18], " ", r.Phase, " ", r.Status)))
	}
	return list, runs, err
}

func TestRunsInAFileOfLines(t *testing.T) {
	killed := playLine(1) + taskLine(1, "ok", `"changed":true`)
	for name, c := range map[string]struct {
		text  string
		want  []string
		class error
	}{
		"one":                       {whole(1), []string{"0001 finished success"}, nil},
		"failed":                    {playLine(1) + taskLine(1, "failed", `"msg":"no"`) + statsLine(1), []string{"0001 finished failure"}, nil},
		"two":                       {whole(1) + whole(2), []string{"0001 finished success", "0002 finished success"}, nil},
		"killed":                    {killed, []string{"0001 started"}, nil},
		"killed, then another":      {killed + whole(2), []string{"0001 started", "0002 finished success"}, nil},
		"text around":               {"Using /etc/ansible/ansible.cfg as config file\n[WARNING]: {odd}\n\n" + whole(1) + "done\r\n", []string{"0001 finished success"}, nil},
		"carriage returns":          {strings.ReplaceAll(whole(1), "\n", "\r\n"), []string{"0001 finished success"}, nil},
		"no newline at the end":     {strings.TrimSpace(whole(1)), []string{"0001 finished success"}, nil},
		"other JSON":                {`{"level":"info"}` + "\n[1]\n" + whole(1), []string{"0001 finished success"}, nil},
		"two at the same time":      {playLine(1) + playLine(2) + taskLine(1, "ok", `"x":1`) + statsLine(0) + taskLine(2, "ok", `"x":1`) + statsLine(0), []string{"0001 finished success", "0002 finished success"}, nil},
		"both end together":         {playLine(1) + playLine(2) + taskLine(1, "ok", `"x":1`) + taskLine(2, "ok", `"x":1`) + statsLine(0) + statsLine(1), []string{"0001 finished failure", "0002 finished success"}, nil},
		"stats of other hosts":      {playLine(1) + taskLine(1, "ok", `"x":1`) + onDB(playLine(2)+taskLine(2, "ok", `"x":1`)) + statsLine(1) + onDB(statsLine(0)), []string{"0001 finished failure", "0002 finished success"}, nil},
		"stats with an id":          {playLine(1) + taskLine(1, "ok", `"x":1`) + playLine(2) + taskLine(2, "ok", `"x":1`) + owned(1, 1) + owned(2, 0), []string{"0001 finished failure", "0002 finished success"}, nil},
		"no host matched":           {playLine(1) + `{"_event":"v2_playbook_on_stats","stats":{}}`, nil, nil},
		"an event that is not read": {playLine(1) + `{"_event":"v2_runner_on_start","hosts":{"x":{}}}` + "\n" + statsLine(0), []string{"0001 finished success"}, nil},
		"odd kinds":                 {playLine(1) + taskLine(1, "ok", `"changed":"yes","msg":{"a":1},"exception":[1],"results":{"a":1}`) + statsLine(0), []string{"0001 finished success"}, nil},
		"a repeated key":            {playLine(1) + taskLine(1, "ok", `"changed":true,"changed":false`) + statsLine(0), []string{"0001 finished success"}, nil},
		"stats beyond belief":       {playLine(1) + statsLine(-1), []string{"0001 finished"}, nil},
		"glued by a crash":          {killed + taskLine(1, "ok", `"a":1`)[:90] + whole(2), []string{"0001 started", "0002 finished success"}, report.ErrTruncated},
		"cut":                       {whole(1) + playLine(2)[:60], []string{"0001 finished success"}, report.ErrTruncated},
		"malformed":                 {playLine(1) + `{"_event":"v2_runner_on_ok",x}` + "\n" + statsLine(0), []string{"0001 finished success"}, report.ErrMalformed},
		"too deep":                  {whole(1) + `{"_event":"v2_runner_on_ok","hosts":` + strings.Repeat("[", 20_000) + "\n", []string{"0001 finished success"}, report.ErrTooLarge},
		"stats of no run":           {statsLine(0), nil, report.ErrMalformed},
		"empty":                     {"", nil, report.ErrEmpty},
		"blank":                     {" \n\n", nil, report.ErrEmpty},
		"foreign":                   {"PLAY [all] ****\n", nil, report.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := lines(c.text)
			if !slices.Equal(got, c.want) || !errors.Is(err, c.class) {
				t.Errorf("%q, error %v", got, err)
			}
		})
	}
}

func TestWhatAFaultSays(t *testing.T) {
	_, _, err := lines(whole(1) + `{"_event":"v2_runner_on_ok",x}` + "\n")
	fault, ok := errors.AsType[*report.ParseError](err)
	if !ok || fault.Line != 4 || fault.Column != 29 || fault.Offset != int64(len(whole(1)))+28 {
		t.Errorf("%#v", fault)
	}
}

func TestALineOverTheLimitIsSkipped(t *testing.T) {
	long := taskLine(1, "ok", `"stdout":"`+strings.Repeat("x", maxLine)+`"`)
	got, _, err := lines(playLine(1) + long + statsLine(0) + whole(2))
	fault, ok := errors.AsType[*report.ParseError](err)
	if !slices.Equal(got, []string{"0001 finished success", "0002 finished success"}) || !ok || !errors.Is(err, report.ErrTooLarge) || fault.Line != 2 {
		t.Errorf("%q, error %v", got, err)
	}
}

func TestWithoutItsFirstPlayTheStartIsNotKnown(t *testing.T) {
	_, runs, err := lines(taskLine(1, "ok", `"changed":false`) + statsLine(0))
	if err != nil || len(runs) != 1 || !runs[0].Start.IsZero() || runs[0].Duration != nil || runs[0].ID != "02fc0000-0001-0001-aaaa/web1" {
		t.Errorf("%+v, error %v", runs, err)
	}
}

func TestWhatConvergedJSONLAdds(t *testing.T) {
	play := strings.Replace(playLine(1), `"name":"P"`, `"name":"P","playbook":"all.yml","ansible_version":"2.14.18","check_mode":true`, 1)
	stats := strings.Replace(statsLine(1), `"changed":0`, `"changed":1`, 1)
	_, runs, err := lines(play + taskLine(1, "ok", `"changed":true`) + taskLine(1, "failed", `"msg":"real"`) + taskLine(1, "failed", `"msg":"ignored","ignore_errors":true`) + stats)
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	r := runs[0]
	if r.Playbook != "all.yml" || r.ToolVersion != "2.14.18" || !*r.Noop || *r.Resources.Pending != 1 || *r.Resources.Updated != 0 ||
		r.ResourceList[0].Status != "" || r.Failure.Message != "real" {
		t.Errorf("%+v", r)
	}
}

// records are what SplitRuns cuts text into, read in pieces of that size.
func records(t *testing.T, text string, size int) []string {
	t.Helper()
	in := bufio.NewScanner(&inPieces{text, size})
	in.Buffer(nil, 2*maxRecord)
	in.Split(SplitRuns)
	var list []string
	for in.Scan() {
		list = append(list, in.Text())
	}
	if in.Err() != nil || strings.Join(list, "") != text {
		t.Fatalf("%d records do not make up the text: %v", len(list), in.Err())
	}
	return list
}

// inPieces gives text in pieces of at most that size.
type inPieces struct {
	text string
	size int
}

func (p *inPieces) Read(b []byte) (int, error) {
	n := copy(b[:min(len(b), p.size)], p.text)
	p.text = p.text[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestWhereARunsBytesEnd(t *testing.T) {
	killed := playLine(1) + taskLine(1, "ok", `"changed":true`)
	second := strings.Replace(playLine(3), "000000000004", "000000000011", 1)
	for name, want := range map[string][]string{
		"one":              {whole(1)},
		"three":            {whole(1), whole(2), whole(3)},
		"killed":           {killed, whole(2)},
		"glued":            {killed + `{"_event":"v2_run`, whole(2)},
		"two plays":        {playLine(3) + second + statsLine(0), whole(2)},
		"text before":      {"banner\n" + whole(1), "warning\n" + whole(2)},
		"not ended":        {whole(1), killed},
		"stats in strings": {playLine(1) + taskLine(1, "ok", `"msg":"{\"_event\":\"v2_playbook_on_stats\"}"`) + statsLine(0), whole(2)},
	} {
		for _, size := range []int{1, 7, 100, 1 << 20} {
			if got := records(t, strings.Join(want, ""), size); !slices.Equal(got, want) {
				t.Errorf("%s by %d: %d records %q", name, size, len(got), got)
			}
		}
	}
	if n, _, err := SplitRuns([]byte(killed+statsLine(0)[:50]), false); n != 0 || err != nil {
		t.Errorf("a run that goes on is cut at %d, %v", n, err)
	}
}

func TestARunOverTheLimitIsCutAtALine(t *testing.T) {
	line := taskLine(1, "ok", `"stdout":"`+strings.Repeat("x", 1<<20)+`"`)
	list := records(t, playLine(1)+strings.Repeat(line, 40)+statsLine(0), 1<<20)
	if len(list) != 2 || !strings.HasSuffix(list[0], "\n") || len(list[0]) > maxRecord {
		t.Fatalf("%d records", len(list))
	}
	first, _, err := lines(list[0])
	last, _, err2 := lines(list[1])
	if !slices.Equal(first, []string{"0001 started"}) || !slices.Equal(last, []string{"0001 finished success"}) || err != nil || err2 != nil {
		t.Errorf("%q %v, %q %v", first, err, last, err2)
	}
}

func TestCompleteLines(t *testing.T) {
	text := strings.TrimSpace(whole(1))
	if !CompleteLines([]byte(text)) || CompleteLines([]byte(text[:len(text)-1])) || CompleteLines([]byte(playLine(1))) || CompleteLines(nil) {
		t.Error("a run without its last newline is whole when its stats are")
	}
}

func TestLooksLikeLines(t *testing.T) {
	for name := range formats {
		head := parsetest.Read(t, cases+"/changed/"+name)[:4096]
		banner := append([]byte("Using /etc/ansible/ansible.cfg as config file\n"), head...)
		for _, head := range [][]byte{head, banner} {
			if LooksLikeLines(head) != (name == "stdout.jsonl") || LooksLikeDocument(head) != (name == "stdout.json") {
				t.Errorf("%s is taken for another", name)
			}
		}
	}
	if LooksLikeLines([]byte(`{"message_type":"run_start"}`)) || LooksLikeDocument([]byte(`{"node":{"plays":1}}`)) {
		t.Error("a report of Chef is taken for one of Ansible")
	}
}
