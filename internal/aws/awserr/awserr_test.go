package awserr

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
)

// Every exception of the API Gateway model is in the table, with the model's status.
func TestCodesMatchModel(t *testing.T) {
	text, err := os.ReadFile("../wire/model/apigateway-2015-07-09.json")
	if err != nil {
		t.Fatal(err)
	}
	var model struct {
		Shapes map[string]struct {
			Exception bool
			Status    int
		}
	}
	if err := json.Unmarshal(text, &model); err != nil {
		t.Fatal(err)
	}
	table := map[string]int{}
	for _, code := range []Code{
		BadRequest, Unauthorized, NotFound, Conflict, LimitExceeded, TooManyRequests, ServiceUnavailable,
	} {
		table[code.Name] = code.Status
	}
	found := 0
	for name, shape := range model.Shapes {
		if !shape.Exception {
			continue
		}
		found++
		if table[name] != shape.Status {
			t.Errorf("%s: status %d, the model has %d", name, table[name], shape.Status)
		}
	}
	if found != len(table) {
		t.Errorf("the table has %d of the model's errors, the model %d", len(table), found)
	}
}

func TestErrorf(t *testing.T) {
	for _, c := range []struct {
		got  *Error
		want string
	}{
		{
			NotFound.Errorf("Invalid API identifier specified %s:%s", "000000000000", "abc"),
			"NotFoundException: Invalid API identifier specified 000000000000:abc",
		},
		{BadRequest.Errorf("Invalid path"), "BadRequestException: Invalid path"},
	} {
		if got := c.got.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestErrorTravelsWrapped(t *testing.T) {
	err := fmt.Errorf("put integration: %w", TooManyRequests.Errorf("Too Many Requests").RetryAfter(3))
	refusal, ok := errors.AsType[*Error](err)
	if !ok || refusal.Code != TooManyRequests || refusal.RetryAfterSeconds != 3 {
		t.Errorf("got %#v", refusal)
	}
	if !errors.Is(err, TooManyRequests.Errorf("Too Many Requests")) {
		t.Error("errors.Is does not find an error of the same code and text")
	}
	if errors.Is(err, LimitExceeded.Errorf("Too Many Requests")) {
		t.Error("errors.Is confuses two codes")
	}
}
