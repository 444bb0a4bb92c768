package main

import (
	"fmt"
	"slices"
)

// sample is one figure of something in each round.
type sample []float64

// median is the middle of a sample.
func (s sample) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// spread is where a sample's lower and upper quartile are.
func (s sample) spread() (low, high float64) {
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	if n == 0 {
		return 0, 0
	}
	return sorted[(n-1)/4], sorted[(3*n-1)/4]
}

// over is the ratio to another sample, round by round.
func (s sample) over(other sample) sample {
	ratios := make(sample, 0, len(s))
	for i := range min(len(s), len(other)) {
		ratios = append(ratios, s[i]/other[i])
	}
	return ratios
}

// outcomes are those of several rounds.
type outcomes []outcome

func (list outcomes) of(figure func(outcome) float64) sample {
	s := make(sample, len(list))
	for i, o := range list {
		s[i] = figure(o)
	}
	return s
}

func (list outcomes) throughput() sample { return list.of(outcome.perSecond) }
func (list outcomes) cpu() sample {
	return list.of(func(o outcome) float64 { return float64(o.cpuEach().Nanoseconds()) / 1000 })
}
func (list outcomes) p50() sample {
	return list.of(func(o outcome) float64 { return float64(o.P50.Nanoseconds()) / 1000 })
}
func (list outcomes) p99() sample {
	return list.of(func(o outcome) float64 { return float64(o.P99.Nanoseconds()) / 1000 })
}

// times, micros and so on say a median with its unit, and its spread.
func times(s sample) string     { return says(s, "%.2f ×", "%.2f") }
func perSecond(s sample) string { return says(s, "%.0f /s", "%.0f") }
func micros(s sample) string    { return says(s, "%.1f µs", "%.1f") }
func millis(s sample) string    { return says(s, "%.1f ms", "%.1f") }

func says(s sample, median, quartile string) string {
	low, high := s.spread()
	return fmt.Sprintf(median+" ("+quartile+"–"+quartile+")", s.median(), low, high)
}
