package connector

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/nacl/box"
)

// OpenToken opens what a user gets with a work package, "<work package id>:<sealed token>", with the user's key. No error holds
// any of it.
func OpenToken(pasted string, key KeyPair) (workPackage, token string, err error) {
	fields := strings.Split(strings.TrimSpace(pasted), ":")
	if len(fields) != 2 {
		return "", "", errors.New("the access token of a work package has two fields with a colon between them; copy it once more, as a whole")
	}
	if n := len(fields[0]); n < 20 || n >= 40 {
		return "", "", fmt.Errorf("the id of the work package, before the colon, has %d characters, not 20 to 39; copy it once more, as a whole", n)
	}
	if n := len(fields[1]); n < 80 || n >= 120 {
		return "", "", fmt.Errorf("the access token, after the colon, has %d characters, not 80 to 119; copy it once more, as a whole", n)
	}
	token, err = unseal(fields[1], key)
	if err != nil {
		return "", "", fmt.Errorf("the access token of the work package: %w", err)
	}
	return fields[0], token, nil
}

// unseal opens a sealed box in base64.
func unseal(sealed string, key KeyPair) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", errors.New("it is not in base64")
	}
	text, ok := box.OpenAnonymous(nil, raw, &key.Public, &key.Private)
	if !ok {
		return "", errors.New("it cannot be opened with this key: it was sealed for another one, or is damaged")
	}
	return string(text), nil
}
