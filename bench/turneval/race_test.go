//go:build race

package turneval

// tested are the classes that tests build: a few, because the race detector makes them slow.
const tested = "CKM"
