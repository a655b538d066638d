//go:build !race

package contestants

const raceEnabled = false
