package contestants

// Where a contestant takes its randomness from, if not from Client.Rand. The empty string is Client.Rand, or none: the
// contestant takes the same chances with the same seed on every clock.
const (
	// RandomTime is a source that is seeded from the time of day. In virtual time, which begins at the same moment every time,
	// it repeats; on the real clock it does not.
	RandomTime = "time of day"
	// RandomRuntime is a source that no program can seed: math/rand's and math/rand/v2's global ones, which the runtime seeds
	// anew in every process, or crypto/rand. It repeats on no clock.
	RandomRuntime = "runtime"
	// RandomScheduler says that several calls wait for the same moment, and who goes first then decides what becomes of them. The
	// dice may be seeded; who throws which is not. It repeats on no clock.
	RandomScheduler = "scheduler"
)

// Repeatable reports whether a contestant with these parameters takes the same chances with the same seed on every clock.
// One that there is not, or that has parameters it does not take, is not.
func Repeatable(name string, with map[string]string) bool {
	row, err := Find(name)
	if err != nil || row.Random != "" {
		return false
	}
	v, err := parseAll(row, with)
	if err != nil {
		return false
	}
	for _, p := range row.Params {
		if p.Type == TypeStack && !Repeatable(v.text(p.Name), nil) {
			return false
		}
	}
	return true
}
