package receive

import (
	"fmt"
	"slices"
	"strings"
)

// unknownFormat says which formats there are, and which was probably meant.
func unknownFormat(name string, known []string) string {
	sorted := slices.Sorted(slices.Values(known))
	if len(name) > 64 {
		name = name[:64] + "..."
	}
	best, least := "", 4 // more than three slips is another word
	for _, k := range sorted {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	meant := ""
	if best != "" {
		meant = fmt.Sprintf("did you mean %q? ", best)
	}
	return fmt.Sprintf("there is no format %q; %sthere are %s", name, meant, strings.Join(sorted, ", "))
}

// distance is how many letters must be put in, left out or changed to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
