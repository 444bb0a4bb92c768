// Package generate makes cases that nobody has written down: requests at and beyond
// the bounds of the contract's schemas ([Inputs]), and random sequences of operations
// whose every answer a model foretells ([Sequences]). What it makes depends on its seed
// alone.
package generate
