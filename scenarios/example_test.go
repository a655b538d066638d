package scenarios_test

import (
	"fmt"

	"github.com/ratebench/ratebench/scenarios"
)

func ExampleParse() {
	src := []byte(`
version: 1
name: small
network: {bandwidth: 50MiB/s}
workload: {object_size: 100MiB, part_size: 10MiB, concurrency: [2, 4]}
contestants: [no-retry]
`)
	s, err := scenarios.Parse("small.yaml", src, []string{"repeats=3"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range s.Estimate().Cells {
		fmt.Println(c.Contestant, c.Concurrency, "in flight:", c.Repeats, "trials,", c.Parts, "parts each,", c.Time)
	}

	_, err = scenarios.Parse("small.yaml", src, []string{"workload.part_size=4MiB"})
	fmt.Println(err)
	// Output:
	// oracle 2 in flight: 3 trials, 10 parts each, 6s
	// no-retry 2 in flight: 3 trials, 10 parts each, 6s
	// oracle 4 in flight: 3 trials, 10 parts each, 6s
	// no-retry 4 in flight: 3 trials, 10 parts each, 6s
	// --set workload.part_size=4MiB: workload.part_size.0: 4MiB is under S3's least part size: write 5MiB or more (only the last part of an object may be smaller)
}
