package client

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Retry says how often a call is repeated. The n-th wait is between half of
// Wait × 2ⁿ⁻¹ and the whole, MaxWait at most, and never shorter than the service asks
// for in Retry-After; if that is longer than MaxWait, the call ends. So it does when
// the context would end before the wait.
type Retry struct {
	// Attempts is how often a request is sent at most; 1 repeats nothing, 0 is 4. That
	// a refused token is replaced does not count.
	Attempts int
	// Wait is the first wait at most; 0 is 200 ms.
	Wait time.Duration
	// MaxWait is the longest wait; 0 is a minute.
	MaxWait time.Duration
}

func (r Retry) withDefaults() Retry {
	return Retry{
		Attempts: cmp.Or(r.Attempts, 4),
		Wait:     cmp.Or(r.Wait, 200*time.Millisecond),
		MaxWait:  cmp.Or(r.MaxWait, time.Minute),
	}
}

// after is how long to wait after the n-th attempt; false is for ever.
func (r Retry) after(n int, asked time.Duration) (wait time.Duration, again bool) {
	if n >= r.Attempts || asked > r.MaxWait {
		return 0, false
	}
	wait = min(r.Wait, r.MaxWait)
	for i := 1; i < n && wait < r.MaxWait; i++ {
		wait += min(wait, r.MaxWait-wait)
	}
	wait = wait/2 + rand.N(wait/2+1)
	return max(wait, asked), true
}

// retryAfter is the header's seconds or date, as a time from now.
func retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil || errors.Is(err, strconv.ErrRange) {
		return max(time.Duration(seconds)*time.Second, 0) // out of range, it is the largest
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
