package main

import (
	"slices"
	"testing"

	"github.com/converged/converged/features/rig"
)

func TestEveryFateIsTold(t *testing.T) {
	whole := rig.Told{Runs: 1, Checks: 1}
	for _, c := range []struct {
		name string
		of   evidence
		want fate
	}{
		{"told once", evidence{told: whole}, once},
		{"told once, in doubt", evidence{told: whole, doubt: 3}, once},
		{"a failure, told once", evidence{failed: true, told: rig.Told{Runs: 1, Checks: 1, Events: 1}}, once},
		{"told twice, in doubt", evidence{told: rig.Told{Runs: 2, Checks: 1}, doubt: 1}, repeated},
		{"told twice for no reason", evidence{told: rig.Told{Runs: 1, Checks: 2}}, tooOften},
		{"told thrice, in doubt once", evidence{told: rig.Told{Runs: 3, Checks: 1}, doubt: 1}, tooOften},
		{"an event of a success", evidence{told: rig.Told{Runs: 1, Checks: 1, Events: 1}}, tooOften},
		{"sent too late", evidence{told: rig.Told{Runs: 1}, late: 1, says: "expired"}, tooLate},
		{"nothing is known", evidence{}, lost},
		{"its event is missing", evidence{failed: true, told: whole}, lost},
		{"its event is missing, and it says it was acknowledged", evidence{failed: true, told: whole, says: "acknowledged"}, lost},
		{"it waits", evidence{places: []string{rig.Pending}}, waiting},
		{"the rest waits", evidence{told: rig.Told{Runs: 1}, places: []string{rig.Refused, rig.Pending}}, waiting},
		{"a dead letter", evidence{places: []string{rig.Refused}}, refused},
		{"a dead letter that made room", evidence{says: "refused"}, refused},
		{"its check was too old", evidence{told: rig.Told{Runs: 1}, says: "expired"}, expired},
		{"dropped", evidence{says: "dropped"}, dropped},
		{"told once, and waits all the same", evidence{told: whole, doubt: 1, places: []string{rig.Pending}}, waiting},
		{"told once, and said to be", evidence{told: whole, says: "acknowledged"}, once},
		{"told once, and said to be too old", evidence{told: whole, says: "expired"}, belied},
		{"told once, which converged cannot know", evidence{told: whole, doubt: 1, says: "expired"}, once},
		{"damaged", evidence{places: []string{rig.Damaged}}, lost},
	} {
		if got := judge(c.of); got != c.want {
			t.Errorf("%s: %s, expected %s", c.name, got, c.want)
		}
	}
	for _, f := range []fate{waiting, dropped, tooOften, tooLate, lost, belied} {
		if slices.Contains(explained, f) {
			t.Errorf("a run may be %s", f)
		}
	}
}

func TestGrowthIsFound(t *testing.T) {
	var flat, leaking figures
	for i := range 300 {
		noise := float64(i*7919%5) / 2
		flat = append(flat, 20+noise)
		leaking = append(leaking, 20+noise+float64(i)/20)
	}
	if err := flat.growth("memory", 0.1, 2); err != nil {
		t.Errorf("what is flat grows: %v", err)
	}
	if leaking.growth("memory", 0.1, 2) == nil {
		t.Error("what grows is flat")
	}
	if first, last := flat.thirds(); first.least != 20 || first.most != 22 || last != first {
		t.Errorf("the thirds are %v and %v", first, last)
	}
	if err := (figures{}).growth("nothing", 0, 0); err != nil {
		t.Error(err)
	}
	if err := leaking[:3*warmUp-1].growth("too little to judge", 0, 0); err != nil {
		t.Error(err)
	}
	if leaking[:3*warmUp].growth("just enough to judge", 0, 0) == nil {
		t.Error("what grows is flat")
	}
}
