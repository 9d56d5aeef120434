package ansible

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

const cases = "../../testdata/ansible"

// formats are the files of a case and what reads them.
var formats = map[string]parsetest.Parse{
	"stdout.json":  Document,
	"stdout.jsonl": Lines,
}

func TestGolden(t *testing.T) {
	for name, parse := range formats {
		parsetest.Golden(t, cases, name, "run."+name, parse)
	}
}

// hosts are a case's runs by host; both formats must tell of the same hosts.
func hosts(t *testing.T, name, input string) map[string]report.Run {
	t.Helper()
	runs, err := formats[input](bytes.NewReader(parsetest.Read(t, filepath.Join(cases, name, input))))
	if err != nil {
		t.Fatal(err)
	}
	byHost := map[string]report.Run{}
	for _, run := range runs {
		byHost[run.Host] = run
	}
	return byHost
}
