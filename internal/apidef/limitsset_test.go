package apidef

import (
	"strings"
	"testing"
)

func TestSetQuota(t *testing.T) {
	l := DefaultLimits()
	if err := l.Set("resources", 1000); err != nil || l.Resources != 1000 {
		t.Errorf("resources=1000: %v, %d", err, l.Resources)
	}
	if err := l.Set("EdgeAPIs", 0); err != nil || l.EdgeAPIs != 0 {
		t.Errorf("EdgeAPIs=0: %v, %d", err, l.EdgeAPIs)
	}
	if err := l.Set("resource", 1); err == nil || !strings.Contains(err.Error(), "Resources, ") {
		t.Errorf("an unknown name: %v, want the list of names", err)
	}
	if err := l.Set("resources", -1); err == nil || l.Resources != 1000 {
		t.Errorf("a negative figure: %v, %d", err, l.Resources)
	}
}
