//go:build !race

package main

// raceEnabled: minio-go rewinds a body that net/http may still be reading, so it stays out of tests with faults.
const raceEnabled = false
