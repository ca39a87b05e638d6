//go:build race

package gateway_test

// raceDetector tells that pools lose things on purpose, so that allocations cannot be counted.
const raceDetector = true
