package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The places of a run that was not, or not wholly, delivered.
const (
	Pending = "pending" // it waits in the spool
	Refused = "refused" // it, or a part of it, is a dead letter
	Damaged = "damaged" // its entry could not be read and was moved aside
)

// Kept is where runs, by id, are kept or accounted for beside the receiver.
type Kept map[string][]string

// Kept looks into the spool of a reporter, which may be in use.
func (n *Node) Kept(reporter string) (Kept, error) {
	return keptBelow(filepath.Join(n.State(), "spool", reporter))
}

// keptBelow reads the names of a spool's files: each ends with a run's id.
func keptBelow(spool string) (Kept, error) {
	kept := Kept{}
	for _, place := range []string{Pending, Refused, Damaged} {
		files, err := os.ReadDir(filepath.Join(spool, place))
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		for _, f := range files {
			if id, ok := runOf(f.Name()); ok {
				kept[id] = append(kept[id], place)
			}
		}
	}
	return kept, nil
}

// runOf finds the id of one of the rig's runs in a file's name.
func runOf(file string) (string, bool) {
	const middle = "-0000-4000-8000-"
	at := strings.Index(file, middle)
	if at < 8 || len(file) < at+len(middle)+12 || strings.HasPrefix(file, ".") {
		return "", false
	}
	return file[at-8 : at+len(middle)+12], true
}

// Count is how many runs are kept in a place.
func (k Kept) Count(place string) int {
	n := 0
	for _, places := range k {
		for _, p := range places {
			if p == place {
				n++
			}
		}
	}
	return n
}

// Verdict is an account of all runs. Lost and Half must be empty; a run may be
// in Twice only if a process died, or an answer was cut off, while it was under way.
type Verdict struct {
	Once  []Run          // told of once, wholly
	Twice []Run          // an item of it came twice
	Often []Run          // an item of it came three times or more
	Kept  map[string]int // not, or not wholly, told of, but kept, by place
	Half  []Run          // told of in part, and the rest is nowhere
	Lost  []Run          // not told of, and nowhere
}

// Explain puts every run where it belongs. Told is what the receiver has.
func Explain(runs []Run, told func(host string) Told, kept Kept) Verdict {
	v := Verdict{Kept: map[string]int{}}
	for _, r := range runs {
		t, places := told(r.Host), kept[r.ID]
		least, most := min(t.Runs, t.Checks), max(t.Runs, t.Checks, t.Events)
		if r.Failed {
			least = min(least, t.Events)
		}
		switch {
		case most > 2:
			v.Often = append(v.Often, r)
		case most == 2:
			v.Twice = append(v.Twice, r)
		case least == 1:
			v.Once = append(v.Once, r)
		case len(places) > 0:
			v.Kept[strings.Join(places, "+")]++
		case most == 1:
			v.Half = append(v.Half, r)
		default:
			v.Lost = append(v.Lost, r)
		}
	}
	return v
}

// Err is what must not be: a run of which nothing, or only a part, is left, or
// one that was told of more than twice; and more runs told of twice than doubtful.
func (v Verdict) Err(doubtful int) error {
	if len(v.Lost)+len(v.Half)+len(v.Often) == 0 && len(v.Twice) <= doubtful {
		return nil
	}
	return fmt.Errorf("the account is wrong (at most %d may be told of twice):\n%s", doubtful, v)
}

// String is the account, a line for each sort of runs.
func (v Verdict) String() string {
	return fmt.Sprintf("once %d, kept %v\ntwice %s\noften %s\nhalf %s\nlost %s",
		len(v.Once), v.Kept, hosts(v.Twice), hosts(v.Often), hosts(v.Half), hosts(v.Lost))
}

// hosts names the first few runs.
func hosts(runs []Run) string {
	var names []string
	for _, r := range runs[:min(len(runs), 10)] {
		names = append(names, r.Host)
	}
	return fmt.Sprintf("%d: %s", len(runs), strings.Join(names, " "))
}
