package main

import (
	"os"
	"time"
)

// syncRate is how often in a second 4 KiB can be written to the end of a file in a
// folder and be made durable, by the one who waits for each.
func syncRate(dir string, during time.Duration) (perSecond float64, err error) {
	f, err := os.CreateTemp(dir, "sync")
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	block := make([]byte, 4096)
	n, began := 0, time.Now()
	for time.Since(began) < during {
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := datasync(f); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(began).Seconds(), nil
}
