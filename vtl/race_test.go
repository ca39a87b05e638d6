//go:build race

package vtl_test

// raceDetector tells that the race detector is on, under which pools forget at random.
const raceDetector = true
