package wiretest

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// model is a service model as the tests read it, on their own: nothing of the generator's reading is trusted.
type model struct {
	t          testing.TB
	Operations map[string]operation
	Shapes     map[string]shape
}

type operation struct{ Input, Output string }

type shape struct {
	Type, Payload, Pattern, Member, Key, Value string
	Enum                                       []string
	Min, Max                                   *float64
	Fields                                     []member
}

type member struct{ Name, Shape, In string }

func readModel(t testing.TB, path string) *model {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := &model{t: t}
	if err := json.Unmarshal(text, m); err != nil {
		t.Fatal(err)
	}
	return m
}

// sample gives a legal value of a shape with every member set: a text, bool, float64, list, or a map; a structure by the
// names of its members. hint makes the values of different members differ where they can.
func (m *model) sample(name, hint string) any {
	switch s := m.Shapes[name]; s.Type {
	case "string":
		return m.text(name, s, hint)
	case "boolean":
		return true
	case "integer", "long", "float", "double":
		return number(s)
	case "timestamp":
		return float64(1453416433)
	case "blob":
		return "raw \x00\xff " + hint
	case "list":
		list := []any{m.sample(s.Member, hint+"1")}
		if s.Max == nil || *s.Max >= 2 {
			list = append(list, m.sample(s.Member, hint+"2"))
		}
		return list
	case "map":
		values := map[string]any{m.text(s.Key, m.Shapes[s.Key], "keyA").(string): m.sample(s.Value, hint+"1")}
		if s.Min != nil && *s.Min >= 2 {
			values[m.text(s.Key, m.Shapes[s.Key], "keyB").(string)] = m.sample(s.Value, hint+"2")
		}
		return values
	default:
		values := map[string]any{}
		for _, f := range s.Fields {
			values[f.Name] = m.sample(f.Shape, f.Name)
			switch f.In {
			case "statusCode":
				values[f.Name] = float64(202)
			case "header":
				if m.Shapes[f.Shape].Pattern == "" && len(m.Shapes[f.Shape].Enum) == 0 {
					values[f.Name] = "header <&>\"/%=+ " + f.Name
				}
			}
		}
		return values
	}
}

func number(s shape) any {
	switch {
	case s.Max != nil:
		return *s.Max
	case s.Min != nil:
		return *s.Min + 1
	case s.Type == "double" || s.Type == "float":
		return 1.5
	}
	return float64(7)
}

// candidates are texts that the patterns of the models ask for.
func candidates(hint string) []string {
	return []string{
		hint + " é\"<&>\u2028\n/%=+", hint + "é<&>", hint + " <&>+=", hint, strings.ToLower(hint), hint + "-0123456789abcdef", "abcdefghijklmnop" + hint,
		"/" + hint + "/", "v1", "123456789012", "0123456789", "123456", "en", "us-east-1", "us-east-1a", "$LATEST", "$LATEST.PUBLISHED",
		"arn:aws:iam::123456789012:role/" + hint, "arn:aws:lambda:us-east-1:123456789012:function:" + hint,
		"arn:aws:lambda:us-east-1:123456789012:layer:" + hint + ":1",
		"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:01234567-89ab-cdef-0123-456789abcdef",
		"arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0",
		"arn:aws:lambda:us-east-1::runtime:" + strings.Repeat("0123456789abcdef", 4),
		"arn:aws:lambda:us-east-1:123456789012:capacity-provider:" + hint,
		"arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
		"arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
		"arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
		"arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/01234567-89ab-cdef-0123-456789abcdef",
		"arn:aws:signer:us-east-1:123456789012:/signing-profiles/" + hint, "arn:aws:sqs:us-east-1:123456789012:" + hint,
		"123456789012.dkr.ecr.us-east-1.amazonaws.com/repo:latest", "www.example.com", "example.com.", "admin@example.com",
		"lambda:InvokeFunction", "lambda.amazonaws.com", "python3.13", "/mnt/data", "o-0123456789", "alexa.x", "2026-01-31T00:00:00Z",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "01234567-89ab-cdef-0123-456789abcdef", "10.0.0.0/16", "{}",
		strings.Repeat("0123456789abcdef", 4), "ipv4pool-coip-" + hint, "#{protocol}", "TagsException", "404", "ipam-pool-" + hint,
		"arn:aws:lambda:us-east-1:123456789012:function:f:1/durable-execution/" + hint + "/e",
	}
}

// javaEscape is how the models' patterns name a character.
var javaEscape = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

// lookaround is what Go's expressions do not have; what it says holds for every candidate that is a plain word.
var lookaround = regexp.MustCompile(`\(\?(!|<!|=|<=)[^()]*\)`)

func (m *model) text(name string, s shape, hint string) any {
	if len(s.Enum) > 0 {
		return s.Enum[len(s.Enum)-1]
	}
	pattern := lookaround.ReplaceAllString(javaEscape.ReplaceAllString(s.Pattern, `\x{$1}`), "")
	whole, err := regexp.Compile("^(?:" + pattern + ")$")
	if err != nil {
		m.t.Fatalf("pattern of %s: %v", name, err)
	}
	for _, text := range candidates(hint) {
		length := float64(utf8.RuneCountInString(text))
		if (s.Pattern == "" || whole.MatchString(text)) && (s.Min == nil || length >= *s.Min) && (s.Max == nil || length <= *s.Max) {
			return text
		}
	}
	m.t.Fatalf("no candidate for %s: %s", name, s.Pattern)
	return nil
}
