// Package grant is the domain: who may call which API, and the rules by which
// four services give that and take it back. It knows neither HTTP nor SQL and
// imports the standard library alone.
//
// An [Authority] carries out the operations. It reads from a [Catalog] what
// exists (users, APIs, apps) and keeps in a [Store] what the operations change
// (authorizations, AppCodes). Each operation is one method, in the file named
// for its service, and checks in the same order: input, permission, existence,
// role, state (where something is compared with the present time, too). Whatever
// it refuses it refuses with an [*Error].
package grant
