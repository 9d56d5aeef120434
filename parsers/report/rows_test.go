package report

import (
	"fmt"
	"testing"
)

func TestRowsThatFit(t *testing.T) {
	rows := Rows{Left: 5}
	for i, c := range []struct {
		in   []Resource
		want string
	}{
		{make([]Resource, 3), "3 rows, told: true"},
		{nil, "0 rows, told: false"},
		{make([]Resource, 4), "2 rows, told: true"},
		{make([]Resource, 1), "0 rows, told: false"},
		{[]Resource{}, "0 rows, told: true"},
	} {
		out := rows.Fit(c.in)
		if got := fmt.Sprintf("%d rows, told: %v", len(out), out != nil); got != c.want {
			t.Errorf("list %d: %s, not %s", i, got, c.want)
		}
	}
}
