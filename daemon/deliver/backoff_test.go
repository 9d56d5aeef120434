package deliver

import (
	"slices"
	"testing"
	"time"
)

func TestBackoffGrowsToItsMax(t *testing.T) {
	b := Backoff{First: 2 * time.Second, Max: 15 * time.Second, Chance: func() float64 { return 0.5 }}
	got := make([]time.Duration, 6)
	for i := range got {
		got[i] = b.after(i + 1)
	}
	want := []time.Duration{1500 * time.Millisecond, 3 * time.Second, 6 * time.Second, 11250 * time.Millisecond, 11250 * time.Millisecond, 11250 * time.Millisecond}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBackoffByDefault(t *testing.T) {
	for range 100 {
		if d := (Backoff{}).after(1); d < 500*time.Millisecond || d >= time.Second {
			t.Fatalf("the first wait is %v", d)
		}
		if d := (Backoff{}).after(1_000_000); d < 32*time.Second || d >= 64*time.Second {
			t.Fatalf("a late wait is %v", d)
		}
	}
}
