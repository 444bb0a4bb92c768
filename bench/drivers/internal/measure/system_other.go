//go:build !linux

package measure

import (
	"os"
	"time"
)

func dataSync(f *os.File) error { return f.Sync() }

func cpu() time.Duration { return 0 } // not known

func resident() int { return 0 } // not known
