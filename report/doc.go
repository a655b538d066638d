// Package report turns a run's folder into what people read: tables, summaries, plots, and input for other tools.
//
// It goes in three steps, and each knows only the one before. [Read] reads the files. [Analyse] makes numbers of them, and
// warnings, which are values too. The views print or draw an [Analysis] and compute nothing, so that all of them show the
// same numbers.
//
// The numbers of a cell are medians over its repeats with the lowest and the highest: repeats are few, and a mean of three
// says less than it seems to. Only trials that ended well count; the others are in the warnings. The oracle is a
// yardstick: it stands last, and is never ranked.
package report
