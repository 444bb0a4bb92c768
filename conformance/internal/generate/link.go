package generate

import "slices"

// link is how an app stands with an API in a cluster of DataArts Studio. Its times are
// in hours; 0 is none.
type link struct {
	end    int    // of the authorization, if there is one
	notice int    // the deadline of one that waits
	asked  int    // the end that an application asks for that waits
	past   string // the reason, as long as there is neither
	told   int    // the place of what waits among all applications and notices

	application, message string // variables: the ids of the last ones that are known
}

// settle lets what is due by now, in minutes, have taken effect.
func (l *link) settle(now int) {
	come := func(hour int) bool { return hour > 0 && hour*60 <= now }
	switch {
	case come(l.notice):
		l.unlink("cancelled")
	case come(l.end):
		l.end, l.past = 0, "expired"
	}
	if come(l.asked) {
		l.asked = 0
	}
}

// unlink ends the authorization and whatever waits.
func (l *link) unlink(why string) { l.end, l.notice, l.asked, l.past = 0, 0, 0, why }

// act does one of the five actions, of one who may, and reports whether the lifecycle
// allows it.
func (l *link) act(a Action, m *studio) bool {
	until, own := endTimes[a.Time], slices.Contains(dataReviewers[a.API], users[a.As])
	switch {
	case a.Do == CancelByApp && l.end > 0:
		l.unlink("cancelled")
		return true
	case a.Do == CancelByApp, l.notice > 0:
		return false
	case a.Do == CancelByAPI:
		return l.giveNotice(until, m)
	case a.Do == Renew && l.end == 0:
		return false
	case a.Do == Grant || own:
		if l.end > until {
			return false
		}
		if l.end < until {
			l.end, l.asked = until, 0
		}
		return true
	default:
		return l.ask(until, m)
	}
}

// ask makes an application.
func (l *link) ask(until int, m *studio) bool {
	switch {
	case l.asked > 0, l.end > until:
		return false
	case l.end < until:
		m.told++
		l.asked, l.told = until, m.told
	}
	return true
}

// giveNotice makes a notice, which comes to nothing later than the authorization.
func (l *link) giveNotice(until int, m *studio) bool {
	const preparation = 48 * 60
	if l.end == 0 || until*60 < m.now+preparation {
		return false
	}
	m.told++
	l.notice, l.asked, l.told = min(until, l.end), 0, m.told
	return true
}

// waits reports whether an application waits, or a notice.
func (l *link) waits(notice bool) bool {
	if notice {
		return l.notice > 0
	}
	return l.asked > 0
}

// answered does what an answer to what waits comes to.
func (l *link) answered(how Verb) {
	switch how {
	case Approve:
		l.end, l.asked = max(l.end, l.asked), 0
	case Reject:
		l.asked = 0
	default:
		l.unlink("cancelled")
	}
}

// due is when time will next change something, 0 if never.
func (l *link) due() int {
	if l.notice > 0 {
		return l.notice
	}
	due := 0
	for _, hour := range []int{l.end, l.asked} {
		if hour > 0 && (due == 0 || hour < due) {
			due = hour
		}
	}
	return due
}

// reason is that of a decision.
func (l *link) reason() string {
	switch {
	case l.end > 0:
		return "authorized"
	case l.asked > 0:
		return "awaits_approval"
	default:
		return l.past
	}
}
