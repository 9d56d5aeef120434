package telemetry

import (
	"errors"
	"time"
)

var (
	// ErrRefused is a receiver's last word on a batch: sending it again would be
	// refused again. Reporters wrap it; whoever delivers puts the batch aside.
	ErrRefused = errors.New("refused for good")
	// ErrHeld is a receiver that takes nothing until a person mends something, such
	// as a key or an address. Reporters wrap it; whoever delivers keeps everything,
	// says so, and asks again slowly.
	ErrHeld = errors.New("held until it is mended")
	// ErrMalformed is a line that is not a batch.
	ErrMalformed = errors.New("not a batch")
	// ErrTooLarge is a batch of more than MaxBytes.
	ErrTooLarge = errors.New("the batch is over the limit of 1 MiB")
)

// Later is a failure whose receiver said when to come back.
type Later struct {
	After time.Duration
	Err   error
}

// Error is that of Err.
func (e *Later) Error() string { return e.Err.Error() }

// Unwrap is Err.
func (e *Later) Unwrap() error { return e.Err }

// Partial is the error of a batch whose items went different ways. What is
// neither in Rest nor in Refused was delivered and must not be sent again.
type Partial struct {
	Rest    Batch // to be tried again, for the reason of Err; empty when nothing is
	Refused Batch // refused for good, for the reason of Why
	Err     error // of the class of Rest: ErrHeld, Later or any other; nil when Rest is empty
	Why     error // an ErrRefused; nil when Refused is empty
}

// Error is the reason of both parts.
func (e *Partial) Error() string { return errors.Join(e.Err, e.Why).Error() }

// Unwrap is the reasons of the parts.
func (e *Partial) Unwrap() []error {
	var reasons []error
	for _, err := range []error{e.Err, e.Why} {
		if err != nil {
			reasons = append(reasons, err)
		}
	}
	return reasons
}
