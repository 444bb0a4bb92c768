package engine

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/appgrant/appgrant/conformance/cases"
	"github.com/appgrant/appgrant/conformance/internal/exchange"
	"github.com/appgrant/appgrant/conformance/internal/strictjson"
	"github.com/appgrant/appgrant/conformance/report"
)

func (r *run) miss(where, format string, args ...any) {
	r.result.Findings = append(r.result.Findings, report.Finding{
		Layer: report.Expectation, Step: len(r.exchanges), Where: where, Message: fmt.Sprintf(format, args...),
	})
}

// expect compares an answer with what the case expects.
func (r *run) expect(e cases.Expect, x *exchange.Exchange) {
	if x.Err != nil {
		r.miss("", "no whole answer: %v", x.Err)
		return
	}
	if e.Status != 0 && x.Status != e.Status {
		r.miss("", "status %d instead of %d", x.Status, e.Status)
	}
	if len(e.Statuses) > 0 && !slices.Contains(e.Statuses, x.Status) {
		r.miss("", "status %d instead of one of %v", x.Status, e.Statuses)
	}
	for name, value := range e.Header {
		if got := x.Header.Get(name); value != got {
			r.miss(name, "is %q instead of %q", got, value)
		}
	}
	body, err := strictjson.Decode(x.Body)
	if err != nil {
		if e.Error != "" || e.Message != "" || e.Body != nil || e.Has != nil || len(e.Contains) > 0 {
			r.miss("", "no body to compare: %v", err)
		}
		return
	}
	for _, m := range mismatches(e, body) {
		r.miss(m.Pointer, "%s", m.Message)
	}
}

// decided is what a decision for that reason must be.
func decided(reason string) cases.Expect {
	return cases.Expect{Status: http.StatusOK, Has: object{"reason": reason, "allowed": reason == "authorized"}}
}

func mismatches(e cases.Expect, body any) []cases.Mismatch {
	var all []cases.Mismatch
	if e.Body != nil {
		all = append(all, cases.Match(e.Body, body, false)...)
	}
	if e.Has != nil {
		all = append(all, cases.Match(e.Has, body, true)...)
	}
	for _, pointer := range slices.Sorted(maps.Keys(e.Contains)) {
		got, _ := at(body, pointer)
		among, _ := got.([]any)
		for _, item := range e.Contains[pointer] {
			if !slices.ContainsFunc(among, func(one any) bool { return len(cases.Match(item, one, true)) == 0 }) {
				all = append(all, cases.Mismatch{Pointer: pointer, Message: fmt.Sprintf("has no item like %v", item)})
			}
		}
	}
	if e.Error != "" {
		all = append(all, cases.Match(object{"error_code": e.Error}, body, true)...)
	}
	if e.Message != "" {
		all = append(all, cases.Match(object{"error_msg": e.Message}, body, true)...)
	}
	return all
}

// expectAmong counts the answers to several requests.
func (r *run) expectAmong(e cases.Expect, answers []*exchange.Exchange) {
	left := slices.Clone(answers)
	for _, share := range e.Among {
		count := 0
		left = slices.DeleteFunc(left, func(x *exchange.Exchange) bool {
			fits := fits(share, x)
			if fits {
				count++
			}
			return fits
		})
		if count != share.Count {
			r.miss("", "%d of %d answers at once are %s, not %d", count, len(answers), describe(share), share.Count)
		}
	}
	for _, x := range left {
		r.miss("", "an answer that was not expected: %d %.200s", x.Status, x.Body)
	}
}

func fits(share cases.Share, x *exchange.Exchange) bool {
	if x.Status != share.Status {
		return false
	}
	body, err := strictjson.Decode(x.Body)
	if err != nil {
		return share.Has == nil && share.Error == ""
	}
	return len(mismatches(cases.Expect{Error: share.Error, Has: share.Has}, body)) == 0
}

func describe(share cases.Share) string {
	text := fmt.Sprintf("%d %s", share.Status, http.StatusText(share.Status))
	if share.Error != "" {
		text += " " + share.Error
	}
	if share.Has != nil {
		text += fmt.Sprintf(" with %v", share.Has)
	}
	return text
}
