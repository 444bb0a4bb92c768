package generate

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/appgrant/appgrant/conformance/cases"
)

// Inputs makes cases of requests at the bounds of the contract's schemas and beyond,
// for each operation, parameter and field of a body. The contract decides what is
// expected: what it refuses must be refused with the code of its class, change nothing
// and never be a failure of the server; what it takes must not be refused in its name.
// From each kind of input the seed chooses a few; deep takes all of them, and much
// random damage. The cases are in the order of their ids, which do not depend on the
// seed.
func Inputs(doc *openapi3.T, seed uint64, deep bool) []cases.Case {
	var all []cases.Case
	for _, s := range subjects(doc) {
		s.chooser = chooser{seed, deep, rand.New(rand.NewPCG(seed, hashOf(s.id)))}
		all = append(all, s.ofParameters()...)
		if s.schema != nil {
			all = append(all, s.ofFields()...)
			all = append(all, s.ofDocuments()...)
			all = append(all, s.ofDamage()...)
		}
	}
	slices.SortFunc(all, func(a, b cases.Case) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// chooser chooses among inputs.
type chooser struct {
	seed uint64
	deep bool
	rng  *rand.Rand
}

// some are a few of the inputs given, or all of them.
func (c chooser) some(few int, from []string) []string {
	if c.deep || few >= len(from) {
		return from
	}
	chosen := make([]string, few)
	for i, at := range c.rng.Perm(len(from))[:few] {
		chosen[i] = from[at]
	}
	return chosen
}

// extent is how many cases of random damage an operation has, and how many bodies each.
func (c chooser) extent() (count, each int) {
	if c.deep {
		return 50, 100
	}
	return 1, 30
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// hashOf makes a number of a text, FNV-1a.
func hashOf(text string) uint64 {
	hash := uint64(14695981039346656037)
	for i := range len(text) {
		hash = (hash ^ uint64(text[i])) * 1099511628211
	}
	return hash
}
