package ghga

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/google/uuid"
	sealedbox "golang.org/x/crypto/nacl/box"
)

// packages is the Work Package Service: it knows who may do what, and makes work order tokens.
type packages struct {
	service *service
	orders  *authority

	mu       sync.Mutex // guards all below, and what hangs on it
	byID     map[uuid.UUID]*workPackage
	research map[uuid.UUID]uuid.UUID // ids of research boxes by those of their FileUploadBoxes
	unsure   bool                    // whether access still holds cannot be found out
}

// workPackage is what one user may do.
type workPackage struct {
	id               uuid.UUID
	token            [sha256.Size]byte // only its digest is kept
	userKey          [32]byte
	created, expires time.Time
	revoked          bool

	// Of an upload package:
	boxID, researchID uuid.UUID
	// Of a download package, by accession; nil: it is for uploads.
	files map[string]packageFile
}

// packageFile is a file of a download package.
type packageFile struct {
	id  uuid.UUID
	ext string
}

// packageLife is how long a work package can be used.
const packageLife = 30 * 24 * time.Hour

// WorkPackage is what a user gets: the id, and the access token both in plain text and sealed with the user's key.
type WorkPackage struct {
	ID, Token, Sealed string
	BoxID             uuid.UUID // of an upload package: the FileUploadBox
}

// String names the package without its token, so that printing one gives nothing away.
func (w WorkPackage) String() string { return "work package " + w.ID }

// GoString does the same for %#v.
func (w WorkPackage) GoString() string { return w.String() }

// NewUploadPackage makes a box and a work package for uploads to it.
func (p *Platform) NewUploadPackage(userPublicKey [32]byte) (WorkPackage, error) {
	p.ucs.mu.Lock()
	b := p.ucs.newBox(1 << 53) // nobody has so much
	p.ucs.mu.Unlock()
	return p.NewUploadPackageFor(b.id, userPublicKey)
}

// NewUploadPackageFor makes a further work package for uploads to a box that is there.
func (p *Platform) NewUploadPackageFor(boxID uuid.UUID, userPublicKey [32]byte) (WorkPackage, error) {
	p.ucs.mu.Lock()
	b := p.ucs.boxes[boxID]
	id, research := p.ucs.cfg.NewID(), p.ucs.cfg.NewID()
	p.ucs.mu.Unlock()
	if b == nil {
		return WorkPackage{}, fmt.Errorf("ghga: there is no box %s to make a work package for", boxID)
	}
	wp := &workPackage{id: id, userKey: userPublicKey, boxID: boxID}
	got, err := p.wps.add(wp, research)
	got.BoxID = boxID
	return got, err
}

// NewDownloadPackage makes a work package for files that are stored.
func (p *Platform) NewDownloadPackage(userPublicKey [32]byte, accessions ...string) (WorkPackage, error) {
	p.ucs.mu.Lock()
	id := p.ucs.cfg.NewID()
	p.ucs.mu.Unlock()
	wp := &workPackage{id: id, userKey: userPublicKey, files: map[string]packageFile{}}
	for _, a := range accessions {
		o := p.dcs.object(a)
		if o == nil {
			return WorkPackage{}, fmt.Errorf("ghga: %s is not stored, so there is no work package for it", a)
		}
		wp.files[a] = packageFile{o.fileID, o.ext}
	}
	return p.wps.add(wp, uuid.Nil)
}

// add gives a work package its token. Research is the id of the box's research box, if it has none yet.
func (s *packages) add(wp *workPackage, research uuid.UUID) (WorkPackage, error) {
	token, err := accessToken()
	if err != nil {
		return WorkPackage{}, err
	}
	sealed, err := seal(token, wp.userKey)
	if err != nil {
		return WorkPackage{}, err
	}
	wp.token = sha256.Sum256([]byte(token))
	wp.created = time.Now()
	wp.expires = wp.created.Add(packageLife)
	s.mu.Lock()
	defer s.mu.Unlock()
	if wp.files == nil {
		if s.research[wp.boxID] == uuid.Nil {
			s.research[wp.boxID] = research
		}
		wp.researchID = s.research[wp.boxID]
	}
	s.byID[wp.id] = wp
	return WorkPackage{ID: wp.id.String(), Token: token, Sealed: sealed}, nil
}

// accessToken makes 24 random letters and digits.
func accessToken() (string, error) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 24)
	for i := range b {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			return "", fmt.Errorf("ghga: making an access token: %w", err)
		}
		b[i] = letters[n.Int64()]
	}
	return string(b), nil
}

// seal puts a text into a libsodium sealed box for a user, in base64.
func seal(text string, userKey [32]byte) (string, error) {
	b, err := sealedbox.SealAnonymous(nil, []byte(text), &userKey, rand.Reader)
	if err != nil {
		return "", fmt.Errorf("ghga: sealing a token: %w", err)
	}
	return base64.StdEncoding.EncodeToString(b), nil
}
