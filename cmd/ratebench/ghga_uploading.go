package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ratebench/ratebench/connector"
)

// upload is a file of the command line.
type upload struct {
	path, alias string
	info        os.FileInfo
}

// uploading are the files of a command on their way. It is for one goroutine, but for the files' content.
type uploading struct {
	files []upload
	*account
	bar  *transfers
	turn int           // file whose turn it was last
	past map[int]tries // of files that have had a turn before
	open *os.File      // of the file whose turn it is
	shut error         // why it could not be opened
	kept bool          // one was interrupted, or failed of what may pass, and can be gone on with
	err  error

	stopped func() bool // says whether the user has interrupted all; nil: they have not
}

// run uploads all files, and says what has become of each.
func (u *uploading) run(ctx context.Context, conn *connector.Connector) error {
	defer u.close()
	u.stopped = func() bool { return ctx.Err() != nil }
	begun := 0
	err := conn.UploadEach(ctx, func(yield func(connector.Source) bool) {
		for i, f := range u.files {
			begun = i + 1
			if ctx.Err() != nil || !yield(connector.Source{Alias: f.alias, Size: f.info.Size(), Content: content{u}, Modified: f.info.ModTime(),
				Unchanged: func() error { return u.unchanged(f) }}) {
				return
			}
		}
	}, connector.Watch{Turn: u.begin, Ended: u.ended})
	if left := len(u.files) - begun; err == nil && left > 0 && ctx.Err() == nil {
		err = fmt.Errorf("%s not begun", plural(left, "file"))
	}
	return errors.Join(u.err, err)
}

// begin opens a file, and shows it. Only one is open at a time, however many there are.
func (u *uploading) begin(file int) {
	f := u.files[file]
	u.close()
	u.rest()
	u.turn = file
	u.bar.begin(f.alias, plainText(f.alias), connector.EncryptedSize(f.info.Size()))
	u.open, u.shut = os.Open(f.path)
}

// rest ends a turn, and remembers what was tried again in it. It returns how long it took.
func (u *uploading) rest() time.Duration {
	took, tried := u.bar.end()
	if u.past == nil {
		u.past = map[int]tries{}
	}
	u.past[u.turn] = u.past[u.turn].and(tried)
	return took
}

func (u *uploading) close() {
	if u.open != nil {
		u.open.Close()
	}
	u.open = nil
}

// content is that of the file whose turn it is. What has ended its turn reads no more.
type content struct{ *uploading }

// ReadAt implements io.ReaderAt.
func (c content) ReadAt(p []byte, off int64) (int, error) {
	if c.shut != nil {
		return 0, c.shut
	}
	return c.open.ReadAt(p, off)
}

// unchanged looks whether a file is still as it was when the command began. What is written within parts that were sent already is seen by
// the time of the last change only.
func (u *uploading) unchanged(f upload) error {
	info, err := u.open.Stat()
	if err != nil {
		return err
	}
	if info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) {
		return connector.ErrChanged
	}
	return nil
}

// ended says what has become of a file.
func (u *uploading) ended(file int, r connector.Result) {
	f := u.files[file]
	took := u.rest()
	tries := u.past[file]
	alias := plainText(f.alias)
	o := outcome{Alias: f.alias, FileID: r.FileID, Bytes: f.info.Size(), Retries: tries.retries, Restarts: tries.restarts, SHA256: r.SHA256, Kept: r.Kept}
	text := ""
	var err, named error // the second says which file it is
	switch {
	case r.Skipped == "init":
		err = fmt.Errorf("the box has a half-finished upload of it, %s, that was begun elsewhere or of another version of the file: it may be under way "+
			"there just now; if it is not, use the journal that began it, or delete it with ratebench ghga delete", plainText(r.FileID))
		named = fmt.Errorf("%s: %w", alias, err)
	case r.Skipped != "":
		o.Status = statusSkipped
		text = alias + ": left out, the box has it already (same size; the content was not compared)"
	case r.Err != nil:
		u.kept = u.kept || r.Kept
		if err = r.Err; r.Kept && !u.interrupted() {
			err = fmt.Errorf("%w: give the same command again, or take them away with ratebench ghga delete %s", err, plainText(r.FileID))
		}
		named = err
	default:
		o.Status = u.did
		text = fmt.Sprintf("%s  %s in %v%s  %s\n    SHA-256 %s", plainText(r.FileID), size(f.info.Size()), short(took), tries, alias, r.SHA256)
	}
	if err != nil {
		o.Status, o.Error = statusFailed, err.Error()
		if u.interrupted() {
			o.Status = statusInterrupted
		}
		u.err = errors.Join(u.err, named)
	}
	u.tell(o, took, text)
}

func (u *uploading) interrupted() bool { return u.stopped != nil && u.stopped() }
