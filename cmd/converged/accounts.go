package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/converged/converged/reporters/datadog"
	"github.com/converged/converged/reporters/telemetry"
)

// account is one account of Datadog.
type account struct {
	name   string
	client *datadog.Reporter
}

// validate asks each account once whether its key is good, beside everything
// else: a bad key stops nothing. The function it returns waits for the answers,
// which come soon once ctx ends.
func validate(ctx context.Context, accounts []account, log *slog.Logger) (wait func()) {
	var all sync.WaitGroup
	for _, a := range accounts {
		all.Go(func() {
			log := log.With("reporter", a.name)
			switch err := a.client.Validate(ctx); {
			case err == nil:
				log.Info("the API key is good")
			case ctx.Err() != nil: // nobody waits for the answer any more
			case errors.Is(err, telemetry.ErrHeld):
				log.Error("the API key is not taken; everything is kept, and tried again with whatever key there is then", "error", err)
			default:
				log.Warn("whether the API key is good could not be asked; it will show with the first run", "error", err)
			}
		})
	}
	return all.Wait
}
