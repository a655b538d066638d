package record_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/ratebench/ratebench/internal/record"
)

// A run writes its rows as they come and can be continued after it was killed.
func Example() {
	tmp, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(tmp)
	dir := filepath.Join(tmp, "run")

	run, err := record.Create(dir)
	if err != nil {
		log.Fatal(err)
	}
	if err := run.WriteManifest(record.Manifest{Scenario: "flaky", Outcome: "running"}); err != nil {
		log.Fatal(err)
	}
	// Trial 1 ends, trial 2 does not.
	for _, err := range []error{
		run.AddAttempts([]record.Attempt{{Trial: 1, Call: record.CallName("upload_part", 1, 1), Status: 200}}),
		run.AddTrial(record.Trial{Trial: 1, Contestant: "no-retry", Status: record.TrialOK}),
		run.AddAttempts([]record.Attempt{{Trial: 2, Call: record.CallName("upload_part", 1, 1), Status: 503}}),
		run.Close(),
	} {
		if err != nil {
			log.Fatal(err)
		}
	}

	run, err = record.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	finished, err := run.Resume()
	if err != nil {
		log.Fatal(err)
	}
	defer run.Close()
	for trial := range 3 {
		if row, ok := finished[trial]; ok {
			fmt.Println("trial", trial, "of", row.Contestant, "is finished")
		}
	}
	err = run.Attempts(func(a *record.Attempt) error {
		fmt.Println("trial", a.Trial, a.Call, a.Status)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// trial 1 of no-retry is finished
	// trial 1 upload_part/1/1 200
}
