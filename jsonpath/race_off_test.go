//go:build !race

package jsonpath_test

const raceDetector = false
