package report_test

import (
	"log"
	"os"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/report"
)

// Read gets a Run from a folder; here it is made by hand.
func Example() {
	oracle := 100.0
	run := &report.Run{Trials: []record.Trial{
		{Trial: 1, Contestant: "oracle", PartSize: 8 << 20, Concurrency: 4, GoodputMiBs: 100, Status: record.TrialOK, Calls: 12, Attempts: 12, Amplification: 1, Objects: 1},
		{Trial: 2, Contestant: "immediate", PartSize: 8 << 20, Concurrency: 4, GoodputMiBs: 60, OracleMiBs: &oracle, Status: record.TrialOK,
			Calls: 12, Attempts: 30, Retries: 18, Amplification: 2.5, Throttled: 18, Early: 15, P95S: 1.25, Objects: 1},
	}}
	if err := report.Table(os.Stdout, report.Analyse(run), report.TableOptions{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 8MiB parts, 4 in flight
	// contestant         goodput  efficiency  amplif.  throttled  early  recovery   p95   failed
	//                      MiB/s   of oracle        ×       att.   att.         s     s  uploads
	// immediate               60         60%     2.50         18     15         –  1.25      0/1
	// oracle, yardstick      100           –        1          0      0         –     –      0/1
	//
	// warning: 1 repeat per cell: too few for intervals that hold with 95% (6 or more needed), so small
	//          differences mean nothing
}
