package chef

import (
	"bytes"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// traceOf is a stack trace with this after its time.
func traceOf(t *testing.T, body string) report.Run {
	t.Helper()
	run, err := Stacktrace(strings.NewReader("Generated at 2026-11-20 22:15:40 +0100\n" + body))
	if err != nil {
		t.Fatalf("%.80q: %v", body, err)
	}
	return run
}

// What a run left in its stack trace and in its report is the same failure.
func TestStacktracesTellWhatReportsTell(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(cases, "*", "chef-stacktrace.out"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			run, err := Stacktrace(bytes.NewReader(parsetest.Read(t, file)))
			if err != nil {
				t.Fatal(err)
			}
			parsetest.Compare(t, filepath.Join(filepath.Dir(file), "run.stacktrace.json"), []report.Run{run}, nil)
			whole := one(t, name, "report.json")
			got, want := *run.Failure, *whole.Failure
			// The report also knows its resources and its node.
			got.Phase, want.Phase = "", ""
			if got.File == "" { // of a resource
				want.File, want.Line = "", 0
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("the stack trace tells of %s in %q:%d %q, the report of %s in %q:%d %q", got.Class, got.File, got.Line, got.Message, want.Class, want.File, want.Line, want.Message)
			}
			if late := run.End.Sub(whole.End.Time); late < 0 || late > time.Minute || run.Status != report.Failure || run.ID != "" {
				t.Errorf("%+v", run)
			}
		})
	}
}

const twoFrames = "/a/cookbooks/web/recipes/default.rb:5:in `from_file'\n/b.rb:7:in 'Chef#run'"

func TestStacktraceParts(t *testing.T) {
	run := traceOf(t, "NoMethodError: undefined method\n"+twoFrames+"\n\n>>>> Caused by IOError: CAUSE\n/c.rb:1:in `x'")
	p := run.Failure
	if p.Class != "NoMethodError" || p.Message != "undefined method" || len(p.Backtrace) != 2 || p.File != "/a/cookbooks/web/recipes/default.rb" || p.Line != 5 || p.Phase != "" {
		t.Errorf("%+v", p)
	}
	if run.End.Format(time.RFC3339) != "2026-11-20T21:15:40Z" || !run.Start.IsZero() || run.Duration != nil || run.Resources != (report.Counts{}) {
		t.Errorf("%+v", run)
	}
}

func TestMessagesOfSeveralLines(t *testing.T) {
	message := "execute[x] (web::default line 4) had an error: Mixlib::ShellOut::ShellCommandFailed: exit 1\n---- Begin output of x ----\nSTDOUT: /inner.rb:3:in `boom'\n/inner.rb:9:in `main'\nSTDERR: \n\nhttp://127.0.0.1:1\n---- End output of x ----"
	p := traceOf(t, "Mixlib::ShellOut::ShellCommandFailed: "+message+"\n"+twoFrames).Failure
	if p.Message != message || p.Resource != "execute[x]" || p.Phase != report.Converge || len(p.Backtrace) != 2 {
		t.Errorf("%+v", p)
	}
	p = traceOf(t, "SyntaxError: /a/recipes/default.rb:3: syntax error, unexpected end\n  end\n    ^\n/b.rb:7:in `x'").Failure
	if p.File != "/a/recipes/default.rb" || p.Line != 3 || len(p.Backtrace) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestStacktracesThatWereCut(t *testing.T) {
	whole := string(parsetest.Read(t, filepath.Join(cases, "18-converge-fail", "chef-stacktrace.out")))
	class := "Mixlib::ShellOut::ShellCommandFailed"
	for end := range len(whole) {
		run, err := Stacktrace(strings.NewReader(whole[:end]))
		switch {
		case err == nil && (run.Failure == nil || run.End.IsZero() || !strings.HasPrefix(class, run.Failure.Class)):
			t.Fatalf("cut at %d: %+v", end, run)
		case err != nil && (end > 60 || !errors.Is(err, report.ErrEmpty) && !errors.Is(err, report.ErrForeign) && !errors.Is(err, report.ErrTruncated)):
			t.Fatalf("cut at %d: %v", end, err)
		}
	}
	// The last frame is half there: what stands before it is not its message.
	p := traceOf(t, "A: b\n"+twoFrames+"\n/c.rb:8").Failure
	if p.Message != "b" || len(p.Backtrace) < 2 {
		t.Errorf("%+v", p)
	}
}

func TestStacktraceOfHostileText(t *testing.T) {
	for name, c := range map[string]struct{ body, class, message string }{
		"CRLF":          {"A::B: one\r\ntwo\r\n/a.rb:1:in `x'\r\n", "A::B", "one\ntwo"},
		"binary":        {"A: \xff\xfe\x00\x1b[31mred\x1b[0m\n", "A", "\uFFFDred"},
		"no class":      {"something without a class\n", "", "something without a class"},
		"a sentence":    {"it went wrong: really\n", "", "it went wrong: really"},
		"frames alone":  {"/a.rb:1:in `x'\n/b.rb:2:in `y'", "", "/a.rb:1:in `x'"},
		"no message":    {"A: \n/a.rb:1:in `x'", "A", ""},
		"a blank line":  {"\n\nA: b", "", "\n\nA: b"},
		"lone newlines": {"A: b\n\n\n\n", "A", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			if p := traceOf(t, c.body).Failure; p.Class != c.class || p.Message != c.message {
				t.Errorf("got %q and %q", p.Class, p.Message)
			}
		})
	}
}

func TestHugeStacktraces(t *testing.T) {
	p := traceOf(t, "A: "+strings.Repeat("m", 10<<20)+"\n"+twoFrames).Failure
	if p.Class != "A" || len(p.Message) > maxMessage+100 || !strings.Contains(p.Message, "cut after") {
		t.Errorf("a message of %d bytes", len(p.Message))
	}
	p = traceOf(t, "A: b"+strings.Repeat("\n/a.rb:1:in `x'", 3000)).Failure
	if len(p.Backtrace) != maxFrames+1 || p.Backtrace[maxFrames] != "... and 2500 more frames" || p.Message != "b" {
		t.Errorf("%d frames, the last %q", len(p.Backtrace), p.Backtrace[len(p.Backtrace)-1])
	}
	p = traceOf(t, "A: b\n/"+strings.Repeat("f", 1<<20)+".rb:1:in `x'").Failure
	if len(p.Backtrace) != 1 || len(p.Backtrace[0]) > maxName+100 {
		t.Errorf("%d frames", len(p.Backtrace))
	}
}

func TestWhatIsNoStacktrace(t *testing.T) {
	for text, want := range map[string]error{
		"":                                       report.ErrEmpty,
		" \n\r\n":                                report.ErrEmpty,
		"\x00\x01\x02":                           report.ErrForeign,
		`{"node": null}`:                         report.ErrForeign,
		"Generated":                              report.ErrForeign,
		"Generated at noon\nA":                   report.ErrForeign,
		"Generated at 2026-11-20 22:15:40 +0000": report.ErrTruncated,
		"Generated at 2026-11-20 22:15:40 +0000\n": report.ErrTruncated,
		"Generated at 2026-11-20 22:":              report.ErrTruncated,
	} {
		_, err := Stacktrace(strings.NewReader(text))
		if parse, ok := errors.AsType[*report.ParseError](err); !errors.Is(err, want) || !ok || parse.Reason == "" {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	broken := errors.New("broken")
	if _, err := Stacktrace(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func FuzzStacktrace(f *testing.F) {
	parsetest.Seed(f, cases, "chef-stacktrace.out")
	f.Add([]byte("Generated at 2026-11-20 22:15:40 +0000\nA: b\n/a.rb:1:in `x'\n\n>>>> Caused by C: d\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := Stacktrace(bytes.NewReader(data))
		if err != nil {
			parsetest.Check(t, report.Chef, nil, err)
			return
		}
		if run.Failure == nil || run.Status != report.Failure || run.End.IsZero() || len(run.Failure.Backtrace) > maxFrames+1 {
			t.Fatalf("%+v", run)
		}
		run.ID = "it has none"
		parsetest.Check(t, report.Chef, []report.Run{run}, nil)
	})
}
