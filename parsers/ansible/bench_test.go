package ansible

import (
	"bytes"
	"io"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

func BenchmarkDocument(b *testing.B) { bench(b, "stdout.json", Document) }
func BenchmarkLines(b *testing.B)    { bench(b, "stdout.jsonl", Lines) }

func bench(b *testing.B, name string, parse func(io.Reader) ([]report.Run, error)) {
	data := parsetest.Read(b, cases+"/changed/"+name)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if runs, err := parse(bytes.NewReader(data)); err != nil || len(runs) != 2 {
			b.Fatal(len(runs), err)
		}
	}
}

// BenchmarkSplitRuns asks where a run ends that goes on, as a tail does.
func BenchmarkSplitRuns(b *testing.B) {
	data := parsetest.Read(b, cases+"/changed/stdout.jsonl")
	data = data[:bytes.LastIndex(data, []byte(`{"_event":"v2_playbook_on_stats"`))]
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if n, _, err := SplitRuns(data, false); n != 0 || err != nil {
			b.Fatal(n, err)
		}
	}
}
