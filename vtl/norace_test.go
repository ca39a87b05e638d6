//go:build !race

package vtl_test

const raceDetector = false
