package scenarios

import (
	"fmt"
	"strings"
)

// suggest says which of the known words somebody may have meant, or all of them.
func suggest(word string, known []string) string {
	if len(known) == 0 {
		return "there is none"
	}
	all := strings.Join(known[:min(len(known), 100)], ", ")
	if best := nearest(word, known); best != "" {
		return fmt.Sprintf("did you mean %s? Known: %s", best, all)
	}
	return "known: " + all
}

// Nearest returns the known word that is spelt most like word, or "" if none is close.
func Nearest(word string, known []string) string { return nearest(word, known) }

// nearest returns the known word that is spelt most like word, or "" if none is close.
func nearest(word string, known []string) string {
	best, least := "", 1+min(len(word), 6)/2
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the Damerau-Levenshtein distance of neighbouring swaps ("optimal string alignment") of two words, in
// bytes; words over 32 bytes are far from everything. Letters of another case count as equal.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if len(a) > 32 || len(b) > 32 {
		return len(a) + len(b)
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
