package salt

import (
	"slices"
	"strings"
	"testing"
)

// The run list are the SLS files, however a job was asked for them.
func TestWhatAJobWasAskedFor(t *testing.T) {
	for args, want := range map[string][]string{
		`[]`:                           {},
		`["web"]`:                      {"web"},
		`["web, db.main,", "test=no"]`: {"web", "db.main"},
		`["mods"]`:                     {"mods"},
		`["mods=web,db", "saltenv=base", "pillar={'k': 'SECRET'}"]`:  {"web", "db"},
		`[{"__kwarg__": true, "mods": "web,db", "saltenv": "base"}]`: {"web", "db"},
		`[{"mods": ["web", "db"], "pillar": {"mods": "SECRET"}}]`:    {"web", "db"},
		`[{"mods": {"a": 1}, "test": true}]`:                         {},
	} {
		runs, err := Events(strings.NewReader(`{"jid": "20261120223601799128", "id": "m", "fun": "state.apply", "fun_args": ` + args + `, "retcode": 0, "return": {"a_|-x_|-x_|-b": {"result": true}}}`))
		if err != nil || len(runs) != 1 || !slices.Equal(runs[0].RunList, want) {
			t.Errorf("%s: %+v, error %v", args, runs, err)
			continue
		}
		if noop := strings.Contains(args, `"test": true`); *runs[0].Noop != noop {
			t.Errorf("%s: noop %v", args, *runs[0].Noop)
		}
	}
}
