package main

import (
	"fmt"
	"time"
)

// size writes a number of bytes with one decimal, for people.
func size(n int64) string {
	for _, u := range []struct {
		name string
		size int64
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d B", n)
}

// moves are what has become of the files of a command. took is the time of those that were moved, without waits for the archive.
type moves struct {
	files, skipped, failed int
	bytes                  int64
	took                   time.Duration
}

// speed is in bytes per second, for people; empty where it says nothing.
func speed(bytes int64, took time.Duration) string {
	if took < 10*time.Millisecond {
		return ""
	}
	return size(int64(float64(bytes)/took.Seconds())) + "/s"
}

// summary is a line such as "2 files, 5.2 GiB in 51s, 104.0 MiB/s; 1 failed".
func (m moves) summary(did string) string {
	s := fmt.Sprintf("%s %s", plural(m.files, "file"), did)
	if m.files > 0 {
		s += fmt.Sprintf(", %s in %v", size(m.bytes), short(m.took))
		if v := speed(m.bytes, m.took); v != "" {
			s += ", " + v
		}
	}
	if m.skipped > 0 {
		s += fmt.Sprintf("; %d left out", m.skipped)
	}
	if m.failed > 0 {
		s += fmt.Sprintf("; %d failed", m.failed)
	}
	return s
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// short rounds a duration to what people read.
func short(d time.Duration) time.Duration {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second)
	case d >= time.Second:
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}
