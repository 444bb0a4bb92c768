// Package cases holds the cases an implementation is judged by, as data: one folder
// for each service, in it files of cases. docs/conformance.md tells
// the format; the types here are its reference.
package cases
