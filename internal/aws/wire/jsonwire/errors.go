package jsonwire

import "postern/internal/aws/awserr"

// Java's names of the values that a JSON body can hold, as AWS's texts print them.
// Source: recorded AWS answers (Boolean, TruncatingBigNumber); String: inferred.
const (
	javaBoolean = "class java.lang.Boolean"
	javaNumber  = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"
	javaString  = "class java.lang.String"
)

// cannotConvert refuses a value of one type where the model has another.
// Source: recorded AWS answer, "class java.lang.Boolean can not be converted to an String" ("an" included).
func (r *Reader) cannotConvert(from, to string) { r.refuse(from + " can not be converted to an " + to) }

// unexpectedScalar refuses a number or a boolean where a structure or a list belongs (inferred).
func (r *Reader) unexpectedScalar(wanted string) {
	switch c := r.peek(); {
	case c == 't' || c == 'f':
		r.refuse("Unexpected value type in payload: boolean where " + wanted + " is expected")
	case c == '-' || '0' <= c && c <= '9':
		r.refuse("Unexpected value type in payload: number where " + wanted + " is expected")
	default:
		r.malformed("expected a value")
	}
}

// malformed refuses what is no JSON. The text is ours: nobody recorded AWS's.
func (r *Reader) malformed(what string) {
	if r.err == nil {
		line, column := r.place()
		r.stop(awserr.Serialization.Errorf("Malformed JSON at line %d, column %d: %s", line, column, what))
	}
}

func (r *Reader) refuse(text string) {
	if r.err == nil {
		r.stop(awserr.Serialization.Errorf("%s", text))
	}
}

func (r *Reader) stop(err *awserr.Error) {
	r.err = err
	r.pos = len(r.text)
}

// place is where the reader stands, both counted from 1, columns in bytes.
func (r *Reader) place() (line, column int) {
	line, column = 1, 1
	for i := range min(r.pos, len(r.text)) {
		if r.text[i] == '\n' {
			line, column = line+1, 0
		}
		column++
	}
	return line, column
}
