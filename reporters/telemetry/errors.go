package telemetry

import "errors"

var (
	// ErrRefused is a receiver's last word on a batch: sending it again would be
	// refused again. Reporters wrap it; whoever delivers puts the batch aside.
	ErrRefused = errors.New("refused for good")
	// ErrMalformed is a line that is not a batch.
	ErrMalformed = errors.New("not a batch")
	// ErrTooLarge is a batch of more than MaxBytes.
	ErrTooLarge = errors.New("the batch is over the limit of 1 MiB")
)
