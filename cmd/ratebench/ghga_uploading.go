package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

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
	out   io.Writer
	bar   *transfers
	moves moves
	open  *os.File // of the file whose turn it is
	shut  error    // why it could not be opened
	kept  bool     // one was interrupted, and can be gone on with
	err   error
}

// run uploads all files, and says what has become of each.
func (u *uploading) run(ctx context.Context, conn *connector.Connector) error {
	defer u.close()
	begun := 0
	err := conn.UploadEach(ctx, func(yield func(connector.Source) bool) {
		for i, f := range u.files {
			begun = i + 1
			if ctx.Err() != nil || !yield(connector.Source{Alias: f.alias, Size: f.info.Size(), Content: content{u}, Modified: f.info.ModTime(),
				Unchanged: func() error { return u.unchanged(f) }}) {
				return
			}
		}
	}, connector.Watch{Turn: u.turn, Ended: u.ended})
	if left := len(u.files) - begun; err == nil && left > 0 && ctx.Err() == nil {
		err = fmt.Errorf("%s not begun", plural(left, "file"))
	}
	return errors.Join(u.err, err)
}

// turn opens a file, and shows it. Only one is open at a time, however many there are.
func (u *uploading) turn(file int) {
	f := u.files[file]
	u.close()
	u.bar.begin(f.alias, plainText(f.alias), connector.EncryptedSize(f.info.Size()))
	u.open, u.shut = os.Open(f.path)
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
	took, retries := u.bar.end()
	alias, m := plainText(f.alias), &u.moves
	switch {
	case r.Skipped == "init":
		m.failed++
		u.err = errors.Join(u.err, fmt.Errorf("%s: the box has a half-finished upload of it, %s, that was begun elsewhere or of another version of the file: "+
			"delete it, or use the journal that began it", alias, plainText(r.FileID)))
	case r.Skipped != "":
		m.skipped++
		fmt.Fprintf(u.out, "%s: left out, the box has it already (same size; the content was not compared)\n", alias)
	case r.Err != nil:
		m.failed++
		u.kept = u.kept || r.Kept
		u.err = errors.Join(u.err, fmt.Errorf("%s: %w", alias, r.Err))
	default:
		m.files++
		m.bytes += f.info.Size()
		m.took += took
		fmt.Fprintf(u.out, "%s  %s in %v%s  %s\n    SHA-256 %s\n", plainText(r.FileID), size(f.info.Size()), short(took), again(retries), alias, r.SHA256)
	}
}
