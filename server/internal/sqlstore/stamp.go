package sqlstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// stamp tells one state of a SQLite database from all others. It is the header of
// the index of the write-ahead log, which every commit changes before it is done, in
// whichever process: its counter of commits, where the log ends, and sums over what
// is in it. https://www.sqlite.org/walformat.html#the_wal_index_file_format
type stamp [48]byte

// The places in a stamp.
const (
	stampChange = 8  // the counter of commits, 4 bytes in the machine's order
	stampIsInit = 12 // 1 if the rest is right
)

// follows reports whether there was no commit between two states but, if there was
// one at all, one's own.
func (s stamp) follows(before stamp, wrote bool) bool {
	if s == (stamp{}) || before == (stamp{}) {
		return false
	}
	next := before.change()
	if wrote {
		next++
	}
	return s.change() == next
}

func (s stamp) change() uint32 { return binary.NativeEndian.Uint32(s[stampChange:]) }

// walIndex is the file that the index of a write-ahead log is in.
type walIndex struct {
	file  *os.File
	info  fs.FileInfo
	users int
}

// walIndexes are those that this process has open. Each is opened once, and closed
// when no store of this process uses it any more: closing a file ends all the locks
// that the process has on it, and so those of SQLite.
var walIndexes struct {
	sync.Mutex
	open []*walIndex
}

// openWALIndex opens the index of a database's log. The caller has the database open
// and keeps it so until the index is closed.
func openWALIndex(database string) (*walIndex, error) {
	walIndexes.Lock()
	defer walIndexes.Unlock()
	name := database + "-shm"
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("find the index of the log: %w", err)
	}
	for _, w := range walIndexes.open {
		if os.SameFile(w.info, info) {
			w.users++
			return w, nil
		}
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the index of the log: %w", err)
	}
	w := &walIndex{file, info, 1}
	walIndexes.open = append(walIndexes.open, w)
	return w, nil
}

// state is the stamp of the database as it is now. It is the zero stamp while the
// header is being written, which is there twice for that reason.
func (w *walIndex) state() stamp {
	var header [2]stamp
	var both [2 * len(stamp{})]byte
	if n, err := w.file.ReadAt(both[:], 0); err != nil || n < len(both) {
		return stamp{}
	}
	copy(header[0][:], both[:])
	copy(header[1][:], both[len(stamp{}):])
	if header[0] != header[1] || header[0][stampIsInit] != 1 {
		return stamp{}
	}
	return header[0]
}

func (w *walIndex) close() error {
	walIndexes.Lock()
	defer walIndexes.Unlock()
	if w.users--; w.users > 0 {
		return nil
	}
	for i, open := range walIndexes.open {
		if open == w {
			walIndexes.open = append(walIndexes.open[:i], walIndexes.open[i+1:]...)
			break
		}
	}
	return errors.Join(w.file.Close())
}
