package client

// What the tests want to reach inside.
var (
	ParseTime = parseTime
	PointerAt = pointerAt
	WaitAfter = Retry.after
)
