//go:build race

package report

// raceEnabled: drawing is ten times as slow. But for the reading of a run's files, nothing in this package runs at once with anything
// else, so that a few drawings are enough.
const raceEnabled = true
