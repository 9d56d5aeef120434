// Package chef reads what Chef Infra Client 12 to 19 leaves behind after a run:
// the document of its JsonFile handler and the lines of its data collector.
//
// Reports hold secrets (the content of files, every attribute of the node), so
// nothing is decoded but the fields that a report.Run has.
package chef

// MaxDocument is the largest JsonFile document, and the longest line of a data
// collector, that is read: 64 MiB, in bytes. A run of 2,000 resources has 4 MB.
const MaxDocument = 64 << 20

// What a report may bring into a Run. What is over a limit is left out; counters
// stay true.
const (
	maxRows       = 10_000   // resources in a Run's list
	maxAllRows    = 200_000  // resources in the lists of all Runs of an input
	maxFrames     = 500      // lines of a stack trace
	maxStacktrace = 4 << 20  // bytes of a chef-stacktrace.out
	maxListed     = 1000     // roles, tags, run list items
	maxCookbooks  = 5000     // cookbooks
	maxMessage    = 64 << 10 // bytes of an exception's message
	maxRowText    = 8 << 10  // bytes of the message of one resource
	maxName       = 4 << 10  // bytes of a name, a version, a stack frame
	maxDigits     = 64       // bytes of a time
	maxRuns       = 10_000   // runs of one data collector file
	maxErrors     = 10       // unreadable lines told one by one
	maxRecovery   = 16       // places of one line where a later message is looked for
)

// maxSeconds bounds a believable duration: ten years.
const maxSeconds = 10 * 366 * 24 * 3600
