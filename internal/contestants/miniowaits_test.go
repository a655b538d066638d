package contestants

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// minio-go's loop: ten attempts, up to 200 ms · 2^i and no more than a second, and no word of Retry-After.
func TestMinIOWaits(t *testing.T) {
	var nine []within
	for i := range 9 {
		nine = append(nine, within{0, min(200*time.Millisecond<<i, time.Second)})
	}
	for _, tt := range []struct {
		what     string
		say      answer
		attempts int
	}{
		{"408", answer{status: 408}, 10},
		{"429", answer{status: 429}, 10}, // bare
		{"429 and seconds", answer{status: 429, header: []string{"Retry-After", "60"}}, 10},
		{"499", answer{status: 499}, 10},
		{"500", answer{status: 500}, 10},
		{"501", answer{status: 501}, 1},
		{"502", answer{status: 502}, 10},
		{"503", slowDown, 10},
		{"504", answer{status: 504}, 10},
		{"520", answer{status: 520}, 10},
		{"404", answer{status: 404}, 1},
		{"400 RequestTimeout", answer{status: 400, header: slowDown.header, body: "<Error><Code>RequestTimeout</Code></Error>"}, 10},
		{"connection", answer{err: io.ErrUnexpectedEOF}, 10},
	} {
		if raceEnabled && tt.what != "503" && tt.what != "connection" {
			continue // they wait alike
		}
		t.Run(tt.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &s3Wire{say: func(part, _ int) answer {
					if part == 1 {
						return tt.say
					}
					return answer{}
				}}
				_, err := upload(t, uploaderOf(t, "minio-go", nil, s3Client(w)), 6<<20, 5<<20)
				if err == nil || len(w.times[1]) != tt.attempts {
					t.Fatalf("%d attempts, want %d; %v", len(w.times[1]), tt.attempts, err)
				}
				checkWaits(t, w.gaps(1), nine[:tt.attempts-1])
			})
		})
	}
	// It sleeps once more after the last attempt has failed.
	synctest.Test(t, func(t *testing.T) {
		longest := time.Duration(0)
		tries := 20
		if raceEnabled {
			tries = 4
		}
		for range tries {
			w := &s3Wire{say: func(part, _ int) answer {
				if part == 1 {
					return answer{status: 503}
				}
				return answer{}
			}}
			_, err := upload(t, uploaderOf(t, "minio-go", map[string]string{"max_retries": "1"}, s3Client(w)), 6<<20, 5<<20)
			if err == nil {
				t.Fatal("no error")
			}
			longest = max(longest, time.Since(w.times[1][0]))
		}
		if longest == 0 || longest > 200*time.Millisecond {
			t.Errorf("the one attempt was followed by up to %v, want a wait of up to 200 ms", longest)
		}
	})
}

// Two loops multiply: with both defaults 50 attempts of a part.
func TestNestedMinIO(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &s3Wire{say: func(part, _ int) answer {
			if part == 1 {
				return answer{status: 503}
			}
			return answer{}
		}}
		_, err := upload(t, uploaderOf(t, "nested-minio", nil, s3Client(w)), 6<<20, 5<<20)
		if err == nil || len(w.times[1]) != 50 || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%d attempts, want 50; %v", len(w.times[1]), err)
		}
	})
	if _, err := New("nested-minio", "", map[string]string{"base": "20s"}); err == nil || !strings.Contains(err.Error(), "cap 10s") {
		t.Errorf("a base above the cap: %v", err)
	}
}
