package gatewayresponse

import (
	"strings"

	"postern/internal/gateway/mapping"
	"postern/internal/gateway/message"
	"postern/java"
)

// template is a compiled gateway response template: literal text and variables in turn.
type template []part

// part is literal text when read is nil.
type part struct {
	text string // the literal, or the variable's name
	read func(f *failure, name string) string
}

// failure is an exchange that ends early, and why.
type failure struct {
	x *message.Exchange
	e *Error
}

// defaultTemplate is the template of every type that is not customized.
// Source: recorded AWS answer (gateway response CRUD).
const defaultTemplate = `{"message":$context.error.messageString}`

// source is a way to name a variable in a template.
type source struct {
	prefix string
	// more are the characters besides letters, digits and _ that may stand in a name.
	more string
	read func(f *failure, name string) string
}

// sources lists the variables of gateway response templates. The method request's parameters are found with a dollar
// sign and, as the guide writes them, without one.
var sources = [...]source{
	{"context.", ".", readContext},
	{"stageVariables.", "", readStageVariable},
	{"method.request.header.", "-.$", readHeader},
	{"method.request.querystring.", "-.$", readQuery},
	{"method.request.path.", "-.$", readPath},
}

func compileTemplate(text string) template {
	var t template
	start := 0
	for i := 0; i < len(text); {
		p, n := variableAt(text[i:])
		if n == 0 {
			i++
			continue
		}
		if i > start {
			t = append(t, part{text: text[start:i]})
		}
		t = append(t, p)
		i += n
		start = i
	}
	if start < len(text) {
		t = append(t, part{text: text[start:]})
	}
	return t
}

// variableAt reads the variable that text starts with: $name, ${name}, or method.request... on its own. n is its length,
// 0 if there is none.
func variableAt(text string) (p part, n int) {
	if strings.HasPrefix(text, "method.request.") {
		return bareVariable(text)
	}
	if text[0] != '$' || len(text) == 1 {
		return part{}, 0
	}
	if text[1] != '{' {
		p, n = bareVariable(text[1:])
		if n > 0 {
			n++
		}
		return p, n
	}
	if p, n = bareVariable(text[2:]); n > 0 && strings.HasPrefix(text[2+n:], "}") {
		return p, n + 3
	}
	return part{}, 0
}

func bareVariable(text string) (part, int) {
	for i := range sources {
		s := &sources[i]
		rest, ok := strings.CutPrefix(text, s.prefix)
		if !ok {
			continue
		}
		n := 0
		for n < len(rest) && s.inName(rest[n]) {
			n++
		}
		name := strings.TrimRight(rest[:n], ".")
		if name == "" {
			return part{}, 0
		}
		return part{name, s.read}, len(s.prefix) + len(name)
	}
	return stageVariableInBrackets(text)
}

func (s *source) inName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || strings.IndexByte(s.more, c) >= 0
}

// stageVariableInBrackets reads stageVariables['name'], with either quote.
func stageVariableInBrackets(text string) (part, int) {
	const prefix = "stageVariables["
	if !strings.HasPrefix(text, prefix) || len(text) == len(prefix) {
		return part{}, 0
	}
	quote := text[len(prefix) : len(prefix)+1]
	name, _, ok := strings.Cut(text[len(prefix)+1:], quote+"]")
	if !ok || quote != "'" && quote != `"` {
		return part{}, 0
	}
	return part{name, readStageVariable}, len(prefix) + len(name) + 3
}

func (t template) append(dst []byte, f *failure) []byte {
	for i := range t {
		if t[i].read == nil {
			dst = append(dst, t[i].text...)
		} else {
			dst = append(dst, t[i].read(f, t[i].text)...)
		}
	}
	return dst
}

func readContext(f *failure, name string) string {
	switch name {
	case "error.message":
		return f.e.message
	case "error.messageString":
		return f.x.Error.MessageString
	case "error.responseType":
		return f.e.Type()
	case "error.validationErrorString":
		return f.e.validation
	}
	value, _ := mapping.ContextVariable(f.x, name)
	return value
}

func readStageVariable(f *failure, name string) string { return f.x.StageVariables[name] }

func readHeader(f *failure, name string) string {
	value, _ := f.x.Request.Header.GetFold(name)
	return value
}

func readQuery(f *failure, name string) string {
	value, _ := f.x.Query.Get(name)
	return value
}

func readPath(f *failure, name string) string {
	value, _ := f.x.PathParameters.Get(name)
	return value
}

// messageString is the message as JSON: null when there is none, and with a blank in front in the execution phase.
func (e *Error) messageString() string {
	var text []byte
	if e.form == spaced {
		text = append(text, ' ')
	}
	if e.message == "" {
		return string(append(text, "null"...))
	}
	return string(java.AppendJSON(text, e.message))
}
