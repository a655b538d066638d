//go:build race

package tune

// searches is how many a test makes that counts how often something comes true. The race detector makes each some twenty times as slow.
const searches = 10
