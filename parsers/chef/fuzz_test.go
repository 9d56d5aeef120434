package chef

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

func FuzzReport(f *testing.F) {
	parsetest.Seed(f, cases, "report.json")
	f.Add([]byte(document(f, nil)))
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Report(bytes.NewReader(data))
		if err == nil && (len(runs) != 1 || !Complete(data) || runs[0].Status == "" || runs[0].Phase != report.Finished) {
			t.Fatalf("%d runs, no error", len(runs))
		}
		if err != nil && runs != nil {
			t.Fatalf("runs beside the error %v", err)
		}
		parsetest.Check(t, report.Chef, runs, err)
	})
}

func FuzzCollector(f *testing.F) {
	parsetest.Seed(f, cases, "collector.json")
	f.Add([]byte(started("a") + "\n" + ended("a")[:99] + started("b") + ended("b") + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Collector(bytes.NewReader(data))
		parsetest.Check(t, report.Chef, runs, err)
		if err == nil && len(runs) == 0 {
			t.Fatal("neither a run nor an error")
		}
		again, err2 := Collector(io.MultiReader(bytes.NewReader(data[:len(data)/2]), bytes.NewReader(data[len(data)/2:])))
		if !reflect.DeepEqual(runs, again) || (err == nil) != (err2 == nil) {
			t.Fatalf("read in two pieces: %v, error %v; whole: %v, error %v", again, err2, runs, err)
		}
		held, err3 := Collector(bytes.NewBuffer(data))
		if !reflect.DeepEqual(runs, held) || fmt.Sprint(err) != fmt.Sprint(err3) {
			t.Fatalf("read in place: %v, error %v; copied: %v, error %v", held, err3, runs, err)
		}
	})
}
