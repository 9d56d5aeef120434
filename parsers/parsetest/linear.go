//go:build unix

package parsetest

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Sizes of the inputs whose costs are compared, in bytes, about; and how much
// more the larger may cost, for each byte, before that counts as more than linear.
// What is quadratic costs sixteen times as much.
const (
	smallInput = 16 << 10
	largeInput = 16 * smallInput
	believable = 4
)

// Linear holds a parser to time in proportion to its input, of what make builds of
// about that many bytes. What is compared is the time of the processor that an input
// took against that of a smaller one, so that a slow or busy machine changes nothing.
func Linear(t *testing.T, name string, parse Parse, make func(size int) string) {
	t.Helper()
	small, large := []byte(make(smallInput)), []byte(make(largeInput))
	grown := float64(len(large)) / float64(len(small))
	least, most := cost(t, parse, small), cost(t, parse, large)
	times := 0.0
	for range 10 { // what else the process and the machine do makes both dearer, never cheaper
		if times = float64(most) / float64(least); times <= believable*grown {
			return
		}
		least, most = min(least, cost(t, parse, small)), min(most, cost(t, parse, large))
	}
	t.Errorf("%s: %.0f times the bytes cost %.0f times as much", name, grown, times)
}

// cost is the processor's time for one reading of data, the least of several.
func cost(t *testing.T, parse Parse, data []byte) time.Duration {
	t.Helper()
	least := time.Duration(1 << 62)
	for range 2 {
		times, before, took := time.Duration(0), processor(t), time.Duration(0)
		for took < time.Millisecond {
			_, _ = parse(bytes.NewReader(data))
			times++
			took = processor(t) - before
		}
		least = min(least, took/times)
	}
	return max(least, 1)
}

// processor is the time that this process has spent working.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Around makes texts of a size for Linear: one piece as often as has room, each with
// its number where it has a %d, between a head and a tail.
func Around(head, piece, tail string) func(size int) string {
	return func(size int) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < size; i++ {
			b.WriteString(strings.ReplaceAll(piece, "%d", fmt.Sprint(i)))
		}
		b.WriteString(tail)
		return b.String()
	}
}

// Nested makes texts of a size for Linear, of values that are nearly as deep as
// parsers go, between a head and a tail.
func Nested(head, open, shut, tail string) func(size int) string {
	const depth = 900
	return Around(head, strings.Repeat(open, depth)+"1"+strings.Repeat(shut, depth)+",", "1"+tail)
}
