package ghga

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// workOrder is what a work order token says. Which of its members are set depends on the type of work.
type workOrder struct {
	Work      string    `json:"work_type"`
	Alias     string    `json:"alias,omitempty"`
	BoxID     uuid.UUID `json:"box_id,omitzero"`
	FileID    uuid.UUID `json:"file_id,omitzero"`
	Accession string    `json:"accession,omitempty"`
	UserKey   string    `json:"user_public_crypt4gh_key,omitempty"` // base64
	jwt.RegisteredClaims
}

// The types of work.
const (
	workCreate    = "create"
	workUpload    = "upload"
	workClose     = "close"
	workDelete    = "delete"
	workView      = "view"
	workDownload  = "download"
	workLock      = "lock"
	workUnlock    = "unlock"
	workArchive   = "archive"
	workResize    = "resize"
	workDeleteBox = "delete_box"
)

// authority signs work order tokens: the WPS for those who move files, the RS (Research Data Upload Box Service) for those who rule boxes.
type authority struct {
	key      *ecdsa.PrivateKey
	lifetime time.Duration
}

func newAuthority(lifetime time.Duration) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("ghga: key for work order tokens: %w", err)
	}
	return &authority{key, lifetime}, nil
}

// sign makes a token that lives from now on. Both of its times are whole seconds, rounded down, so it may live up to a second less.
func (a *authority) sign(order workOrder) (string, error) {
	now := time.Now()
	order.IssuedAt, order.ExpiresAt = jwt.NewNumericDate(now), jwt.NewNumericDate(now.Add(a.lifetime))
	t := jwt.NewWithClaims(jwt.SigningMethodES256, order)
	delete(t.Header, "typ") // the services write none
	signed, err := t.SignedString(a.key)
	if err != nil {
		return "", fmt.Errorf("ghga: signing a work order token: %w", err)
	}
	return signed, nil
}
