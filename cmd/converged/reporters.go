package main

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/converged/converged/daemon"
	"github.com/converged/converged/reporters/datadog"
	"github.com/converged/converged/reporters/dogstatsd"
	"github.com/converged/converged/reporters/stdout"
)

// reporters are what a configuration tells of runs, opened.
type reporters struct {
	outputs []daemon.Output
	closers []io.Closer
	log     *slog.Logger
}

// openReporters opens every configured reporter; none connects before it is
// needed. They must be closed.
func openReporters(c daemon.Config, out io.Writer, log *slog.Logger) (*reporters, error) {
	all := &reporters{log: log}
	for i, r := range c.Reporters {
		if err := all.open(c, i, r, out); err != nil {
			all.close()
			return nil, err
		}
	}
	return all, nil
}

func (all *reporters) open(c daemon.Config, place int, r daemon.ReporterConfig, out io.Writer) error {
	switch r.Type {
	case "stdout":
		all.outputs = append(all.outputs, r.Output(r.Name, stdout.New(out)))
	case "dogstatsd":
		client, err := dogstatsd.New(dogstatsd.Options{Address: r.Address, Log: all.log.With("reporter", r.Name)})
		if err != nil && r.Address != "" {
			return c.Wrong(place, "address", err)
		}
		if err != nil {
			return fmt.Errorf("reporter %s: %w", r.Name, err)
		}
		all.closers = append(all.closers, client)
		all.outputs = append(all.outputs, r.Output(r.Name, client))
	case "datadog":
		for _, e := range r.Accounts() {
			if err := all.openAccount(r, e); err != nil {
				return fmt.Errorf("reporter %s: %w", e.Name, err)
			}
		}
	default:
		return fmt.Errorf("reporter %s: unknown type %q", r.Name, r.Type)
	}
	return nil
}

func (all *reporters) openAccount(r daemon.ReporterConfig, e daemon.EndpointConfig) error {
	client, err := datadog.New(datadog.Options{
		Site: e.Site, URL: e.URL,
		Keys: func() (datadog.Keys, error) {
			api, application, err := e.Keys()
			return datadog.Keys{API: api.Reveal(), Application: application.Reveal()}, err
		},
		Proxy: r.Proxy.Reveal(), CAFile: r.CAFile, SkipTLSVerification: r.SkipTLSVerification,
		Timeout: r.Timeout, Log: all.log.With("reporter", e.Name),
	})
	if err != nil {
		return err
	}
	all.closers = append(all.closers, client)
	out := r.Output(e.Name, client)
	out.Ask = asker(client, all.log.With("reporter", e.Name))
	all.outputs = append(all.outputs, out)
	return nil
}

// close mirrors openReporters.
func (all *reporters) close() {
	for _, c := range all.closers {
		if err := c.Close(); err != nil {
			all.log.Warn("closing a reporter", "error", err)
		}
	}
}
