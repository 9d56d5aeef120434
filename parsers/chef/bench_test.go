package chef

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
)

// grown is the big report with its resources repeated as Chef would write them,
// to about size bytes.
func grown(t testing.TB, size int) []byte {
	t.Helper()
	text := string(parsetest.Read(t, filepath.Join(cases, "18-big500", "report.json")))
	times := size / len(text)
	for _, list := range []string{`"all_resources": [`, `"updated_resources": [`} {
		head, rest, ok := strings.Cut(text, list)
		rows, tail, ok2 := strings.Cut(rest, "\n  ]")
		if !ok || !ok2 {
			t.Fatalf("no %s in the report", list)
		}
		text = head + list + strings.Repeat(rows+",", times-1) + rows + "\n  ]" + tail
	}
	if !json.Valid([]byte(text)) {
		t.Fatal("the report grown for the benchmark is no JSON")
	}
	return []byte(text)
}

func BenchmarkReport4MB(b *testing.B) {
	data := grown(b, 4_100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		runs, err := Report(bytes.NewReader(data))
		if err != nil || len(runs[0].ResourceList) < 2000 {
			b.Fatal(len(runs), err)
		}
	}
}

func BenchmarkCollector500KB(b *testing.B) {
	data := longLine(b, 500_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if runs, err := Collector(bytes.NewBuffer(data)); err != nil || len(runs) != 1 {
			b.Fatal(len(runs), err)
		}
	}
}

// longLine is a real run_converge line with the node's attributes repeated to
// about size bytes, as a node with a large inventory has them.
func longLine(t testing.TB, size int) []byte {
	t.Helper()
	_, line, _ := strings.Cut(string(parsetest.Read(t, filepath.Join(cases, "18-updated", "collector.json"))), "\n")
	head, rest, ok := strings.Cut(line, `"automatic":{`)
	end := strings.Index(rest, `,"chef_packages":`)
	if !ok || end < 0 {
		t.Fatal("no attributes in the line")
	}
	attributes := rest[:end]
	line = head + `"automatic":{` + strings.Repeat(attributes+",", (size-len(line))/len(attributes)) + rest
	if !json.Valid([]byte(line)) {
		t.Fatal("the line grown for the benchmark is no JSON")
	}
	return []byte(line)
}

func BenchmarkComplete4MB(b *testing.B) {
	data := grown(b, 4_100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if !Complete(data) {
			b.Fatal("not complete")
		}
	}
}
