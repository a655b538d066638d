//go:build !race

package tune

// searches is how many a test makes that counts how often something comes true.
const searches = 100
