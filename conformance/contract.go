package conformance

import (
	"context"
	"time"

	"github.com/appgrant/appgrant/conformance/internal/contract"
	"github.com/appgrant/appgrant/conformance/report"
)

// ContractOptions say how to judge a contract.
type ContractOptions struct {
	// Rulings holds the file to what this project decided where the documents are
	// silent, too. Without it a file may decide otherwise, if it marks that with x-ruling.
	Rulings bool
	// Mutations also counts how much damage to the file, and to the documents' examples,
	// would be noticed.
	Mutations bool
}

// Contract judges an OpenAPI file, in YAML or JSON, against the documents: each of
// their facts and examples is in it, and each thing in it is in a document or marked as
// a ruling. name is what the report calls the file.
func Contract(ctx context.Context, name string, spec []byte, opts ContractOptions) *report.Report {
	started := time.Now()
	r := &report.Report{Tool: tool(), Subject: name, Started: started.UTC()}
	trace, err := contract.Judge(ctx, spec, contract.Options{Rulings: opts.Rulings, Mutations: opts.Mutations})
	if err != nil {
		r.Problem = err.Error()
	}
	r.Trace = trace
	r.Duration = time.Since(started)
	return r
}
