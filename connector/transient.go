package connector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// longestHint is the longest that a service may ask to wait; nobody sits by an upload for more.
const longestHint = time.Hour

// final says of an error that it comes from here, or from what somebody has done meanwhile, and would come again.
func final(err error) bool {
	for _, here := range []error{ErrChanged, ErrEncrypted, ErrExists, ErrOtherSize, ErrCancelled, ErrWrongKey, errReading, errHere} {
		if errors.Is(err, here) {
			return true
		}
	}
	return false
}

// transient says whether the same call may end otherwise a little later. What is no answer of a service is, unless it is final.
func (b Behaviour) transient(err error) bool {
	if api, ok := errors.AsType[*APIError](err); ok && api.hint > longestHint {
		return false
	}
	return b.passes(err)
}

// passes says whether it may do so at all, however much later.
func (b Behaviour) passes(err error) bool {
	if final(err) {
		return false
	}
	api, ok := errors.AsType[*APIError](err)
	switch {
	case !ok:
		return true
	case api.Status == http.StatusInsufficientStorage:
		return false
	case api.Status >= 500, api.Status == http.StatusRequestTimeout, api.Status == http.StatusTooEarly, api.Status == http.StatusTooManyRequests:
		return true
	case api.Service == s3:
		// A URL that has run out is 403; a body that arrived damaged or too slowly is 400. Both are mended by sending again.
		return api.Status == http.StatusForbidden || api.Status == http.StatusBadRequest || api.Status/100 == 3
	case api.Service == wps:
		return false
	case api.Status == http.StatusUnauthorized, api.Status == http.StatusForbidden:
		// A token that was renewed and is refused at once will not get better. One that grew old in the stack's waits is another matter.
		return b.RenewOn401 && !surelyOnce(err)
	}
	return false
}

// errHere marks errors that are not the services'.
var errHere = errors.New("it cannot go on")

// hopeless marks an error that would come again, and leaves its text as it is.
type hopeless struct{ error }

func (h hopeless) Unwrap() error        { return h.error }
func (h hopeless) Is(target error) bool { return target == errHere }

// gone says whether an upload has no future at the UCS: there is no sense in sending more of it.
func gone(err error) bool {
	api, ok := errors.AsType[*APIError](err)
	if !ok {
		return false
	}
	switch api.ID {
	case "fileUploadNotFound", "s3UploadNotFound", "fileUploadStateError", "checksumMismatch", "uploadSizeMismatch", "NoSuchUpload":
		return true
	}
	return api.Service == s3 && api.Status == http.StatusNotFound
}

// pause is how long to wait after a failure of the given ordinal, from 1: doubled each time up to a minute, with full jitter, and not less
// than the service asks for.
func (b Behaviour) pause(failures int, err error) time.Duration {
	wait := strategies.Exponential{Base: b.PartPause, Cap: time.Minute}.Wait(failures-1, nil)
	if wait > 0 {
		wait = b.dice.below(wait)
	}
	if api, ok := errors.AsType[*APIError](err); ok {
		wait = max(wait, api.hint)
	}
	return wait
}

// persist calls f as often as a part is tried, until it succeeds or there is no sense in it any more.
func (b Behaviour) persist(ctx context.Context, f func() error) error {
	var s spent
	for {
		err := f()
		if err == nil || ctx.Err() != nil || !s.on(err, b.PartAttempts) || !b.transient(err) {
			return err
		}
		if waitErr := sleep(ctx, b.pause(s.rounds, err)); waitErr != nil {
			return fmt.Errorf("%w; %w", err, waitErr)
		}
	}
}

// lost says whether a call may have been carried out although it failed.
func lost(err error) bool {
	if notSent(err) {
		return false
	}
	api, ok := errors.AsType[*APIError](err)
	if !ok {
		return !errors.Is(err, errHere)
	}
	// Any success that is not the one that was due comes from something in between.
	return api.Service == ucs && (api.Status < 400 || api.Status >= 500 && api.Status != http.StatusInsufficientStorage || api.Status == http.StatusRequestTimeout)
}

// unsent is the error of what comes before a call: the service never heard of it.
type unsent struct{ error }

func (u unsent) Unwrap() error { return u.error }

func notSent(err error) bool {
	_, ok := errors.AsType[unsent](err)
	return ok
}

func isStatus(err error, service string, status int) bool {
	api, ok := errors.AsType[*APIError](err)
	return ok && api.Service == service && api.Status == status
}

// failing says of which upload an error is, in words that can be shown: anything can be an alias.
func failing(alias string, err error) error { return fmt.Errorf("uploading %s: %w", line(alias), err) }
