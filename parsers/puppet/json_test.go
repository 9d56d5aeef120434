package puppet

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// put is a failed report in JSON with these logs, metrics and rows.
func put(logs, metrics, rows string) string {
	return fmt.Sprintf(`{"host":"h","status":"failed","report_format":12,"transaction_uuid":"u","noop":false,`+
		`"logs":%s,"metrics":%s,"resource_statuses":%s,"corrective_change":false}`, logs, metrics, rows)
}

func TestJSONOfOtherShapes(t *testing.T) {
	run := parsed(t, put(`[3,null,{"source":"Puppet","message":"caf\u00e9 \ud83d\ude00 \udce9\/","tags":["err"],"level":"err"},{"level":{"a":1}}]`,
		`{"resources":{"name":"x","values":[["total","Total",7],["failed","Failed"],["changed","Changed",2,9],3,null]},"time":null,"x":[]}`,
		`{"Exec[\u0061]":{"failed":"true","line":"4","file":["no"],"events":{"status":"failure"}},"File[/b]":[],"File[/c]":{"changed":true,"changed":false,"evaluation_time":1e-3}}`))
	if p := run.Failure; p == nil || p.Resource != "Exec[a]" || p.Message != "café 😀 \ufffd/" || p.Line != 4 || p.File != "" {
		t.Errorf("%+v", p)
	}
	if c := run.Resources; *c.Total != 7 || c.Failed != nil || c.Updated != nil {
		t.Errorf("%+v", c)
	}
	if rows := run.ResourceList; len(rows) != 3 || rows[1].Status != report.UpToDate || rows[2].Status != report.UpToDate || *rows[2].Duration != 0.001 {
		t.Errorf("%+v", rows)
	}
}

func TestFaultsInJSONHaveAPlace(t *testing.T) {
	whole := put("[]", "{}", "{}")
	for text, class := range map[string]error{
		strings.Replace(whole, `"logs":`, "\n\"logs\":x", 1): report.ErrMalformed,
		strings.Replace(whole, `"logs":`, "\n\"logs\" ", 1):  report.ErrMalformed,
		whole + "\n{}": report.ErrMalformed,
		strings.Replace(whole, `,"corrective_change":false}`, "\n", 1): report.ErrTruncated,
	} {
		var where *report.ParseError
		if _, err := Report(strings.NewReader(text)); !errors.Is(err, class) || !errors.As(err, &where) || where.Line != 2 || where.Column < 1 {
			t.Errorf("%s: %v", text, err)
		}
	}
}
