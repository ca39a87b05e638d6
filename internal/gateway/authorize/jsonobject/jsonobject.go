// Package jsonobject reads a JSON object member by member, in the order in which it was written, which a map would lose.
//
// What comes in: the text of one object. What goes out: its members' names and the texts of their values.
package jsonobject

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Members calls each for the members of the object that text is. It stops at the first error of each, and gives an error
// for text that is no object, or more than one.
func Members(text []byte, each func(name string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.New("it is no object")
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return errors.New("a member has no name")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := each(name, value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}
