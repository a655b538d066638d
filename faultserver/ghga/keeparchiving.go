package ghga

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// KeepArchiving archives every file as soon as it is complete, under the next free accession, and puts it into every download package that there is,
// until the context ends. What fails at S3 is left until the next file is complete. The platform starts no job by itself: whoever calls this owns it.
func (p *Platform) KeepArchiving(ctx context.Context) {
	for {
		for _, id := range p.ucs.finished() {
			accession := p.nextAccession()
			if p.Archive(ctx, id, accession) == nil {
				p.wps.join(p.dcs.object(accession))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-p.ucs.completed:
		}
	}
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

// nextAccession is one that no stored file has, and none that was removed.
func (p *Platform) nextAccession() string {
	p.dcs.mu.Lock()
	defer p.dcs.mu.Unlock()
	for {
		p.dcs.last++
		accession := fmt.Sprintf("%s%014d", accessionPrefix, p.dcs.last)
		if p.dcs.objects[accession] == nil {
			return accession
		}
	}
}

// join puts a file into all download packages. Nil is nothing: it was removed meanwhile.
func (s *packages) join(o *object) {
	if o == nil {
		return
	}
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
