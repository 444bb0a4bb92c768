package breaking_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/appgrant/appgrant/openapi"
	"github.com/appgrant/appgrant/openapi/breaking"
)

// No harmless edit hides one that breaks: what is found without it is found with it.
// The pairs are of edits of different text, and some of all.
func TestPairs(t *testing.T) {
	t.Parallel()
	every := 40
	if testing.Short() {
		every = 200
	}
	base := mustParse(t, openapi.YAML)
	var texts [][]string // what each edit touches
	for _, e := range edits {
		d := parsed(t, openapi.YAML)
		e.edit(d)
		texts = append(texts, touched("", map[string]any(parsed(t, openapi.YAML)), map[string]any(d)))
	}
	var candidates, tried atomic.Int32
	t.Cleanup(func() {
		if tried.Load() < candidates.Load()*9/10 {
			t.Errorf("of %d pairs, only %d could be tried", candidates.Load(), tried.Load())
		}
	})
	for i, b := range edits {
		if b.asks != breaking.Major {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			alone := parsed(t, openapi.YAML)
			b.edit(alone)
			want := breaks(compare(t, base, mustParse(t, alone.text())))
			for j, h := range edits {
				if h.asks == breaking.Major || (i+j)%every != 0 || !apart(texts[i], texts[j]) {
					continue
				}
				candidates.Add(1)
				d := parsed(t, openapi.YAML)
				b.edit(d)
				h.edit(d)
				revision, err := breaking.Parse(d.text())
				if err != nil { // an example no longer fits, for instance
					continue
				}
				tried.Add(1)
				got := breaks(compare(t, base, revision))
				for id := range maps.Keys(want) {
					if !got[id] {
						t.Errorf("with %q, %s is not found", h.name, id)
					}
				}
			}
		})
	}
}

// breaks are the ids of what breaks.
func breaks(r *breaking.Report) map[string]bool {
	ids := map[string]bool{}
	for _, f := range r.Findings {
		if f.Asks == breaking.Major {
			ids[f.ID] = true
		}
	}
	return ids
}

// touched are the paths at which two trees differ. A list is one.
func touched(path string, a, b any) []string {
	objectA, isA := a.(map[string]any)
	objectB, isB := b.(map[string]any)
	if !isA || !isB {
		if reflect.DeepEqual(a, b) {
			return nil
		}
		return []string{path + " "}
	}
	var paths []string
	keys := maps.Clone(objectA)
	maps.Copy(keys, objectB)
	for key := range keys {
		paths = append(paths, touched(path+" "+key, objectA[key], objectB[key])...)
	}
	return paths
}

// apart reports whether none of the paths is in another's part of the tree.
func apart(a, b []string) bool {
	return !slices.ContainsFunc(a, func(p string) bool {
		return slices.ContainsFunc(b, func(q string) bool { return strings.HasPrefix(p, q) || strings.HasPrefix(q, p) })
	})
}

// hiding are breaks that a finding about something else, close to them, could be taken
// for. Both change the same contract, before.
var hiding = []struct {
	name                     string
	before, breaks, harmless edit
}{
	{
		"what must be there, and a new member", set("authorize requestBody content application/json examples", nil),
		add("components schemas AppsToAuthorize required", "ghost"), set(pairs+" note", object{"type": "string"}),
	},
	{
		"a read-only member removed, and a new one", set(pairs+" ro", object{"type": "string", "readOnly": true}),
		remove(pairs + " ro"), set(pairs+" note", object{"type": "string"}),
	},
	{
		"the items of one header, and the format of another", both(header("X-A", list("string")), header("X-B", object{"type": "string"})),
		header("X-A", list("integer")), header("X-B", object{"type": "string", "format": "uuid"}),
	},
	{
		"the number of items in one header, and the length of another",
		both(header("X-A", object{"type": "array", "maxItems": 3, "items": object{"type": "array", "maxItems": 5, "items": object{"type": "string"}}}), header("X-B", object{"type": "string"})),
		header("X-A", object{"type": "array", "maxItems": 3, "items": object{"type": "array", "maxItems": 7, "items": object{"type": "string"}}}), header("X-B", object{"type": "string", "maxLength": 5}),
	},
	{
		"the length of items in one header, and the length of another",
		both(header("X-A", object{"type": "array", "items": object{"type": "string", "maxLength": 9}}), header("X-B", object{"type": "string"})),
		header("X-A", object{"type": "array", "items": object{"type": "string", "maxLength": 10}}), header("X-B", object{"type": "string", "maxLength": 5}),
	},
	{
		"the inner list of a parameter, and the outer one",
		add("authorize parameters", object{"name": "ids", "in": "query", "schema": object{"type": "array", "maxItems": 3, "items": object{"type": "array", "maxItems": 9, "items": object{"type": "string"}}}}),
		set("authorize parameters 2 schema items maxItems", 5), set("authorize parameters 2 schema maxItems", 5),
	},
	{
		"the pattern of a parameter's items, and its own",
		add("authorize parameters", object{"name": "ids", "in": "query", "schema": object{"type": "array", "pattern": "^a$", "items": object{"type": "string", "pattern": "^a$"}}}),
		set("authorize parameters 2 schema items pattern", "^b$"), set("authorize parameters 2 schema pattern", ".*"),
	},
	{
		"what must be there in a member, and a new member of that name",
		both(set("authorize requestBody content application/json examples", nil), set(pairs+" o", object{"type": "object"})),
		set(pairs+" o required", []any{"ghost"}), set(pairs+" ghost", object{"type": "string"}),
	},
	{
		"what must be there in one media type, and a new member of that name in another",
		both(set("authorize requestBody content application/json examples", nil), set("authorize requestBody content application/yaml", object{"schema": object{"type": "object", "properties": object{}}})),
		add("components schemas AppsToAuthorize required", "ghost"), set("authorize requestBody content application/yaml schema properties ghost", object{"type": "string"}),
	},
	{
		"what need no longer be there in one answer, and a member of that name removed from another",
		both(answer("202", object{"type": "object", "required": []any{"ghost"}}), answer("203", object{"type": "object", "properties": object{"ghost": object{"type": "string", "writeOnly": true}}})),
		answer("202", object{"type": "object"}), answer("203", object{"type": "object"}),
	},
	{
		"an alternative of a parameter removed, and a wider type",
		add("authorize parameters", object{"name": "p", "in": "query", "schema": object{"type": "integer", "oneOf": []any{object{"maximum": 3}, object{"minimum": 5}}}}),
		set("authorize parameters 2 schema oneOf", []any{object{"maximum": 3}}), set("authorize parameters 2 schema type", "number"),
	},
}

const pairs = "components schemas AppsToAuthorize properties"

func answer(status string, schema object) edit {
	return set("authorize responses "+status, object{"description": "d", "content": object{"application/json": object{"schema": schema}}})
}

func list(item string) object { return object{"type": "array", "items": object{"type": item}} }

func header(name string, schema object) edit {
	return set("authorize responses 201 headers "+name, object{"description": "d", "schema": schema})
}

func TestHiding(t *testing.T) {
	t.Parallel()
	for _, tt := range hiding {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base := versioned(t, "1.0.0", tt.before)
			if r := compare(t, base, versioned(t, "1.0.0", both(tt.before, tt.breaks))); r.Verdict != breaking.Breaking {
				t.Fatalf("alone, %s: %v", r.Verdict, r.Findings)
			}
			if r := compare(t, base, versioned(t, "1.0.0", both(tt.before, tt.harmless))); r.Verdict != breaking.Compatible {
				t.Fatalf("the harmless one is %s: %v", r.Verdict, r.Findings)
			}
			if r := compare(t, base, versioned(t, "1.0.0", both(tt.before, tt.breaks, tt.harmless))); r.Verdict != breaking.Breaking {
				t.Errorf("together, %s: %v", r.Verdict, r.Findings)
			}
		})
	}
}
