package operations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/smithy-go"

	"postern/internal/aws/wire/wiretest"
)

// caller calls an operation with an input, and gives its answer, each as JSON values with the API reference's names.
type caller interface {
	call(operation string, input map[string]any) (answer map[string]any, err error)
}

// refusal is an error that the service answered.
type refusal struct{ code, message string }

func (r refusal) Error() string { return r.code + ": " + r.message }

// sdk calls through the AWS SDK for Go. The SDK's methods and structs carry the names of the API reference, so that
// reflection finds them: no operation has code of its own here.
type sdk struct{ client *apigateway.Client }

func newSDK(addr string) sdk {
	return sdk{apigateway.NewFromConfig(wiretest.Config("http://"+addr, "us-east-1"))}
}

func (s sdk) call(operation string, input map[string]any) (map[string]any, error) {
	method := reflect.ValueOf(s.client).MethodByName(operation)
	if !method.IsValid() {
		return nil, fmt.Errorf("the SDK has no operation %s", operation)
	}
	in := reflect.New(method.Type().In(1).Elem())
	if err := fillInput(in, input); err != nil {
		return nil, err
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
	if err, failed := reflect.TypeAssert[error](out[1]); failed {
		if answered, ok := errors.AsType[smithy.APIError](err); ok {
			return nil, refusal{answered.ErrorCode(), answered.ErrorMessage()}
		}
		return nil, err
	}
	answer, _ := plain(out[0]).(map[string]any)
	return answer, nil
}

// fillInput decodes the input into the SDK's struct, whose fields differ from the members in case only. A body is bytes.
func fillInput(in reflect.Value, input map[string]any) error {
	if body, ok := input["body"].(string); ok {
		if field := in.Elem().FieldByName("Body"); field.Kind() == reflect.Slice {
			field.SetBytes([]byte(body))
			rest := make(map[string]any, len(input))
			for name, value := range input {
				if name != "body" {
					rest[name] = value
				}
			}
			input = rest
		}
	}
	decoder := json.NewDecoder(strings.NewReader(toJSON(input)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(in.Interface())
}

// plain turns the SDK's structs into JSON values: members in lower camel case, without those that were not answered,
// times in seconds, bytes as text.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if when, ok := reflect.TypeAssert[*time.Time](v); ok {
			return json.Number(fmt.Sprint(when.Unix()))
		}
		return plain(v.Elem())
	case reflect.Struct:
		return plainStruct(v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return string(v.Bytes())
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		object := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			object[key.String()] = plain(v.MapIndex(key))
		}
		return object
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	default:
		return json.Number(fmt.Sprint(v.Interface()))
	}
}

func plainStruct(v reflect.Value) any {
	object := make(map[string]any, v.NumField())
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if !field.IsExported() || field.Name == "ResultMetadata" {
			continue
		}
		nilable := value.Kind() == reflect.Pointer || value.Kind() == reflect.Slice || value.Kind() == reflect.Map
		if nilable && value.IsNil() || value.Kind() == reflect.String && value.Len() == 0 {
			continue
		}
		object[strings.ToLower(field.Name[:1])+field.Name[1:]] = plain(value)
	}
	return object
}
