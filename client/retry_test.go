package client_test

import (
	"math"
	"testing"
	"time"

	"github.com/appgrant/appgrant/client"
)

// However long one is ready to wait, a wait is neither negative nor longer.
func TestWaitIsWithinBounds(t *testing.T) {
	t.Parallel()
	durations := []time.Duration{1, 2, 3, time.Second, math.MaxInt64 / 4, math.MaxInt64/2 + 1, math.MaxInt64 - 1, math.MaxInt64}
	for _, first := range durations {
		for _, longest := range durations {
			r := client.Retry{Attempts: 200, Wait: first, MaxWait: longest}
			for n := 1; n < 200; n++ {
				wait, again := client.WaitAfter(r, n, 0)
				if !again || wait < 0 || wait > longest {
					t.Fatalf("wait %d of %+v is %v, %t", n, r, wait, again)
				}
				if n > 64 && wait < longest/2 {
					t.Fatalf("wait %d of %+v is %v, want half of the longest at least", n, r, wait)
				}
			}
		}
	}
}
