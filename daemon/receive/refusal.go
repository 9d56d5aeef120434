package receive

import (
	"fmt"
	"net/http"
	"time"
)

// refusal is a request that is not taken: what the sender is told, and what is
// counted.
type refusal struct {
	status int
	reason string // one of Reasons
	text   string // what is wrong and what happens now; nothing secret, nothing unprintable
	allow  string // the methods that are, with 405
	retry  time.Duration
}

func (r *refusal) Error() string { return r.text }

func refuse(status int, reason, format string, args ...any) *refusal {
	return &refusal{status: status, reason: reason, text: fmt.Sprintf(format, args...)}
}

// later is a refusal of what may be sent again.
func later(reason, text string, after time.Duration) *refusal {
	return &refusal{status: http.StatusServiceUnavailable, reason: reason, text: text, retry: after}
}
