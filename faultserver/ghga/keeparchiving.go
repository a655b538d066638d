package ghga

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// archiveAgain is after which time a file is tried again that could not be archived.
const archiveAgain = time.Minute

// KeepArchiving archives every file as soon as it is complete, under the next free accession, and puts it into every download package that there is,
// until the context ends. What fails at S3 is tried again a minute later, or when the next file is complete. The platform starts no job by itself: whoever
// calls this owns it, and calls it once.
func (p *Platform) KeepArchiving(ctx context.Context) {
	for {
		var again <-chan time.Time
		for _, id := range p.ucs.finished() {
			if p.archiveNext(ctx, id) != nil {
				again = time.After(archiveAgain)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-p.ucs.completed:
		case <-again:
		}
	}
}

// archiveNext archives a file. One that comes to nothing leaves its accession to the next.
func (p *Platform) archiveNext(ctx context.Context, id string) error {
	accession, number := p.nextAccession()
	err := p.Archive(ctx, id, accession)
	o := p.dcs.object(accession)
	if o == nil {
		return err
	}
	p.dcs.mu.Lock()
	p.dcs.last = number
	p.dcs.mu.Unlock()
	p.wps.join(o)
	return nil // what may be left in the inbox is nothing that is tried again
}

// finished lists the ids of the files that are complete and not yet archived, those first that were first.
func (u *UCS) finished() (ids []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var files []*file
	for _, f := range u.files {
		if counts(f.state) && f.state != inArchive {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b *file) int { return a.stateUpdated.Compare(b.stateUpdated) })
	for _, f := range files {
		ids = append(ids, f.id.String())
	}
	return ids
}

// nextAccession is one that no stored file has, and none that was archived and removed. It is free until last is its number.
func (p *Platform) nextAccession() (accession string, number int) {
	p.dcs.mu.Lock()
	defer p.dcs.mu.Unlock()
	for number = p.dcs.last + 1; ; number++ {
		accession = fmt.Sprintf("%s%014d", accessionPrefix, number)
		if p.dcs.objects[accession] == nil {
			return accession, number
		}
	}
}

// join puts a file into all download packages.
func (s *packages) join(o *object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, wp := range s.byID {
		if wp.files == nil {
			continue
		}
		// Requests that are under way go on reading the old one.
		more := *wp
		more.files = maps.Clone(wp.files)
		more.files[o.accession] = packageFile{o.fileID, o.ext}
		s.byID[id] = &more
	}
}
