// Package puppet reads what Puppet 2.6 to 8 and OpenVox leave behind after a run:
// last_run_report.yaml (report formats 2 to 12), the same report as JSON, and the
// counters of last_run_summary.yaml.
//
// Reports hold secrets (the values of parameters, before and after), so nothing
// is decoded but the fields that a report.Run has.
package puppet

// MaxDocument is the largest report that is read: 64 MiB, in bytes. A run of
// 1,200 changed resources has 1.7 MB.
const MaxDocument = 64 << 20

// What a report may bring into a Run. What is over a limit is left out; counters
// stay true.
const (
	maxRuns     = 100      // reports in one file
	maxRows     = 10_000   // resources in a Run's list
	maxLogs     = 1_000    // error lines of the log that are considered
	maxComplete = 100      // failed resources that are looked for in the log
	maxFigures  = 1_000    // of Puppet's own metrics
	maxAnchors  = 10_000   // values that aliases may repeat
	maxRepeated = 8 << 20  // bytes that all aliases together may repeat
	maxChunk    = 4 << 20  // bytes of one resource, log line or section
	maxFrames   = 500      // lines of a stack trace
	maxMessage  = 64 << 10 // bytes of the message of a failure
	maxRowText  = 8 << 10  // bytes of the message of one resource
	maxName     = 4 << 10  // bytes of a name, a version, a stack frame
)

// maxSeconds bounds a believable duration: ten years.
const maxSeconds = 10 * 366 * 24 * 3600
