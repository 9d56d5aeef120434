package main

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/converged/converged/daemon"
	"github.com/converged/converged/reporters/dogstatsd"
	"github.com/converged/converged/reporters/stdout"
)

// openReporters makes an output of every configured reporter. The function it
// returns closes them.
func openReporters(configured []daemon.ReporterConfig, out io.Writer, log *slog.Logger) ([]daemon.Output, func(), error) {
	var outputs []daemon.Output
	var closers []io.Closer
	closeAll := func() {
		for _, c := range closers {
			if err := c.Close(); err != nil {
				log.Warn("closing a reporter", "error", err)
			}
		}
	}
	for _, r := range configured {
		switch r.Type {
		case "stdout":
			outputs = append(outputs, daemon.Output{Name: r.Name, Reporter: stdout.New(out)})
		case "dogstatsd":
			client, err := dogstatsd.New(dogstatsd.Options{Address: r.Address, Log: log.With("reporter", r.Name)})
			if err != nil {
				closeAll()
				return nil, nil, fmt.Errorf("reporter %s: %w", r.Name, err)
			}
			closers = append(closers, client)
			outputs = append(outputs, daemon.Output{Name: r.Name, Reporter: client})
		default:
			closeAll()
			return nil, nil, fmt.Errorf("reporter %s: unknown type %q", r.Name, r.Type)
		}
	}
	return outputs, closeAll, nil
}
