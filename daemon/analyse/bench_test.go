package analyse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

func BenchmarkBatch(b *testing.B) {
	deep := converge()
	deep.Backtrace = frames(500)
	big := succeeded()
	for i := range 2000 {
		big.ResourceList = append(big.ResourceList, report.Resource{
			Type: fmt.Sprint("type", i%20), Name: fmt.Sprint("/srv/app/f", i), Status: report.Updated, Duration: new(0.001),
		})
	}
	for _, c := range []struct {
		name string
		run  report.Run
	}{{"success", succeeded()}, {"failure", failed(converge())}, {"500_frames", failed(deep)}, {"2000_resources", big}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Batch(c.run, Options{})
			}
		})
	}
}

func BenchmarkScrub(b *testing.B) {
	for name, line := range map[string]string{
		"trace":   frames(1)[0] + "\n",
		"secrets": "db_password=hunter2 https://u:p@h/ token: 'x'\n",
	} {
		text := strings.Repeat(line, maxScrub/len(line))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Scrub(text)
			}
		})
	}
}
