//go:build race

package lambda_test

// raceDetector tells that allocations cannot be counted.
const raceDetector = true
