// Command pack puts a folder into an archive, OUT.tar.gz or OUT.zip, that has the same
// bytes wherever it is made: names in order, one owner, two modes, and one time, that of
// the variable SOURCE_DATE_EPOCH.
//
//	go run .ci/pack.go OUT FOLDER
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: go run .ci/pack.go OUT FOLDER")
	}
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	out, err := os.Create(args[0])
	if err != nil {
		return err
	}
	write := writeTar
	if strings.HasSuffix(args[0], ".zip") {
		write = writeZip
	}
	if err := write(out, args[1], time.Unix(seconds, 0).UTC()); err != nil {
		return err
	}
	return out.Close()
}

func writeTar(out io.Writer, folder string, at time.Time) error {
	compressed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	err = files(folder, func(name string, mode fs.FileMode, text []byte) error {
		header := &tar.Header{Name: name, Mode: int64(mode), Size: int64(len(text)), ModTime: at, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err := archive.Write(text)
		return err
	})
	return errors.Join(err, archive.Close(), compressed.Close())
}

func writeZip(out io.Writer, folder string, at time.Time) error {
	archive := zip.NewWriter(out)
	err := files(folder, func(name string, mode fs.FileMode, text []byte) error {
		header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at}
		header.SetMode(mode)
		entry, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		_, err = entry.Write(text)
		return err
	})
	return errors.Join(err, archive.Close())
}

// files calls visit for each file below a folder, in order, named from the folder's own
// name on.
func files(folder string, visit func(name string, mode fs.FileMode, text []byte) error) error {
	return fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		return visit(path.Join(filepath.Base(folder), name), mode, text)
	})
}
