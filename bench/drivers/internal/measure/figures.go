package measure

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// measurement is under way.
type measurement struct {
	*work
	figures Figures
	counts  Counts
	next    int // the authorization that is yet to be made

	begin, commit, insert, insertList, event, eventList Statement
}

const (
	columns    = "(key, env, api, app, role, at, until)"
	insertOne  = "INSERT INTO authorizations " + columns + " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
	fields     = "value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?1)"
	insertList = "INSERT INTO authorizations " + columns + " SELECT value ->> 0, " + fields
	// insertAuto lets the database choose the keys.
	insertAuto = "INSERT INTO authorizations (env, api, app, role, at, until) SELECT " + fields
	// insertCross makes one authorization of each pair of an API and an app.
	insertCross = "INSERT INTO authorizations " + columns + ` SELECT ?3 + apps.key * json_array_length(?1) + apis.key, 1, apis.value, apps.value, ?4, ?5, NULL
		FROM json_each(?2) apps CROSS JOIN json_each(?1) apis`
	// insertPacked reads an API and an app from one number.
	insertPacked = "INSERT INTO authorizations " + columns + " SELECT ?2 + key, 1, value >> 32, value & 0xffffffff, ?3, ?4, NULL FROM json_each(?1)"
	returning    = " RETURNING key, env, api, app"
	insertEvent  = "INSERT INTO events (project, at, actor, operation, request_id, what, authorizations) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
	insertEvents = "INSERT INTO events (project, at, actor, operation, request_id, what, authorizations) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, unhex(value ->> 6) FROM json_each(?1)"
	lookup       = "SELECT key FROM authorizations WHERE api = ?1 AND app = ?2 AND env = ?3 AND past = 0"

	project, actor, operation = "0123456789abcdef0123456789abcdef", "operator", "CreateAuthorizingAppsV2"
	what                      = `{"action":"authorize","service":"apig","realm":"default","env":"RELEASE","apis":["0123456789abcdef0123456789abcdef"],"apps":["fedcba9876543210fedcba9876543210"]}`
)

func (m *measurement) prepareAll() {
	m.begin, m.commit = m.prepare("BEGIN IMMEDIATE"), m.prepare("COMMIT")
	m.insert, m.insertList = m.prepare(insertOne), m.prepare(insertList)
	m.event, m.eventList = m.prepare(insertEvent), m.prepare(insertEvents)
}

func (m *measurement) add(insert, event Statement) {
	api, app := pair(m.next)
	m.next++
	m.exec(insert, int64(m.next), int64(1), api, app, role, micros, nil)
	m.exec(event, project, micros, actor, operation, requestID(m.next), what, []byte{byte(m.next), byte(m.next >> 8), 1})
}

func requestID(n int) string { return fmt.Sprintf("%032x", n) }

func (m *measurement) commits(file string) {
	wall, used := took(func() {
		for range m.counts.Commits {
			m.exec(m.begin)
			m.add(m.insert, m.event)
			m.exec(m.commit)
		}
	})
	m.figures["commits"] = float64(m.counts.Commits) / wall.Seconds()
	m.figures["commit CPU"] = micro(used, m.counts.Commits)
}

const batch = 32

func (m *measurement) batches() {
	ways := map[string]func(){"batch rows": m.addRows, "batch JSON": m.addList}
	if over, ok := m.session.(*sqlSession); ok {
		ways["batch now"] = func() { m.addNow(over) }
	}
	for name, add := range ways { // in any order
		wall, used := took(func() {
			for range m.counts.Batches {
				m.exec(m.begin)
				add()
				m.exec(m.commit)
			}
		})
		m.figures[name] = float64(m.counts.Batches*batch) / wall.Seconds()
		m.figures[name+" CPU"] = micro(used, m.counts.Batches*batch)
	}
}

func (m *measurement) addRows() {
	for range batch {
		m.add(m.insert, m.event)
	}
}

// addNow does it as the server does: each in a savepoint, with statements that are
// given as texts, and a context that can end.
func (m *measurement) addNow(over *sqlSession) {
	var cancel context.CancelFunc
	over.ctx, cancel = context.WithCancel(context.Background())
	for range batch {
		m.exec(unprepared{over, "SAVEPOINT one"})
		m.add(unprepared{over, insertOne}, unprepared{over, insertEvent})
		m.exec(unprepared{over, "RELEASE SAVEPOINT one"})
	}
	cancel()
	over.ctx = context.Background()
}

func (m *measurement) addList() {
	first := m.next
	m.next += batch
	m.exec(m.insertList, list(batch, func(text []byte, i int) []byte {
		api, app := pair(first + i)
		return appendRow(text, first+i+1, api, app)
	}))
	m.exec(m.eventList, list(batch, func(text []byte, i int) []byte {
		return fmt.Appendf(text, `[%q,%d,%q,%q,"%032x",%q,"%06x"]`, project, micros, actor, operation, first+i+1, what, first+i+1)
	}))
}

func appendRow(text []byte, key int, api, app int64) []byte {
	return fmt.Appendf(text, `[%d,1,%d,%d,%q,%d,null]`, key, api, app, role, micros)
}

// list is a JSON array.
func list(count int, item func(text []byte, i int) []byte) string {
	text := []byte{'['}
	for i := range count {
		if i > 0 {
			text = append(text, ',')
		}
		text = item(text, i)
	}
	return string(append(text, ']'))
}

const bulkAPIs, bulkApps = 100, 30

func (m *measurement) bulks() {
	first := m.next + 1
	values := list(bulkAPIs*bulkApps, func(text []byte, i int) []byte {
		return appendRow(text, first+i, int64(i%bulkAPIs+1), int64(apps-i/bulkAPIs))
	})
	apiKeys := list(bulkAPIs, func(text []byte, i int) []byte { return strconv.AppendInt(text, int64(i+1), 10) })
	appKeys := list(bulkApps, func(text []byte, i int) []byte { return strconv.AppendInt(text, int64(apps-i), 10) })
	packed := list(bulkAPIs*bulkApps, func(text []byte, i int) []byte {
		return strconv.AppendInt(text, int64(i%bulkAPIs+1)<<32|int64(apps-i/bulkAPIs), 10)
	})
	undo := m.prepare("DELETE FROM authorizations WHERE key >= ?1")
	for _, kind := range []struct {
		name, query string
		args        []any
	}{
		{"bulk", insertList, []any{values}},
		{"bulk returning", insertList + returning, []any{values}},
		{"bulk auto", insertAuto, []any{values}},
		{"bulk auto returning", insertAuto + returning, []any{values}},
		{"bulk packed", insertPacked, []any{packed, int64(first), role, micros}},
		{"bulk cross", insertCross, []any{apiKeys, appKeys, int64(first), role, micros}},
	} {
		s := m.prepare(kind.query)
		var all time.Duration
		for range m.counts.Bulks {
			wall, _ := took(func() {
				m.exec(m.begin)
				m.rows(s, make([]int64, 4), kind.args...)
				m.exec(m.commit)
			})
			all += wall
			m.exec(undo, int64(first))
		}
		m.figures[kind.name] = micro(all, m.counts.Bulks) / 1000
	}
}

func (m *measurement) lookups() {
	s := m.prepare(lookup)
	m.figures["hit"] = m.lookup(s, m.counts.Lookups, 0)
	m.figures["miss"] = m.lookup(s, m.counts.Lookups, m.counts.Rows)
	version := m.prepare("PRAGMA data_version")
	m.figures["data_version"] = m.each(m.counts.Lookups, func(int) { m.rows(version, make([]int64, 1)) })
	begin := m.prepare("BEGIN")
	m.figures["transaction"] = m.each(m.counts.Lookups, func(int) {
		m.exec(begin)
		m.exec(m.commit)
	})
	if over, ok := m.session.(*sqlSession); ok {
		m.figures["hit unprepared"] = m.lookup(unprepared{over, lookup}, m.counts.Lookups/10+1, 0)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		over.ctx = ctx
		m.figures["hit cancellable"] = m.lookup(s, m.counts.Lookups, 0)
		over.ctx = context.Background()
	}
}

// lookup looks for authorizations from one on.
func (m *measurement) lookup(s Statement, count, from int) float64 {
	found := 0
	ints := make([]int64, 1)
	figure := m.each(count, func(i int) {
		api, app := pair(from + i*7919%m.counts.Rows)
		found += m.rows(s, ints, api, app, int64(1))
	})
	if m.err == nil && (found != 0 && found != count || (found == 0) != (from > 0)) {
		m.err = fmt.Errorf("%d of %d authorizations found from %d on", found, count, from)
	}
	return figure
}

// each is how many microseconds f takes, the time of the processors: nothing of it
// waits.
func (m *measurement) each(count int, f func(int)) float64 {
	wall, used := took(func() {
		for i := range count {
			f(i)
		}
	})
	if used == 0 {
		used = wall
	}
	return micro(used, count)
}

func micro(d time.Duration, count int) float64 { return float64(d.Microseconds()) / float64(count) }
