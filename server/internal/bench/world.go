package main

import (
	"bytes"
	"fmt"
)

// What the measured servers know: one gateway of one project.
const (
	project  = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	instance = "f0fa1789-3b76-433b-a787-9892951c620e"
	env      = "DEFAULT_ENVIRONMENT_RELEASE_ID"

	userToken  = "bench-token"
	adminToken = "bench-admin"
)

// world is how many apps and APIs there are. Pair i is app i/APIs with API i%APIs.
type world struct{ Apps, APIs int }

// everything is the world that all servers know.
var everything = world{Apps: 2700, APIs: 4000}

// appID and apiID have 32 hexadecimal digits, like those of the documents, and lie
// about as such ids do.
func appID(i int) string { return fmt.Sprintf("%016x%016x", scatter(uint64(i)+1), i) }
func apiID(i int) string { return fmt.Sprintf("%016x%016x", scatter(^uint64(i)), i) }

// scatter is a bijection that makes neighbours strangers (the finalizer of splitmix64).
func scatter(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// catalog is the world as a catalog file.
func (w world) catalog() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `users:
  - name: owner
    token: %s
    member_of:
      - project: %s
        permissions: [CreateAuthorizingAppsV2, CancelingAuthorizationV2, DeleteAppCodeV2, DeleteApiAppAuth, AuthorizeActionApiToInstance]
projects:
  - id: %[2]s
    apig:
      instances:
        - id: %s
          environments: [%s]
          apis:
`, userToken, project, instance, env)
	for i := range w.APIs {
		fmt.Fprintf(&b, "            - {id: %s, owner: owner, published: [%s]}\n", apiID(i), env)
	}
	b.WriteString("          apps:\n")
	for i := range w.Apps {
		fmt.Fprintf(&b, "            - {id: %s, owners: [owner]}\n", appID(i))
	}
	return b.Bytes()
}
