package ansible

import (
	"bytes"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

func FuzzDocument(f *testing.F) {
	parsetest.Seed(f, cases, "stdout.json")
	f.Add([]byte(doc(`{"action":"m","failed":true,"msg":"x","exception":"E: y","results":[{"failed":true}]}`, `"failures":1`)))
	f.Add([]byte("banner\n" + doc(`{}`, `"ok":1`) + doc(`{"unreachable":true}`, `"unreachable":1`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzed(t, data, Document)
		CompleteDocument(data)
		LooksLikeDocument(data)
	})
}

func FuzzLines(f *testing.F) {
	parsetest.Seed(f, cases, "stdout.jsonl")
	f.Add([]byte(whole(1) + playLine(2) + taskLine(2, "failed", `"msg":"x"`)[:99] + whole(3)))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzed(t, data, Lines)
		CompleteLines(data)
		LooksLikeLines(data)
		for rest := data; len(rest) > 0; {
			n, token, err := SplitRuns(rest, true)
			if err != nil || n == 0 || n != len(token) {
				t.Fatalf("%d bytes of %d, error %v", n, len(rest), err)
			}
			rest = rest[n:]
		}
	})
}

// fuzzed holds what comes out of any input to what everyone relies on.
func fuzzed(t *testing.T, data []byte, parse parsetest.Parse) {
	t.Helper()
	runs, err := parse(bytes.NewReader(data))
	parsetest.Check(t, report.Ansible, runs, err)
	for _, r := range runs {
		if !strings.HasSuffix(r.ID, "/"+r.Host) {
			t.Fatalf("%+v", r)
		}
	}
}
