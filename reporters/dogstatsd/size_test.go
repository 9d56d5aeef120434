package dogstatsd

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/converged/converged/reporters/telemetry"
)

// widest is an event as large as they come: every character of its 4,000 has four
// bytes, and so has every one of its title and its hundred tags.
func widest() telemetry.Batch {
	b := failedRun()
	b.Tags = nil
	for i := range 100 {
		b.Tags = append(b.Tags, fmt.Sprintf("role:%03d-", i)+strings.Repeat("𝛂", 190))
	}
	b.Events[0].Title = strings.Repeat("𝛃", 500)
	b.Events[0].Source = strings.Repeat("𝛄", 255)
	b.Events[0].AggregationKey = strings.Repeat("𝛄", 100)
	b.Host = strings.Repeat("𝛄", 255)
	b.Events[0].Text = "Errno::ENOENT: No such file\n" + strings.Repeat("𝛅", 3972)
	return b
}

func TestTheWidestEventFits(t *testing.T) {
	for _, network := range []string{"unixgram", "udp"} {
		a, r := pair(t, network)
		report(t, r, widest())
		got := a.datagrams()
		for _, d := range got {
			if len(d) > 8192 || strings.Contains(d, "\n") && len(d) > r.socket.to.datagram() {
				t.Errorf("%s: a datagram of %d bytes", network, len(d))
			}
			for line := range strings.SplitSeq(d, "\n") {
				wellFormed(t, line)
			}
		}
		if event := got[len(got)-1]; !strings.Contains(event, `|Errno::ENOENT: No such file\n𝛅`) || !strings.Contains(event, "bytes left out") {
			t.Errorf("%s: the exception is not there: %.600s", network, event)
		}
		if st := r.Stats(); st.Items != 6 || st.Dropped[droppedLong] != 0 {
			t.Errorf("%s: got %+v", network, st)
		}
	}
}

// pair is an agent and a reporter that has spoken to it.
func pair(t *testing.T, network string) (*agent, *Reporter) {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unixgram" {
		address = socketFile(t)
	}
	a := listen(t, network, address)
	target := "udp://" + a.conn.LocalAddr().String()
	if network == "unixgram" {
		target = "unix://" + address
	}
	r := reporter(t, Options{Address: target})
	report(t, r, bulk(1))
	a.datagrams()
	return a, r
}

// A system that takes shorter datagrams than the Agent: what is in several is
// parted, and an event is cut.
func TestTooLongForTheSystem(t *testing.T) {
	a, r := pair(t, "unixgram")
	if err := r.socket.conn.(*net.UnixConn).SetWriteBuffer(1); err != nil { // the least there is, some 4,500 bytes
		t.Fatal(err)
	}
	b := failedRun()
	b.Metrics = append(b.Metrics, bulk(3).Metrics...)
	b.Events[0].Text = "Errno::ENOENT: No such file\n" + strings.Repeat("frame\n", 1200)
	sent := make(chan error)
	go func() { sent <- r.Report(t.Context(), b) }() // which waits for each datagram to be read
	var all []string
	for len(all) < 8 {
		d := a.next()
		if len(d) > 4608 {
			t.Errorf("a datagram of %d bytes", len(d))
		}
		all = append(all, strings.Split(d, "\n")...)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	event := all[len(all)-1]
	wellFormed(t, event)
	if !strings.Contains(event, "|Errno::ENOENT: No such file") || len(event) < 4000 {
		t.Errorf("the event has %d bytes: %.200s", len(event), event)
	}
}

// A system that takes not even that: it is refused for good, and the queue goes on.
func TestTooLongAtLast(t *testing.T) {
	r := reporter(t, Options{Address: "127.0.0.1:8125"})
	for r.socket.shrink() {
		items, _ := r.items(widest())
		for _, it := range items {
			if len(it.line) > r.socket.most || !utf8.Valid(it.line) {
				t.Errorf("%d bytes where %d are the limit", len(it.line), r.socket.most)
			}
		}
	}
	err := explain(target{"udp", "x:1"}, fmt.Errorf("write: %w", unix.EMSGSIZE))
	if !errors.Is(err, telemetry.ErrRefused) {
		t.Errorf("got %v; to send it again would not help", err)
	}
}
