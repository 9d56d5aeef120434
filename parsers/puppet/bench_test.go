package puppet

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// large is a report in YAML of about that many bytes: the case of 1,200 resources,
// its rows repeated under other names.
func large(t testing.TB, size int) []byte {
	text := string(parsetest.Read(t, filepath.Join(cases, "big-1200", "report.yaml")))
	head, rest, _ := strings.Cut(text, "resource_statuses:\n")
	rows, tail, _ := strings.Cut(rest, "\ncorrective_change:")
	out := bytes.NewBufferString(head + "resource_statuses:\n")
	for n := 0; out.Len() < size; n++ {
		out.WriteString(strings.ReplaceAll(rows, "[", fmt.Sprintf("[%d ", n)) + "\n")
	}
	out.WriteString("corrective_change:" + tail)
	return out.Bytes()
}

// talkative is a report of a command that printed that many lines.
func talkative(t testing.TB, lines int) []byte {
	text := string(parsetest.Read(t, filepath.Join(cases, "failed", "report.yaml")))
	one := "- level: notice\n  message: 'line of output that a command has printed, and it goes on'\n" +
		"  source: \"/Stage[main]/Main/Exec[loud]/returns\"\n  tags:\n  - notice\n  - exec\n  - class\n" +
		"  time: '2026-11-20T22:22:44.441235690+00:00'\n  file: \"/etc/puppet/manifests/failed.pp\"\n  line: 1\n"
	return []byte(strings.Replace(text, "logs:\n", "logs:\n"+strings.Repeat(one, lines), 1))
}

func BenchmarkReport(b *testing.B) {
	inputs := []struct {
		name  string
		data  []byte
		parse func(io.Reader) ([]report.Run, error)
	}{
		{"yaml-5MB", large(b, 5<<20), Report},
		{"log-20000", talkative(b, 20_000), Report},
		{"json", parsetest.Read(b, filepath.Join(cases, "agent-put", "report.json")), Report},
		{"summary", parsetest.Read(b, filepath.Join(cases, "failed", "summary.yaml")), Summary},
	}
	for _, in := range inputs {
		b.Run(in.name, func(b *testing.B) {
			b.SetBytes(int64(len(in.data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := in.parse(bytes.NewReader(in.data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A report of 5 MB must not take 60 MB, which is what reading it whole would.
func TestMemoryOfALargeReport(t *testing.T) {
	data := large(t, 5<<20)
	before := peak(t, func() {})
	after := peak(t, func() {
		if run := parsed(t, string(data)); len(run.ResourceList) < 3000 {
			t.Errorf("%d resources", len(run.ResourceList))
		}
	})
	if grown := int64(after) - int64(before); grown > 60<<20 {
		t.Errorf("%d MB were taken", grown>>20)
	}
}

// peak is how much memory the heap holds after work, collecting as little as a
// daemon would that is limited to twice what is in use.
func peak(t *testing.T, work func()) uint64 {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	debug.FreeOSMemory()
	work()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys - m.HeapReleased
}
