// Package stats holds the statistics of a comparison: whether two samples differ, by how much, and how sure that is when many
// questions are asked at once.
//
// It knows nothing of trials. All functions are pure, may be called at the same time, and leave what they are given as it is.
// Values may be infinite where the comment says so: a time that was not over is longer than any other.
package stats
