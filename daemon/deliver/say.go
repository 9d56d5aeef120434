package deliver

import (
	"log/slog"
	"time"
)

// What a loop says, it says once when its state changes; a receiver that is
// away for a day costs two lines.

func (l *Loop) log() *slog.Logger {
	if l.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l.Log
}

func (l *Loop) say(was Status, state State, cause error, pause time.Duration) {
	kept := l.Spool.Stats().Entries
	switch state {
	case Working:
		if was.State != "" {
			l.log().Info("runs are delivered again", "reporter", l.Name, "after", time.Since(l.troubled).Round(time.Millisecond), "kept", kept)
		}
		return
	case Failing:
		l.log().Warn("a run could not be delivered; it is kept and tried again, and so are those that come",
			"reporter", l.Name, "error", cause, "kept", kept, "again_in", pause, "at_most_every", l.Backoff.max())
	case Held:
		l.log().Error("the receiver takes nothing until this is mended; everything is kept, and it is asked again without a restart",
			"reporter", l.Name, "error", cause, "kept", kept, "again_in", pause, "at_most_every", heldBackoff.max())
	}
	if was.State == Working || was.State == "" {
		l.troubled = time.Now()
	}
}

func (l *Loop) sayDropped(key, reason string, err error) {
	l.log().Error("a run, or a part of it, will never be delivered; it is kept as a dead letter",
		"reporter", l.Name, "run_id", key, "reason", reason, "error", err)
}

// written says when the spool begins to fail to write down what became of an
// entry. The spool itself holds to it, and tries again.
func (l *Loop) written(err error) {
	if err != nil && !l.forgetful {
		l.log().Error("what became of a run could not be written down", "reporter", l.Name, "error", err)
	}
	l.forgetful = err != nil
}
