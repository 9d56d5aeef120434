package daemon

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// sender posts to the socket of a daemon that receives.
func (h *home) sender() func(path, token string, body []byte) int {
	h.t.Helper()
	socket := filepath.Join(h.t.TempDir(), "r.sock")
	h.config.Receive.Listen = []string{"unix://" + socket}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	h.t.Cleanup(transport.CloseIdleConnections)
	return func(path, token string, body []byte) int {
		h.t.Helper()
		r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, "http://localhost"+path, bytes.NewReader(body))
		if err != nil {
			h.t.Error(err)
			return 0
		}
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := transport.RoundTrip(r)
		if err != nil {
			h.t.Error(err)
			return 0
		}
		if err := answer.Body.Close(); err != nil {
			h.t.Error(err)
		}
		return answer.StatusCode
	}
}

// Reports come by files and by posts at the same time; each run is told once.
func TestFilesAndPostsAtTheSameTime(t *testing.T) {
	h := newHome(t)
	send := h.sender()
	h.config.Receive.Token = goodToken
	h.config.Receive.Rate = 1000
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	report, line := sample(t, "18-updated/report.json"), bytes.TrimSpace(sample(t, "15-start-only-then-end/collector.json"))
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	const runs = 20
	var all sync.WaitGroup
	for n := range runs {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		text := bytes.ReplaceAll(report, []byte(updated), []byte(id))
		h.leave(text)
		all.Go(func() {
			if status := send("/v1/reports/chef-report", goodToken, text); status != http.StatusAccepted {
				t.Errorf("it was answered %d", status)
			}
			if status := send("/data-collector", goodToken, slices.Concat(line, bytes.Repeat([]byte(" "), n))); status != http.StatusCreated {
				t.Errorf("Chef was answered %d", status)
			}
			if status := send("/data-collector", "another", line); status != http.StatusUnauthorized {
				t.Errorf("without the token it was answered %d", status)
			}
		})
	}
	all.Wait()
	told := map[string]int{}
	for range runs + 1 { // and the one that Chef repeats
		told[r.next(t).RunID]++
	}
	if len(told) != runs+1 {
		t.Errorf("it was told of %d runs", len(told))
	}
	stop()
	st, err := ReadStatus(h.config.StateDir)
	if err != nil || st.Receive == nil || st.Receive.Refused["unauthorized"] != runs || len(st.Receive.Formats) != 2 {
		t.Fatalf("the status says %+v, %v", st.Receive, err)
	}
	chef, reports := st.Receive.Formats[0], st.Receive.Formats[1]
	if !strings.HasPrefix(st.Receive.Addresses[0], "unix:///") || reports.Seen != runs || chef.Seen+int64(st.Receive.Waiting) != runs ||
		st.Seen < reports.Seen+chef.Seen {
		t.Errorf("the status says %+v of %d", st.Receive, st.Seen)
	}
}

// A richer record of a run takes the place of the poorer one, and carries what it
// carried, whatever came in between.
func TestARicherRecordCarriesTheSame(t *testing.T) {
	c := newTally(nil, nil)
	c.posts = func() map[series]int64 {
		return map[series]int64{{"converged.receive.refused", "", "unauthorized"}: 3, {"converged.receive.lost", "", "not_kept"}: 1}
	}
	poor := carry(t, c, "1", time.Now())
	want := []string{"converged.receive.lost 1 [reason:not_kept]", "converged.receive.refused 3 [reason:unauthorized]"}
	if !slices.Equal(poor, want) {
		t.Errorf("it carries %q", poor)
	}
	if got := carry(t, c, "2", time.Now()); got != nil {
		t.Errorf("another run carries %q, too", got)
	}
	if got := carry(t, c, "1", time.Now()); !slices.Equal(got, want) {
		t.Errorf("the richer record carries %q", got)
	}
	for n := range 2 * mostCarriers {
		c.unfit.Add(1)
		if got := carry(t, c, fmt.Sprint("later ", n), time.Now()); len(got) != 1 || got[0] != "converged.reports.unparsable 1 []" {
			t.Errorf("it carries %q", got)
		}
	}
	if len(c.carried) != mostCarriers {
		t.Errorf("%d runs are remembered", len(c.carried))
	}
	var none telemetry.Batch
	if a := c.carriedBy(none.RunID); a.run != "" {
		t.Errorf("a batch without a run carries %+v", a)
	}
}
