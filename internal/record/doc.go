// Package record holds the rows of every results file of a run, and how they are written and read.
//
// It is the one place that knows file names and columns. The runner fills rows in, the analysis reads
// them, and neither knows how the other works. Files only ever grow: a row is flushed when it is
// written, so that a killed run leaves a folder that can be read and resumed. A reader forgives a torn
// last line and nothing else.
package record
