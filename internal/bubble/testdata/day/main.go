// Day is a program, not a test, that sleeps for two virtual days.
package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/bubble"
)

func main() {
	bubble.Main(func(t *testing.T) int {
		for range 2 {
			err := bubble.Run(t, bubble.Limits{}, func() {
				start := time.Now()
				time.Sleep(24 * time.Hour)
				fmt.Println(time.Since(start))
			})
			if err != nil {
				return 1
			}
		}
		return 7
	})
}
