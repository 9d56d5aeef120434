package analyse

import (
	"fmt"
	"time"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// UnfinishedID is the identity of what is said of a run that did not finish. It is
// not the run's own: should the run end after all, that is told, too.
func UnfinishedID(run string) string { return run + "-unfinished" }

// Unfinished is what is said of a run that began and will not end, as is known
// since at: another one began at next, or, if that is zero, it is too old.
//
// The service check is unknown, and not critical: what the run did before it was
// cut off nobody knows, nor whether it would have failed. A machine that rebooted
// during a run is not broken by that; the run after it says what is.
func Unfinished(r report.Run, at, next time.Time, o Options) telemetry.Batch {
	r.Phase, r.Status = report.Finished, ""
	r.End, r.Duration = report.Time{}, nil
	o.Arrived = at
	b, _ := Batch(r, o)
	b.RunID, b.Timestamp = UnfinishedID(r.ID), moment(report.Run{End: report.At(at)}, o)
	b.ServiceChecks[0].Message = "the run" + since(r) + " did not finish"
	e := telemetry.Event{
		Title:          title(r, b.Host, "run", "") + " did not finish",
		Priority:       telemetry.Normal,
		AlertType:      telemetry.Warning,
		AggregationKey: digest("unfinished", string(r.Tool)),
		Source:         inTitle(string(r.Tool)),
		Tags:           outcome(r),
	}
	e.Text = cutMiddle(unfinishedText(r, b.Timestamp, next, o), roomFor(e, b))
	b.Events = append(b.Events, e)
	return b
}

// since is such as " that began at 2026-11-20 22:15:40 UTC", if that is known.
func since(r report.Run) string {
	if r.Start.IsZero() {
		return ""
	}
	return " that began at " + r.Start.Format("2006-01-02 15:04:05 MST")
}

func unfinishedText(r report.Run, at, next time.Time, o Options) string {
	text := "The run" + since(r)
	if ago := at.Sub(r.Start.Time).Seconds(); !r.Start.IsZero() && ago > 0 && ago <= maxSeconds {
		text += fmt.Sprintf(", %s ago,", spoken(ago))
	}
	text += " never told its end. "
	if next.IsZero() {
		text += "Nothing came after it.\n"
	} else {
		text += "Another run has begun at " + next.UTC().Format("2006-01-02 15:04:05 MST") + ".\n"
	}
	return text + `
What may have happened: it was killed, the machine ran out of memory or was
rebooted while it ran, or it still runs and hangs. What it did until then is not
known here. Should its end be told after all, that is sent as ever.

To find out: journalctl -k --grep 'out of memory|oom'; last -x reboot
` + rest(r, o)
}
