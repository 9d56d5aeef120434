package chef

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// A post of 16 MB whose rows are three bytes long must not take a gigabyte.
func TestMemoryOfManyRows(t *testing.T) {
	var b bytes.Buffer
	for i := range 100 {
		fmt.Fprintf(&b, `{"message_type":"run_converge","run_id":"%d","total_resource_count":9000,"resources":[%s{}]}`+"\n", i, strings.Repeat("{},", 8999))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	runs, err := Collector(&b)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil || len(runs) != 100 {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	rows := 0
	for _, r := range runs {
		rows += len(r.ResourceList)
		if count(r.Resources.Total) != 9000 || count(r.Resources.Failed) != 0 {
			t.Fatalf("%+v", r.Resources)
		}
	}
	if rows != maxAllRows || runs[99].ResourceList != nil {
		t.Errorf("%d rows", rows)
	}
	if mib := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20; mib > 70 {
		t.Errorf("%d MiB are held", mib)
	}
	runtime.KeepAlive(runs)
}
