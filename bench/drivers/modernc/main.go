// Command modernc measures modernc.org/sqlite.
package main

import (
	"modernc.org/sqlite"

	"github.com/appgrant/appgrant/bench/drivers/internal/measure"
)

func main() {
	measure.Main(
		measure.Way{Name: "sql", Open: measure.OverSQL(&sqlite.Driver{})},
		measure.Way{Name: "direct", Open: measure.Direct(&sqlite.Driver{})},
	)
}
