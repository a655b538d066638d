package record

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLedgerWriter(t *testing.T) {
	var text strings.Builder
	l := NewLedgerWriter(&text)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() { l.Write(&LedgerRow{Kind: LedgerAttempt, Seq: i + 1}) })
	}
	wg.Wait()
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
	if len(lines) != 50 {
		t.Fatalf("%d lines", len(lines))
	}
	seen := map[string]bool{}
	for _, line := range lines {
		seen[line] = true
		if !strings.HasPrefix(line, `{"kind":"attempt",`) || !strings.HasSuffix(line, "}") {
			t.Errorf("line %s", line)
		}
	}
	if len(seen) != 50 {
		t.Errorf("%d different rows", len(seen))
	}
}

type noSpace struct{}

var errFull = errors.New("no space left on device")

func (noSpace) Write([]byte) (int, error) { return 0, errFull }

func TestLedgerWriterOnAFullDisk(t *testing.T) {
	l := NewLedgerWriter(noSpace{})
	l.Write(&LedgerRow{})
	if err := l.Flush(); !errors.Is(err, errFull) {
		t.Errorf("flushed: %v", err)
	}
	l.Write(&LedgerRow{})
	if err := l.Flush(); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "1 rows") {
		t.Errorf("flushed again: %v", err)
	}
}

func TestLedgerWriterKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		l := NewLedgerWriter(&text)
		ctx, stop := context.WithCancel(t.Context())
		kept := make(chan error, 1)
		go func() { kept <- l.Keep(ctx, nil) }()
		l.Write(&LedgerRow{Kind: LedgerAttempt})
		time.Sleep(time.Second)
		synctest.Wait()
		if text.Len() == 0 {
			t.Error("a row was not written after a second")
		}
		l.Write(&LedgerRow{Kind: LedgerWindow})
		stop()
		if err := <-kept; err != nil || !strings.Contains(text.String(), LedgerWindow) {
			t.Errorf("the last row: %v, %s", err, &text)
		}
		failing := NewLedgerWriter(noSpace{})
		failing.Write(&LedgerRow{})
		var told error
		if err := failing.Keep(ctx, func(err error) { told = err }); !errors.Is(err, errFull) || !errors.Is(told, errFull) {
			t.Errorf("a full disk: %v, told %v", err, told)
		}
	})
}
