package breaking

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/oasdiff/oasdiff/checker/metaschema"
)

// tells reports whether the finding is about the difference, whose judgement asks for
// need: of the same operation, action and place. A finding that asks for less must
// name the very place, for it silences the judgement; one that asks for as much may be
// vague, since nothing breaks unseen by it.
func (f finding) tells(d difference, need Need) bool {
	exactly := f.need < need
	return f.operation == d.operation && (!d.inverted || f.need >= Major) && // of a "not" oasdiff knows nothing
		f.claim(d) && f.tellsAnswer(d, exactly) && f.names(d, exactly)
}

// claim reports whether the rule is about differences of this kind.
func (f finding) claim(d difference) bool {
	return slices.ContainsFunc(f.claims, func(claim string) bool {
		pattern, actions, _ := strings.Cut(claim, ":")
		covers := strings.HasSuffix(d.location, ".schema.type") || // a change of type is one that came and one that went
			slices.ContainsFunc(sameActions[d.action], func(action metaschema.Action) bool {
				return slices.Contains(strings.Split(actions, ","), string(action))
			})
		return covers && (metaschema.MatchLocation(pattern, d.location) || slices.ContainsFunc(told, func(t [2]string) bool {
			inner, found := strings.CutSuffix(d.location, t[0])
			return found && metaschema.MatchLocation(pattern, inner+t[1])
		}))
	})
}

// sameActions are what oasdiff calls an action: a list that is there now, was added to.
var sameActions = map[metaschema.Action][]metaschema.Action{
	metaschema.ActionAdd:      {metaschema.ActionAdd},
	metaschema.ActionRemove:   {metaschema.ActionRemove},
	metaschema.ActionSet:      {metaschema.ActionSet, metaschema.ActionAdd},
	metaschema.ActionUnset:    {metaschema.ActionUnset, metaschema.ActionRemove},
	metaschema.ActionChange:   {metaschema.ActionChange},
	metaschema.ActionIncrease: {metaschema.ActionIncrease, metaschema.ActionChange},
	metaschema.ActionDecrease: {metaschema.ActionDecrease, metaschema.ActionChange},
}

// told are the ends of locations whose differences oasdiff may find at another one.
var told = [][2]string{
	{"paths.*.*", "paths.*"}, // with its only operation a path goes, too
	{".required", ".properties.*"},
	{".oneOf.*", ".type"},
	{".anyOf.*", ".type"},
}

// tellsAnswer reports whether the finding is about the answer and the media type that
// the difference is in. Some say nothing of them.
func (f finding) tellsAnswer(d difference, exactly bool) bool {
	if media := d.media(); f.media != "" && media != "" && f.media != media {
		return false
	}
	status := d.statuses()
	return status == nil || slices.Equal(f.statuses, status) || f.statuses == nil && !exactly
}

// names reports whether the finding names what the difference is in. No argument
// stands for two names.
func (f finding) names(d difference, exactly bool) bool {
	rest := make([]string, len(f.args))
	for i, arg := range f.args {
		rest[i] = strings.Trim(text(arg), "/")
	}
	take := func(name string) bool {
		i := slices.Index(rest, name)
		if i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		}
		return i >= 0
	}
	for _, name := range d.holders() {
		if !take(name) {
			return false
		}
	}
	if d.schema.outermost == "" {
		return true
	}
	name, ofProperty := d.property(), strings.Contains(f.id, "-property") && !strings.Contains(f.id, "-body-")
	switch {
	case name == "" || !ofProperty:
		return name == "" && !ofProperty
	case take(name):
		return true
	case exactly:
		return false
	}
	last := name[strings.LastIndex(name, "/")+1:]
	return f.shared != "" && f.shared == d.schema.component || take(last) || // some have no more of the name
		slices.ContainsFunc(rest, func(arg string) bool {
			return alternative.ReplaceAllString(arg, "") == alternative.ReplaceAllString(name, "")
		})
}

// alternative is which one of oneOf it is: oasdiff tells it otherwise.
var alternative = regexp.MustCompile(`\[[^\]]*\]`)

// media is the type of the body that the difference is in, if any.
func (d difference) media() string {
	for _, path := range [][]string{{"requestBody", "content"}, {"responses", "*", "content"}} {
		if name := d.below(path...); name != "" {
			return name
		}
	}
	return ""
}

// below is the name that follows the path, if the difference is there.
func (d difference) below(path ...string) string {
	if len(d.where) <= len(path) {
		return ""
	}
	for i, name := range path {
		if name != "*" && name != d.where[i] {
			return ""
		}
	}
	return d.where[len(path)]
}

// holders are the names of what has the difference, but for bodies and their members:
// of the parameter, the header or the like, and of the member that came or went.
func (d difference) holders() []string {
	_, parameter, _ := strings.Cut(d.below("parameters"), " ")
	names := []string{parameter, d.below("responses", "*", "headers"), d.below("components", "securitySchemes")}
	switch {
	case strings.HasSuffix(d.location, ".scopes.*"):
		names = append(names, d.where[len(d.where)-1])
	case d.location == "paths.*.*.tags", strings.HasSuffix(d.location, ".schema.enum"):
		names = append(names, d.member())
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// member is the text that came to a list, or went.
func (d difference) member() string {
	if d.action != metaschema.ActionAdd && d.action != metaschema.ActionRemove {
		return ""
	}
	value := d.from + d.to
	if text, err := strconv.Unquote(value); err == nil {
		return text
	}
	return value
}

// property is the name of the schema below the whole, as oasdiff has it.
func (d difference) property() string {
	switch {
	case strings.HasSuffix(d.location, ".schema.properties.*"):
		return join(d.schema.node, d.where[len(d.where)-1])
	case strings.HasSuffix(d.location, ".schema.required"):
		return join(d.schema.node, d.member())
	default:
		return d.schema.node
	}
}
