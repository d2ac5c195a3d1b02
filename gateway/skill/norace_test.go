//go:build !race

package skill_test

const raceEnabled = false
