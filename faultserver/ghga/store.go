package ghga

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Store encrypts a file and puts it where the DCS finds it, past the faults. The name of an accession is GHGAF and digits; ext begins
// with a dot, or is empty. OrdinalOf leads from its key in S3 back to the accession. An accession that is stored again is replaced.
func (p *Platform) Store(ctx context.Context, accession, ext string, content io.Reader, size int64) error {
	if !isAccession(accession) {
		return noAccession(accession)
	}
	if ext != "" && ext[0] != '.' {
		return fmt.Errorf("ghga: %q is no extension: it begins with a dot", ext)
	}
	if size < 0 {
		return errors.New("ghga: a file to store has less than no bytes")
	}
	p.ucs.mu.Lock()
	fileID, objectID := p.ucs.name(accession)
	p.ucs.mu.Unlock()
	header, body, err := encrypt(p.hubPublic, content, size)
	if err != nil {
		return err
	}
	o := &object{
		accession: accession, ext: ext, fileID: fileID, key: objectID.String(), envelope: header,
		plainSize: size, size: bodySize(size), created: time.Now(),
	}
	p.dcs.mu.Lock()
	p.dcs.keys = append(p.dcs.keys, o.key)
	p.dcs.mu.Unlock()
	st := p.ucs.storage
	if err := st.put(ctx, o.key, body, o.size); err != nil {
		return fmt.Errorf("ghga: storing %s: %w", accession, err)
	}
	if o.sha256, err = body.digest(); err != nil {
		return fmt.Errorf("ghga: storing %s: %w", accession, err)
	}
	p.dcs.mu.Lock()
	old := p.dcs.objects[accession]
	p.dcs.objects[accession] = o
	p.dcs.mu.Unlock()
	if old == nil {
		return nil
	}
	if err := st.remove(ctx, old.key); err != nil {
		return fmt.Errorf("ghga: removing what %s was before: %w", accession, err)
	}
	return nil
}

func isAccession(name string) bool {
	digits, ok := strings.CutPrefix(name, accessionPrefix)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

func noAccession(name string) error {
	return fmt.Errorf("ghga: %q is no accession of a file: it begins with %s, and digits follow", name, accessionPrefix)
}

// Remove takes a file away from the DCS and from S3, past the faults. Work packages go on naming it, and the DCS does not find it.
func (p *Platform) Remove(ctx context.Context, accession string) error {
	p.dcs.mu.Lock()
	o := p.dcs.objects[accession]
	delete(p.dcs.objects, accession)
	p.dcs.mu.Unlock()
	if o == nil {
		return fmt.Errorf("ghga: %s is not stored", accession)
	}
	if err := p.ucs.storage.remove(ctx, o.key); err != nil {
		return fmt.Errorf("ghga: removing %s: %w", accession, err)
	}
	return nil
}
