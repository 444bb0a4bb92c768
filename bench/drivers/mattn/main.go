//go:build cgo

// Command mattn measures github.com/mattn/go-sqlite3, which is SQLite itself, in C.
package main

import (
	"github.com/mattn/go-sqlite3"

	"github.com/appgrant/appgrant/bench/drivers/internal/measure"
)

func main() {
	measure.Main(
		measure.Way{Name: "sql", Open: measure.OverSQL(&sqlite3.SQLiteDriver{})},
		measure.Way{Name: "direct", Open: measure.Direct(&sqlite3.SQLiteDriver{})},
	)
}
