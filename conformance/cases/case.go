package cases

// File is one file of cases, all about one operation.
type File struct {
	// Document names the document the cases hold an implementation to.
	Document string `yaml:"document"`
	// Operation is the operationId of the contract that they are about. It may be
	// empty where they are about requests that no operation takes.
	Operation string `yaml:"operation"`
	// Needs are features that each case needs.
	Needs []Feature `yaml:"needs"`
	// Request is a good request, from which the steps' requests differ.
	Request Request `yaml:"request"`
	// Cases are the cases.
	Cases []Case `yaml:"cases"`
}

// Case is one case: steps, each of them a request and what is expected of its answer.
// It is a value that nobody changes once it is made.
type Case struct {
	// ID is folder, file and name, such as apig/authorize/unknown-app. A file need
	// not give it.
	ID string `yaml:"-"`
	// Name is its own part of the ID, in lower case with hyphens. Together with For
	// it contains variables.
	Name string `yaml:"name"`
	// About says what is held against the implementation, in a sentence.
	About string `yaml:"about"`
	// Kind is the column it has in the heat map.
	Kind Kind `yaml:"kind"`
	// Operation and Document are those of the file.
	Operation string `yaml:"-"`
	Document  string `yaml:"-"`
	// Generated tells that no file has it.
	Generated bool `yaml:"-"`
	// For makes one case out of each set of values, in which the names stand as $name.
	For []map[string]any `yaml:"for"`
	// Needs are features without which the case is skipped.
	Needs []Feature `yaml:"needs"`
	// Harmless is for a case that changes nothing even where the implementation is
	// wrong, since nothing it names exists. Only such cases run on a target that must
	// not be changed.
	Harmless bool `yaml:"harmless"`
	// Clock stops the project's clock at that time, RFC 3339, before the first step.
	// It needs the feature clock.
	Clock string `yaml:"clock"`
	// Steps are done in order, until one fails.
	Steps []Step `yaml:"steps"`
	// Cleanup are done after the steps, whatever came of them, where the project is
	// not thrown away. Their answers are not judged.
	Cleanup []Step `yaml:"cleanup"`
}

// Kind is the kind of a case.
type Kind string

// The kinds, in the order of the heat map.
const (
	Works      Kind = "works"      // the documented use
	Fields     Kind = "fields"     // missing, mistyped or misspelt fields, bad values
	Bodies     Kind = "bodies"     // bodies that are malformed as a whole
	IDs        Kind = "ids"        // malformed or unknown ids
	Auth       Kind = "auth"       // tokens, permissions, roles
	Repetition Kind = "repetition" // again, at once, idempotence
	Effect     Kind = "effect"     // what was done holds
	Failure    Kind = "failure"    // what the server does when it fails
	Sequence   Kind = "sequence"   // random sequences
)

// Kinds are all of them.
var Kinds = []Kind{Works, Fields, Bodies, IDs, Auth, Repetition, Effect, Failure, Sequence}

// Feature is something not every target offers.
type Feature string

// The features. A service is one, too: apig, roma, modelarts, dataarts.
const (
	Admin   Feature = "admin"   // the admin contract: projects, decisions and lists
	Clock   Feature = "clock"   // and its clocks
	Faults  Feature = "faults"  // and its faults
	Rulings Feature = "rulings" // what this project decided where the documents are silent
	Changes Feature = "changes" // the target may be changed; every case that is not harmless needs it
)

// Features are all of them.
var Features = []Feature{Admin, Clock, Faults, Rulings, Changes, "apig", "roma", "modelarts", "dataarts"}

// Request is a request of an operation, or what is different in it. Texts may
// contain variables: $name stands for a value of the target, of For, or captured
// before, and for itself as $$. A text that is one variable has the type of its value.
type Request struct {
	// As names the user who calls: owner, provider, consumer, stranger, reader,
	// expired or outsider; nobody sends no token, and intruder one that is unknown.
	// Empty is owner; operations of the admin contract are always called with its token.
	As string `yaml:"as"`
	// Path, Query and Header are the parameters by name. An empty Query parameter is
	// sent empty; one that is null isn't sent.
	Path   map[string]any `yaml:"path"`
	Query  map[string]any `yaml:"query"`
	Header map[string]any `yaml:"header"`
	// Body is sent as JSON.
	Body any `yaml:"body"`
	// Set puts values into the body: keys are JSON pointers.
	Set map[string]any `yaml:"set"`
	// Drop takes members out of the body: JSON pointers.
	Drop []string `yaml:"drop"`
	// Repeat makes lists in the body longer: keys are JSON pointers. The first item then
	// stands there that many times, and # in its texts is the number of the time, from 0.
	Repeat map[string]int `yaml:"repeat"`
	// Raw is sent as it is, in the place of a body.
	Raw *string `yaml:"raw"`
	// Pad makes the body longer, by that many bytes of white space in front of it.
	Pad int `yaml:"pad"`
	// ContentType is application/json if empty, and not sent if "none".
	ContentType string `yaml:"content_type"`
}

// Step is a request and what is expected of its answer. It has one of Call, Method,
// Decision and Advance, or none: then it calls the file's operation.
type Step struct {
	Request `yaml:",inline"`

	// Call is the operationId, of either contract.
	Call string `yaml:"call"`
	// Method and URL make a request outside the contract; URL is the path and query.
	// With a Method alone, the URL is the operation's.
	Method string `yaml:"method"`
	URL    string `yaml:"url"`
	// Decision asks the admin contract whether an app may call an API. The step is
	// passed over where the target does not have it.
	Decision *Decision `yaml:"decision"`
	// Advance moves the project's clock on by a duration such as 48h.
	Advance string `yaml:"advance"`

	// When and Unless are features: the step is passed over if the target lacks, or
	// has, one of them.
	When   []Feature `yaml:"when"`
	Unless []Feature `yaml:"unless"`
	// Together sends the request that many times at once.
	Together int `yaml:"together"`
	// Expect is what the answer must be.
	Expect Expect `yaml:"expect"`
	// Capture gives variables values from the answer: JSON pointers into its body.
	Capture map[string]string `yaml:"capture"`
}

// Decision is the question whether an app may call an API now, and the reason the
// answer must have.
type Decision struct {
	Service string `yaml:"service"`
	Realm   string `yaml:"realm"`
	Env     string `yaml:"env"`
	API     string `yaml:"api"`
	App     string `yaml:"app"`
	AppCode string `yaml:"app_code"`
	Reason  string `yaml:"reason"`
}

// Expect is what an answer must be, besides what the contract asks of it. What is
// left out is not asked.
type Expect struct {
	// Status is the status; Statuses are several, any of which will do.
	Status   int   `yaml:"status"`
	Statuses []int `yaml:"statuses"`
	// Error is the error_code, Message the error_msg.
	Error   string `yaml:"error"`
	Message string `yaml:"message"`
	// Body is the whole body, compared as decoded values. In the place of a value may
	// stand <any>, <text>, <id>, <instant>, <number> or <absent>. Members of objects
	// that are not named here must not be there.
	Body any `yaml:"body"`
	// Has is a part of the body: members of objects that are not named may be there.
	Has any `yaml:"has"`
	// Contains are lists in the body by JSON pointer: each of the items given is there,
	// as a part and in any order.
	Contains map[string][]any `yaml:"contains"`
	// Header are headers of the answer.
	Header map[string]string `yaml:"header"`
	// Among is for a step with Together: how many answers fit each.
	Among []Share `yaml:"among"`
}

// Share is how many of several answers are expected to be so.
type Share struct {
	Count  int    `yaml:"count"`
	Status int    `yaml:"status"`
	Error  string `yaml:"error"`
	Has    any    `yaml:"has"`
}
