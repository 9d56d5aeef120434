package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/converged/converged/reporters/datadog"
	"github.com/converged/converged/reporters/telemetry"
)

// asker is a function that asks an account whether its key is good, and says it
// when the answer is another one: a bad key stops nothing. It is called by one
// goroutine at a time.
func asker(client *datadog.Reporter, log *slog.Logger) func(context.Context) error {
	said := "" // nothing
	return func(ctx context.Context) error {
		err := client.Validate(ctx)
		text := "good"
		if err != nil {
			text = err.Error()
		}
		if ctx.Err() != nil || text == said { // nobody waits for the answer any more, or it is known
			return err
		}
		said = text
		switch {
		case err == nil:
			log.Info("the API key is good")
		case errors.Is(err, telemetry.ErrHeld):
			log.Error("the API key is not taken; everything is kept, and tried again with whatever key there is then", "error", err)
		default:
			log.Warn("whether the API key is good could not be asked; it will show with the first run", "error", err)
		}
		return err
	}
}
