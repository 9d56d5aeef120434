// Package salt reads what Salt leaves behind after its states ran: the JSON that
// salt-call prints, and the lines of the rawfile_json returner.
//
// A return holds secrets (diffs, the output of commands), so nothing is decoded
// but the fields that a report.Run has.
package salt

// MaxDocument is the largest document, and the longest line of events, that is
// read: 64 MiB, in bytes. A run of 1,200 states has 0.6 MB.
const MaxDocument = 64 << 20

// What a return may bring into a Run. What is over a limit is left out; counters
// stay true.
const (
	maxRows     = 10_000   // states in a Run's list
	maxAllRows  = 200_000  // states in the lists of all Runs of an input
	maxStates   = 50_000   // states of a return that are put in order
	maxFrames   = 500      // lines of a traceback
	maxListed   = 1000     // SLS names of a run list
	maxMessage  = 64 << 10 // bytes of a failure's message
	maxOutput   = 4 << 10  // bytes of what a failed command said on stderr
	maxRowText  = 8 << 10  // bytes of the comment of one failed state
	maxName     = 4 << 10  // bytes of a name
	maxRuns     = 10_000   // runs of one input
	maxErrors   = 10       // faults told one by one
	maxTold     = 10       // errors of rendering that are kept
	maxRecovery = 16       // places of one line where a later event is looked for
)

// maxSeconds bounds a believable duration: ten years.
const maxSeconds = 10 * 366 * 24 * 3600
