package client_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appgrant/appgrant/client"
)

// with is an answer to authorizing whose second item has such a time.
func with(authTime string) string {
	text, _ := json.Marshal(authTime) // a string always can
	return fmt.Sprintf(`{"auths": [
		{"app_id": "shop", "api_id": "orders", "auth_result": {"status": "SUCCESS"}},
		{"app_id": "shop", "api_id": "invoices", "auth_result": {"status": "SUCCESS"}, "auth_time": %s}]}`, text)
}

func TestTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want time.Time
	}{
		{text: "22020-08-04T04:02:22.482227344Z", want: time.Date(22020, 8, 4, 4, 2, 22, 482227344, time.UTC)}, // the document's
		{text: "2020-08-04T04:02:22.482227344Z", want: time.Date(2020, 8, 4, 4, 2, 22, 482227344, time.UTC)},
		{text: "2020-08-04T04:02:22Z", want: time.Date(2020, 8, 4, 4, 2, 22, 0, time.UTC)},
		{text: "2020-08-04T04:02:22.5Z", want: time.Date(2020, 8, 4, 4, 2, 22, 5e8, time.UTC)},
		{text: "2000-02-29T23:59:59.999999999Z", want: time.Date(2000, 2, 29, 23, 59, 59, 999999999, time.UTC)},
		{text: "22020-02-29T00:00:00Z", want: time.Date(22020, 2, 29, 0, 0, 0, 0, time.UTC)},
		{text: "10000-02-29T00:00:00Z", want: time.Date(10000, 2, 29, 0, 0, 0, 0, time.UTC)},
		{text: "999999996-02-29T00:00:00Z", want: time.Date(999999996, 2, 29, 0, 0, 0, 0, time.UTC)},
		{text: "0000-02-29T00:00:00Z", want: time.Date(0, 2, 29, 0, 0, 0, 0, time.UTC)},
		{text: "0001-01-01T00:00:00Z", want: time.Time{}},
		{text: "00002020-01-01T00:00:00Z", want: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)},
		{text: "", want: time.Time{}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			_, c := newStage(t, []act{says(201, with(test.text))})
			result, err := c.APIG.AuthorizeApps(t.Context(), apps)
			wantNoError(t, err)
			got := result.Auths[1]
			if !got.AuthTime.Equal(test.want) || got.AuthTime.Location() != time.UTC || got.AuthTimeText != test.text {
				t.Errorf("got %v (%s), want %v", got.AuthTime, got.AuthTimeText, test.want)
			}
			if _, err := json.Marshal(result); err != nil {
				t.Errorf("a result can't be marshalled: %v", err)
			}
		})
	}
}

func TestTimeIsRubbish(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		" ", "now", "Z", "-Z", "2020", "2020-08-04", "2020-08-04Z", "2020-08-04T04:02Z", "2020-08-04 04:02:22Z",
		"2020-08-04T04:02:22", "2020-08-04T04:02:22z", "2020-08-04t04:02:22Z", "2020-08-04T04:02:22+00:00", "2020-08-04T04:02:22+01:00Z",
		"2020-8-04T04:02:22Z", "2020-08-4T04:02:22Z", "2020-08-04T4:02:22Z", "2020-08-04T04:02:22,5Z", "2020-08-04T04:02:22.Z",
		"2020-08-04T04:02:22.0123456789Z", "2020-13-01T00:00:00Z", "2020-00-01T00:00:00Z", "2020-01-00T00:00:00Z", "2020-01-32T00:00:00Z",
		"2020-04-31T00:00:00Z", "2021-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "10100-02-29T00:00:00Z", "22021-02-29T00:00:00Z",
		"2020-01-01T24:00:00Z", "2020-01-01T23:60:00Z", "2020-01-01T23:59:60Z",
		"20-01-01T00:00:00Z", "020-01-01T00:00:00Z", "+2020-01-01T00:00:00Z", "-2020-01-01T00:00:00Z", "2e10-01-01T00:00:00Z",
		"1234567890-01-01T00:00:00Z", "2020-01-01T00:00:00Z\n", "2020-01-01T00:00:00ZZ", "２０２０-01-01T00:00:00Z",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, c := newStage(t, []act{says(201, with(text))})
			_, err := c.APIG.AuthorizeApps(t.Context(), apps)
			wantAnswerError(t, err, client.AnswerError{
				Op: "APIG.AuthorizeApps", Status: 201, Where: "/auths/1/auth_time", Problem: "is no time in UTC",
			})
		})
	}
}

// What goes out is in UTC, to the second.
func TestTimeIsSentInUTC(t *testing.T) {
	t.Parallel()
	tests := []struct {
		time time.Time
		want string
	}{
		{time: time.Date(2031, 5, 17, 11, 30, 0, 999, time.FixedZone("", 3*60*60)), want: "2031-05-17T08:30:00Z"},
		{time: time.Date(2030, 12, 31, 23, 0, 0, 0, time.FixedZone("", -60*60)), want: "2031-01-01T00:00:00Z"},
		{time: time.Unix(0, 0), want: "1970-01-01T00:00:00Z"},
	}
	for _, test := range tests {
		s, c := newStage(t, []act{operations[4].works()})
		wantNoError(t, c.DataArts.Authorize(t.Context(), studio, test.time))
		var got struct {
			Time string `json:"time"`
		}
		wantNoError(t, json.Unmarshal([]byte(s.arrived()[0].Body), &got))
		if got.Time != test.want {
			t.Errorf("%v is sent as %s, want %s", test.time, got.Time, test.want)
		}
	}
}

// What is read is what the contract allows and the calendar has, and is the instant
// that was written.
func FuzzTime(f *testing.F) {
	contract := regexp.MustCompile(
		`^[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z$`)
	for _, text := range []string{
		"", "22020-08-04T04:02:22.482227344Z", "2020-02-29T04:02:22Z", "0000-01-01T00:00:00.1Z", "2021-02-29T00:00:00Z", "999999999-12-31T23:59:59Z",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := client.ParseTime(text)
		if err != nil {
			if _, valid := time.Parse(time.RFC3339, text); valid == nil && contract.MatchString(text) {
				t.Fatalf("%q is refused: %v", text, err)
			}
			return
		}
		if !contract.MatchString(text) {
			t.Fatalf("%q is read, which the contract does not allow", text)
		}
		var year, month, day, hour, minute, second int
		if _, err := fmt.Sscanf(text, "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second); err != nil {
			t.Fatal(err)
		}
		year2, month2, day2 := got.Date()
		hour2, minute2, second2 := got.Clock()
		written := []int{year, month, day, hour, minute, second}
		if diff := cmp.Diff(written, []int{year2, int(month2), day2, hour2, minute2, second2}); diff != "" {
			t.Fatalf("%q (-written +read):\n%s", text, diff)
		}
		_, fraction, _ := strings.Cut(strings.TrimSuffix(text, "Z"), ".")
		if want := (fraction + "000000000")[:9]; want != fmt.Sprintf("%09d", got.Nanosecond()) {
			t.Fatalf("%q is read with %d nanoseconds", text, got.Nanosecond())
		}
	})
}
