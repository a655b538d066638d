package ghga

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
)

// errContent says that a data hub cannot take a file in, whatever is tried.
var errContent = errors.New("its content is not what was declared")

// Archive takes a file that was uploaded through to the end, past the faults: it becomes archived, and the DCS has it under the accession. Its body
// is moved as it is, and its header kept for the data hub, so that whoever downloads it gets a header of their own to the bytes that were uploaded. The
// extension is the alias's. The file leaves the inbox. An accession that is taken, and a file that is not complete or archived already, are errors.
//
// Note: a data hub encrypts the body anew, with a key of its own, and checks the digest of the plain text. Here nobody decrypts it; a header that
// the data hub's key does not open, or that does not go with the declared size, makes the file failed.
func (p *Platform) Archive(ctx context.Context, fileID, accession string) error {
	if !isAccession(accession) {
		return noAccession(accession)
	}
	p.archiving.Lock()
	defer p.archiving.Unlock()
	id, err := uuid.Parse(fileID)
	if err != nil {
		return fmt.Errorf("ghga: file %q: %w", fileID, err)
	}
	if p.dcs.object(accession) != nil {
		return fmt.Errorf("ghga: %s is stored already: choose another accession", accession)
	}
	u := p.ucs
	u.mu.Lock()
	f := u.files[id]
	ready := f != nil && counts(f.state) && f.state != inArchive
	var key uuid.UUID
	if ready {
		key = u.cfg.NewID()
		u.names[key.String()] = accession
	}
	u.mu.Unlock()
	if !ready {
		return fmt.Errorf("ghga: file %s is not there, not complete, or archived already", id)
	}
	o := &object{
		accession: accession, ext: path.Ext(f.alias), fileID: id, key: key.String(), plainSize: f.decryptedSize, size: bodySize(f.decryptedSize),
	}
	if err := p.takeIn(ctx, f, o); err != nil {
		if errors.Is(err, errContent) {
			p.reject(f)
		}
		return fmt.Errorf("ghga: archiving %s: %w", accession, err)
	}
	if state := p.enter(f, o); state != inArchive { // somebody has deleted it meanwhile
		return errors.Join(fmt.Errorf("ghga: archiving %s: the file is %s by now", accession, state), u.storage.remove(ctx, o.key))
	}
	if err := u.storage.remove(ctx, f.key()); err != nil {
		return fmt.Errorf("ghga: removing %s from the inbox: %w", accession, err)
	}
	return nil
}

// enter makes a file whose body has been copied known to the DCS, unless it is not complete any more, and returns its state.
func (p *Platform) enter(f *file, o *object) (state string) {
	p.ucs.mu.Lock()
	defer p.ucs.mu.Unlock()
	if !counts(f.state) {
		return f.state
	}
	f.set(inArchive)
	o.created, o.sha256 = time.Now(), f.decryptedSHA
	p.dcs.mu.Lock()
	defer p.dcs.mu.Unlock()
	p.dcs.objects[o.accession] = o
	return f.state
}

// takeIn copies a file's body to where the DCS finds it, and keeps its header.
func (p *Platform) takeIn(ctx context.Context, f *file, o *object) error {
	st := p.ucs.storage
	content, _, _, err := st.direct.GetObject(ctx, st.bucket, f.key(), minio.GetObjectOptions{})
	if err != nil {
		return err
	}
	defer content.Close()
	// The declared sizes say how long the header is, for the UCS has looked whether S3 holds as much as was declared.
	length := f.encryptedSize - o.size
	if length < 16 || length > maxEnvelope {
		return fmt.Errorf("%w: %d encrypted bytes for %d", errContent, f.encryptedSize, f.decryptedSize)
	}
	o.envelope = make([]byte, length)
	if _, err := io.ReadFull(content, o.envelope); err != nil {
		return err
	}
	if err := opens(o.envelope, p.hubPrivate); err != nil {
		return fmt.Errorf("%w: %w", errContent, err)
	}
	p.dcs.mu.Lock()
	p.dcs.keys = append(p.dcs.keys, o.key)
	p.dcs.mu.Unlock()
	return st.put(ctx, o.key, content, o.size)
}

// maxEnvelope is more than any header for a data hub has, in bytes.
const maxEnvelope = 1 << 20

// reject marks a file that the data hub cannot take in.
func (p *Platform) reject(f *file) {
	p.ucs.mu.Lock()
	defer p.ucs.mu.Unlock()
	if !counts(f.state) {
		return
	}
	if b := p.ucs.boxes[f.boxID]; b != nil {
		b.version++ // its statistics change
	}
	f.set(failed)
	f.failureReason = "Interrogation failed"
}
