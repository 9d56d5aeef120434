package ansible

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

func FuzzDocument(f *testing.F) {
	f.Add([]byte(doc(`{"action":"m","failed":true,"msg":"x","exception":"E: y","results":[{"failed":true}]}`, `"failures":1`)))
	f.Add([]byte("banner\n" + doc(`{}`, `"ok":1`) + doc(`{"unreachable":true}`, `"unreachable":1`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzed(t, data, Document)
		CompleteDocument(data)
		LooksLikeDocument(data)
	})
}

func FuzzLines(f *testing.F) {
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
func fuzzed(t *testing.T, data []byte, parse func(io.Reader) ([]report.Run, error)) {
	runs, _ := parse(bytes.NewReader(data))
	seen := map[string]bool{}
	for _, r := range runs {
		if seen[r.ID] || r.Tool != report.Ansible || r.Source == "" || !strings.HasSuffix(r.ID, "/"+r.Host) {
			t.Fatalf("%+v", r)
		}
		seen[r.ID] = true
		if r.Phase != report.Finished && (r.Failure != nil || r.Status != "") || r.Duration != nil && *r.Duration < 0 {
			t.Fatalf("%+v", r)
		}
		if r.Failure != nil && (r.Failure.Message != report.Clean(r.Failure.Message, len(r.Failure.Message))) {
			t.Fatalf("%q", r.Failure.Message)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	}
}
