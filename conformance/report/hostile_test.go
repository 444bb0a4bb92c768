package report_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/appgrant/appgrant/conformance/report"
)

// hostile texts are what a target might answer with. Each has the word that tests
// look for.
var hostile = []string{
	"hostile <script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>",
	`hostile "quoted" 'single' {{template}} </style></script></pre><!-- ]]> & &amp;`,
	"hostile \x00\x01\x1b[31mred\x1b[0m\a\b\x7f",
	"hostile \xff\xfe\xc3( \xed\xa0\x80 \ufffe",
	"hostile \u202eesrever\u2066 \u200b\u2028",
	"hostile | pipe `tick` ``two`` ```three``` \\| \\\\| @someone #12 https://evil.example [x](y) *b* _i_",
	"hostile\r\n## heading\n\n| a | b |\n|---|---|\n</details>",
}

// hostileReport is a report in which everything a target or a document could say is
// one of the hostile texts.
func hostileReport(text string) *report.Report {
	r := &report.Report{
		Tool: text, Subject: text, Problem: text,
		Started: time.Date(2026, 11, 22, 16, 43, 33, 0, time.UTC), Seed: 7,
		Coverage: &report.Coverage{Groups: []report.CoverageGroup{{
			Name: text, Items: []report.CoverageItem{{Name: text}, {Name: text, Excuse: text}},
		}}},
		Trace: &report.Trace{
			Facts:    []report.Fact{{Document: text, Row: text, Pointer: text, Verdict: report.Differs, Detail: text}},
			Untraced: []report.Untraced{{Pointer: text, Says: text}},
			Mutations: []report.Score{{Of: text, Operator: text, Killed: 1, Total: 2, Survivors: []report.Survivor{
				{Mutant: text}, {Mutant: text, Equivalent: text},
			}}},
		},
	}
	for i, o := range report.Outcomes {
		r.Cases = append(r.Cases, report.Case{
			ID: fmt.Sprintf("apig/%d/%s", i, text), About: text, Kind: text, Operation: text, Status: 400,
			Outcome: o, Reason: text,
			Findings: []report.Finding{{Layer: report.Wire, Step: 1, Where: text, Message: text}},
			Exchanges: []report.Exchange{{
				Method: "POST", URL: text, RequestHeader: []string{"X-Text: " + text}, RequestBody: text,
				Status: 400, ResponseHeader: []string{"X-Text: " + text}, ResponseBody: text, Curl: text,
			}},
		})
	}
	return r
}

// large is a report of n cases of which every nth failed, with long answers.
func large(n, nth, body int) *report.Report {
	r := sample()
	passes := slices.DeleteFunc(r.Cases, func(c report.Case) bool { return c.Outcome != report.Pass })
	r.Cases = nil
	for i := range n {
		c := passes[i%len(passes)]
		if i%nth == 0 {
			failed := unknownApp()
			c.Outcome, c.Findings = failed.Outcome, failed.Findings
			c.Exchanges = []report.Exchange{
				authorize(201, `{"text":"`+strings.Repeat("𝔁 ", body/5)+`"}`),
				authorize(404, `{"error_code":"APIG.3001"}`),
			}
		}
		c.ID = fmt.Sprintf("%s-%d", c.ID, i)
		r.Cases = append(r.Cases, c)
	}
	return r
}
