package xmlwire

import (
	"encoding/xml"
	"strings"
	"testing"

	"postern/internal/aws/wire"
)

func TestWriter(t *testing.T) {
	w := NewWriter(nil, "  ")
	w.Header()
	w.OpenIn("Answer", "https://example.com/doc/")
	Optional(w, "Absent", (*string)(nil), String)
	Optional(w, "Empty", new(""), String)
	Optional(w, "Text", new("<a> & \"b\"\r\n"), String)
	Optional(w, "Yes", new(true), Bool)
	Optional(w, "Count", new(-7), Int)
	Optional(w, "Long", new(int64(1)<<40), Int64)
	Optional(w, "Double", new(0.5), Float64)
	Optional(w, "Date", new(wire.Timestamp(1336578335)), Timestamp)
	Optional(w, "Time", new(wire.Millis(1458941172920)), Millis)
	List(w, "None", "member", []string(nil), String)
	List(w, "Nothing", "member", []string{}, String)
	List(w, "Things", "member", []string{"a", "b"}, String)
	Map(w, "Map", map[string]int{"b": 2, "a": 1}, Int)
	w.Close("Answer")
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<Answer xmlns="https://example.com/doc/">
  <Empty/>
  <Text>&lt;a&gt; &amp; &quot;b&quot;&#xD;
</Text>
  <Yes>true</Yes>
  <Count>-7</Count>
  <Long>1099511627776</Long>
  <Double>0.5</Double>
  <Date>2012-05-09T15:45:35Z</Date>
  <Time>2016-03-25T21:26:12.920Z</Time>
  <Nothing/>
  <Things>
    <member>a</member>
    <member>b</member>
  </Things>
  <Map>
    <entry>
      <key>a</key>
      <value>1</value>
    </entry>
    <entry>
      <key>b</key>
      <value>2</value>
    </entry>
  </Map>
</Answer>`
	if got := string(w.Bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What is written is XML, and reads as it was, but for what XML cannot hold.
func FuzzText(f *testing.F) {
	f.Add("<a>&\"'\r\n\t\x00\x1f\uFFFE\xff]]>\U0001F600")
	f.Fuzz(func(t *testing.T, text string) {
		w := NewWriter(nil, "")
		w.Element("T", text)
		var back string
		if err := xml.Unmarshal(w.Bytes(), &back); err != nil {
			t.Fatalf("%q: %v", w.Bytes(), err)
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				return 0xFFFD
			}
			return r
		}, string([]rune(text)))
		if back != want {
			t.Errorf("%q came back as %q", text, back)
		}
	})
}
