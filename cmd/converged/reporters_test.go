package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/converged/converged/daemon"
	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// What a reporter leaves out of a batch is counted where the daemon's status and
// its own metrics are made of.
func TestWhatIsLeftOutIsCounted(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "dsd")
	agent, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = agent.Close() }()
	intake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	defer intake.Close()
	c, err := daemon.Defaults().With("a test",
		daemon.ReporterConfig{Type: "dogstatsd", Name: "dogstatsd", Address: "unix://" + socket},
		daemon.ReporterConfig{Type: "datadog", Name: "datadog", Account: daemon.Account{URL: intake.URL, APIKey: "key"}})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := openReporters(c, io.Discard, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.close()
	for _, out := range opened.outputs {
		s, err := spool.Open(t.TempDir(), spool.Options{})
		if err != nil {
			t.Fatal(err)
		}
		line, err := telemetry.Encode(telemetry.Batch{RunID: "1", Metrics: []telemetry.Metric{
			{Name: "runs", Kind: telemetry.Count, Value: 1}, {Name: "!", Kind: telemetry.Count, Value: 1}}})
		if err == nil {
			_, err = s.Append("1", 0, line)
		}
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop() // what is pending is delivered all the same
		l := &deliver.Loop{Name: out.Name, Spool: s, Reporter: out.Reporter}
		if err := l.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if st := l.State(); st.Delivered != 1 || st.Dropped["no_usable_name"] != 1 {
			t.Errorf("%s: got %+v", out.Name, st)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
