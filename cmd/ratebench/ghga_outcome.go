package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// tellFlags say how a command that moves files tells what becomes of them.
type tellFlags struct {
	Format string `short:"o" enum:"text,json" default:"text" placeholder:"FORMAT" help:"text, or json: one line for each file when it is done, and a last one for all. Default: text."`
}

// What becomes of a file, beside what the command does: uploaded, downloaded, deleted or decrypted.
const (
	statusSkipped     = "skipped"     // it is there already
	statusMissing     = "missing"     // it cannot be had
	statusFailed      = "failed"      // and error says why
	statusInterrupted = "interrupted" // and kept says whether the same command goes on with it
	statusDone        = "done"        // of a whole command
)

// outcome is what has become of a file: a line of -o json.
type outcome struct {
	Type      string  `json:"type"` // file
	Alias     string  `json:"alias,omitempty"`
	Accession string  `json:"accession,omitempty"`
	FileID    string  `json:"file_id,omitempty"`
	File      string  `json:"file,omitempty"` // that was encrypted
	Path      string  `json:"path,omitempty"` // of what was written
	Status    string  `json:"status"`
	Bytes     int64   `json:"bytes"`   // of the file, as far as it is known
	Seconds   float64 `json:"seconds"` // it took, waits for the archive apart
	Retries   int     `json:"retries"`
	SHA256    string  `json:"sha256,omitempty"` // of the plain file
	Kept      bool    `json:"kept,omitempty"`
	Error     string  `json:"error,omitempty"`
}

// summaryLine is the last line of -o json.
type summaryLine struct {
	Type     string  `json:"type"` // summary
	Status   string  `json:"status"`
	Files    int     `json:"files"` // that were uploaded, downloaded, deleted or decrypted
	Skipped  int     `json:"skipped"`
	Failed   int     `json:"failed"`
	NotBegun int     `json:"not_begun"`
	Bytes    int64   `json:"bytes"`
	Seconds  float64 `json:"seconds"`
	Error    string  `json:"error,omitempty"`
}

// account tells on standard output what becomes of the files of a command, and counts. It is for one goroutine.
type account struct {
	moves
	out   io.Writer
	json  bool
	did   string // what becomes of a file when all goes well
	named int    // files that the command is to move
}

func (f tellFlags) account(out io.Writer, did string, named int) *account {
	return &account{out: out, json: f.Format == "json", did: did, named: named}
}

// tell says what has become of a file: text, unless it is empty, or the outcome in JSON.
func (a *account) tell(o outcome, took time.Duration, text string) {
	switch o.Status {
	case a.did:
		a.files++
		a.bytes += o.Bytes
		a.took += took
	case statusSkipped, statusMissing:
		a.skipped++
	default:
		a.failed++
	}
	if !a.json {
		if text != "" {
			fmt.Fprintln(a.out, text)
		}
		return
	}
	o.Type, o.Seconds = "file", seconds(took)
	a.line(o)
}

// end says how the command has ended, and returns err. summary tells whether a text for people has a line for all files.
func (a *account) end(err error, summary bool) error {
	if !a.json {
		if summary {
			fmt.Fprintln(a.out, a.moves.summary(a.did))
		}
		return err
	}
	s := summaryLine{
		Type: "summary", Status: statusDone, Files: a.files, Skipped: a.skipped, Failed: a.failed,
		NotBegun: max(0, a.named-a.files-a.skipped-a.failed), Bytes: a.bytes, Seconds: seconds(a.took),
	}
	if err != nil {
		s.Status, s.Error = statusFailed, err.Error()
	}
	if exitCode(err) == exitInterrupted {
		s.Status = statusInterrupted
	}
	a.line(s)
	return err
}

func (a *account) line(v any) {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the output remembers that something could not be written, and nothing else can fail
}

// seconds has as many digits as a measurement of files is worth.
func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
