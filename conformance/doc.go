// Package conformance answers three questions. Does a contract say what the documents
// say ([Contract])? Does an implementation do what the contract says ([Server] sends it
// requests, [Proxy] listens to those of others)? And would damage be noticed: Contract
// counts that itself, and the suite's own tests count it for implementations.
//
// It needs no test framework: every function returns a [report.Report], which can be
// written for people and for programs and has an exit status.
package conformance
