package report

import (
	"regexp"
	"strings"
	"testing"
)

// A wide table is cut at the right: what went wrong with files stands first in it.
func TestPlanesBeginWithWhatWentWrong(t *testing.T) {
	r, _ := analysed(t, storm)
	one, many := 1, 7
	for i := range r.Trials {
		r.Trials[i].OrphanedUploads, r.Trials[i].RestartedFiles, r.Trials[i].ControlCalls = &one, &one, &many
	}
	html := pageOf(t, Analyse(r), HTMLOptions{})
	_, table, _ := strings.Cut(html, `<table class="planes">`)
	table, _, _ = strings.Cut(table, "</thead>")
	var heads []string
	for _, m := range regexp.MustCompile(`<th scope="col"[^>]*>([^<]*)`).FindAllStringSubmatch(table, -1) {
		heads = append(heads, strings.TrimSpace(m[1]))
	}
	if got, want := strings.Join(heads, ", "), "contestant, failed, files begun again, orphaned uploads"; !strings.HasPrefix(got, want) {
		t.Errorf("columns are %s; want first %s", got, want)
	}
}
