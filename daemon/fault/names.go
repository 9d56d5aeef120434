// Package fault names the steps between a report that is complete and its
// batch's acknowledgement at which a test makes the process die. In a program
// built without the tag faults, Point does nothing and costs nothing.
package fault

// The steps, in the order in which a run meets them.
const (
	ReportComplete  = "report-complete"  // the watcher hands a report out
	BegunWritten    = "begun-written"    // which runs began and ended is written down; nothing is said of them
	ReportAnalysed  = "report-analysed"  // its batches exist in memory
	SpoolCreated    = "spool-created"    // the file aside exists, empty
	SpoolWritten    = "spool-written"    // it holds the batch, not synced
	SpoolSynced     = "spool-synced"     // it is on disk under its name aside
	SpoolRenamed    = "spool-renamed"    // it is pending, its name not yet durable
	SpoolAppended   = "spool-appended"   // it is pending for one reporter
	ReportSpooled   = "report-spooled"   // it is pending for every reporter; the report is not let go
	PostKept        = "post-kept"        // a message of Chef's is on disk as it came, not answered
	PostSpooled     = "post-spooled"     // its batches are pending for every reporter; it is not let go
	PositionWritten = "position-written" // the report is let go, not synced
	PositionSynced  = "position-synced"  // so is the position
	EntryTaken      = "entry-taken"      // the batch is read for delivery
	EntryReported   = "entry-reported"   // the receiver acknowledged; nothing is written down
	EntryRenamed    = "entry-renamed"    // it is moved to delivered, not durable
	EntryCommitted  = "entry-committed"  // it is delivered
)

// Points are all steps.
var Points = []string{
	ReportComplete, BegunWritten, ReportAnalysed, SpoolCreated, SpoolWritten, SpoolSynced, SpoolRenamed, SpoolAppended,
	ReportSpooled, PostKept, PostSpooled, PositionWritten, PositionSynced, EntryTaken, EntryReported, EntryRenamed, EntryCommitted,
}

// Variable names the step at which a process built with the tag faults dies.
const Variable = "CONVERGED_FAULT"
