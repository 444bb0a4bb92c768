package sqlstore

import (
	"encoding/binary"
	"io/fs"
	"os"
	"slices"
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

// walIndex is the index of a database's write-ahead log, as this process reads it.
type walIndex struct {
	database fs.FileInfo
	users    int // the stores of this process that have the database open

	file *os.File // nil until the first of them has opened the log
	info fs.FileInfo
}

// walIndexes has one for each database that this process has open, so that the file is
// opened once, and closed when no store uses the database any more: closing a file
// ends all the locks that the process has on it, and so those of SQLite.
var walIndexes struct {
	sync.Mutex
	list []*walIndex
}

// walIndexOf is the index of a database that is about to be opened. Whoever asks for it
// leaves it when the database is closed.
func walIndexOf(database fs.FileInfo) *walIndex {
	walIndexes.Lock()
	defer walIndexes.Unlock()
	for _, w := range walIndexes.list {
		if os.SameFile(w.database, database) {
			w.users++
			return w
		}
	}
	w := &walIndex{database: database, users: 1}
	walIndexes.list = append(walIndexes.list, w)
	return w
}

// open opens the file of that name. A connection of this process keeps it from being
// replaced.
func (w *walIndex) open(name string) error {
	walIndexes.Lock()
	defer walIndexes.Unlock()
	info, err := os.Stat(name)
	if err != nil || w.file != nil && os.SameFile(w.info, info) {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	if w.file != nil { // one that was deleted, when no store had a connection
		_ = w.file.Close()
	}
	w.file, w.info = file, info
	return nil
}

// state is the stamp of the database as it is now. It is the zero stamp while the
// header is being written, which is there twice for that reason.
func (w *walIndex) state() stamp {
	var both [2 * len(stamp{})]byte
	if n, err := w.file.ReadAt(both[:], 0); err != nil || n < len(both) {
		return stamp{}
	}
	header, again := stamp(both[:len(stamp{})]), stamp(both[len(stamp{}):])
	if header != again || header[stampIsInit] != 1 {
		return stamp{}
	}
	return header
}

// leave closes the file when nobody is left who uses it.
func (w *walIndex) leave() error {
	walIndexes.Lock()
	defer walIndexes.Unlock()
	if w.users--; w.users > 0 {
		return nil
	}
	walIndexes.list = slices.DeleteFunc(walIndexes.list, func(other *walIndex) bool { return other == w })
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}
