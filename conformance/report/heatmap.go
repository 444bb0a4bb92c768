package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// heatMap is the cases by operation and status, downwards, and kind, across.
type heatMap struct {
	Kinds      []string
	Operations []heatOperation
}

type heatOperation struct {
	Name string
	Rows []heatRow
}

type heatRow struct {
	Status string
	Cells  []heatCell
}

// heatCell is the cases of one place. It has none where ID is empty.
type heatCell struct {
	ID    string
	Title string
	Worst Outcome
	Text  string // how many cases, or how many of them are the worst
	Cases []listed
}

// newHeatMap maps cases. The kinds given come first, those there are of.
func newHeatMap(kinds []string, all []listed) heatMap {
	var m heatMap
	for _, g := range groupBy(all, func(l listed) string { return l.Kind }) {
		m.Kinds = append(m.Kinds, g.Key)
	}
	place := func(kind string) int {
		if i := slices.Index(kinds, kind); i >= 0 {
			return i
		}
		return len(kinds)
	}
	slices.SortStableFunc(m.Kinds, func(a, b string) int { return place(a) - place(b) })
	cells := 0
	for _, op := range groupBy(all, func(l listed) string { return l.Operation }) {
		o := heatOperation{Name: op.Key}
		byStatus := groupBy(op.Items, func(l listed) string { return statusText(l.Status) })
		slices.SortStableFunc(byStatus, func(a, b group[listed]) int { return cmp.Compare(a.Key, b.Key) })
		for _, st := range byStatus {
			row := heatRow{Status: st.Key}
			byKind := groupBy(st.Items, func(l listed) string { return l.Kind })
			for _, kind := range m.Kinds {
				i := slices.IndexFunc(byKind, func(g group[listed]) bool { return g.Key == kind })
				if i < 0 {
					row.Cells = append(row.Cells, heatCell{})
					continue
				}
				cells++
				cell := newHeatCell(byKind[i].Items)
				cell.ID = fmt.Sprintf("cell-%d", cells)
				cell.Title = strings.Join([]string{op.Key, st.Key, kind}, ", ")
				row.Cells = append(row.Cells, cell)
			}
			o.Rows = append(o.Rows, row)
		}
		m.Operations = append(m.Operations, o)
	}
	return m
}

// newHeatCell is the cell of at least one case, the worst first.
func newHeatCell(items []listed) heatCell {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b listed) int { return looks[b.Outcome].bad - looks[a.Outcome].bad })
	cell := heatCell{Worst: items[0].Outcome, Text: strconv.Itoa(len(items)), Cases: items}
	bad := 0
	for _, l := range items {
		if l.Outcome == cell.Worst {
			bad++
		}
	}
	if bad < len(items) {
		cell.Text = fmt.Sprintf("%d of %d", bad, len(items))
	}
	return cell
}

// statusText is a status, or that a case is about none in particular.
func statusText(status int) string {
	if status == 0 {
		return "any"
	}
	return strconv.Itoa(status)
}
