package daemon

import (
	"strings"
	"testing"
)

func TestMistypedVariables(t *testing.T) {
	for pair, want := range map[string]string{
		"CONVERGED_STATE_DRI=/x":                "unknown variable CONVERGED_STATE_DRI; did you mean CONVERGED_STATE_DIR?",
		"CONVERGED_STATE_DRI=":                  "unknown variable CONVERGED_STATE_DRI",
		"CONVERGED_WATCH_POLL=soon":             `CONVERGED_WATCH_POLL: expected a duration such as 15s, found "soon"`,
		"CONVERGED_WATCH_POLL=15":               `CONVERGED_WATCH_POLL: expected a duration such as 15s, found "15"`,
		"CONVERGED_EVENTS_SUCCESS=perhaps":      `CONVERGED_EVENTS_SUCCESS: expected true or false, found "perhaps"`,
		"CONVERGED_SPOOL_MAX_ENTRIES=1.5":       `CONVERGED_SPOOL_MAX_ENTRIES: expected a whole number, found "1.5"`,
		"CONVERGED_REPORTERS=stdout":            "CONVERGED_REPORTERS: a list of the file alone",
		"CONVERGED_METRICS=a":                   "unknown variable CONVERGED_METRICS; did you mean CONVERGED_METRICS_",
		"CONVERGED_SPOOL_MAX_ENTRIES=100":       "",
		"CONVERGED_WATCH_POLL=15s":              "",
		"CONVERGED_TAGS=a:b,c:d":                "",
		"CONVERGED_HOST=":                       "",
		"CONVERGED_FAULT=spool-synced:3":        "",
		"CONVERGED_SERVICE_PORT_HTTP=80":        "",
		"CONVERGED_PORT_80_TCP_ADDR=10.0.0.1":   "",
		"CONVERGED_PORT=tcp://10.0.0.1:80":      "",
		"CONVERGED_USE_EC2_INSTANCE_ID=true":    "",
		"CONVERGEDX=1":                          "",
		"CONVERGED_NOTIFY_ON_FAILURE=@a,@b":     "",
		"CONVERGED_PORTS=1":                     "unknown variable CONVERGED_PORTS",
		"CONVERGED_METRICS_TOP_TYPES=":          "",
		"CONVERGED_EVENTS_MESSAGES=not_so_much": "CONVERGED_EVENTS_MESSAGES",
	} {
		err := checkVariables([]string{"PATH=/bin", pair})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", pair, err, want)
		}
	}
}
