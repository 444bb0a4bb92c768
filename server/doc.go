// Package server is a server that behaves as the contract says: it keeps what
// exists in a catalog and what is authorized in a database, and answers the five
// operations over HTTP.
package server
