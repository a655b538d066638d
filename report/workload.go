package report

import (
	"cmp"
	"strconv"

	"github.com/goccy/go-yaml"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
)

// Workload is what the views have to know of a scenario's workload to use its words. The zero value uploads objects in parts.
type Workload struct {
	Calls bool `json:"calls"` // single calls in place of uploads
	Mixed bool `json:"mixed"` // of calls: of several kinds, so that their size is a mean
	Open  bool `json:"open"`  // of calls: they come at a rate, and how many are under way is not set
	// Files says what becomes of files that are moved through GHGA: upload, download or delete. Empty: it is another workload.
	Files string `json:"files,omitempty"`
}

// workloadOf reads the workload from the scenario in the manifest. A manifest without one, or with one that cannot be read,
// is one of uploads: only words depend on it.
func workloadOf(m *record.Manifest) Workload {
	var s struct {
		Workload struct {
			Kind        string `yaml:"kind"`
			Do          string `yaml:"do"`
			Mix         []any  `yaml:"mix"`
			ArrivalRate any    `yaml:"arrival_rate"`
		} `yaml:"workload"`
	}
	if err := yaml.Unmarshal([]byte(m.Resolved), &s); err != nil {
		return Workload{}
	}
	switch s.Workload.Kind {
	case "calls":
	case "ghga":
		return Workload{Files: cmp.Or(s.Workload.Do, "upload")}
	default:
		return Workload{}
	}
	return Workload{Calls: true, Mixed: len(s.Workload.Mix) > 0, Open: s.Workload.ArrivalRate != nil}
}

// moves reports whether the workload moves bytes: files that are deleted have no goodput.
func (w Workload) moves() bool { return w.Files != "delete" }

// units are what a contestant begins and may lose.
func (w Workload) units() string {
	switch {
	case w.Calls:
		return "calls"
	case w.Files != "":
		return "files"
	}
	return "uploads"
}

// benchmark is the workload's name in the Go benchmark format.
func (w Workload) benchmark() string {
	switch {
	case w.Calls:
		return "Calls"
	case w.Files == "download":
		return "Download"
	case w.Files == "delete":
		return "Delete"
	}
	return "Upload"
}

// one is one of them, with its article.
func (w Workload) one() string {
	switch {
	case w.Calls:
		return "a call"
	case w.Files != "":
		return "a file"
	}
	return "an upload"
}

// sizes and flights name the two dimensions of the grid.
func (w Workload) sizes() string {
	if w.Calls {
		return "size of calls"
	}
	return "part size"
}

func (w Workload) flights() string {
	if w.Calls {
		return "calls at a time"
	}
	return "parts in flight"
}

// nameCell names a cell: "8MiB parts, 4 in flight", "calls of 5KiB on average", "calls of 1KiB, 2 at a time".
func (w Workload) nameCell(size int64, concurrency int) string {
	s := units.Size(size).String()
	if !w.Calls {
		return s + " parts, " + strconv.Itoa(concurrency) + " in flight"
	}
	s = "calls of " + s
	if w.Mixed {
		s += " on average"
	}
	if !w.Open {
		s += ", " + strconv.Itoa(concurrency) + " at a time"
	}
	return s
}
