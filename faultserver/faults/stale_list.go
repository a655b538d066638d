package faults

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// StaleList answers lists of parts, objects and uploads as they were a while ago: the newest entries are left out. A
// client that resumes an upload from such a list sends parts again, or completes without them.
type StaleList struct {
	// Age leaves out entries younger than this.
	Age units.Duration `yaml:"age,omitempty" json:"age,omitempty" jsonschema:"description=Entries younger than this are left out."`
	// Missing leaves out the last n entries of a list. Zero, without Age: 1.
	Missing int `yaml:"missing,omitempty" json:"missing,omitempty" jsonschema:"description=How many entries at the end of the list are left out. Default 1 where there is no age.,minimum=0"`
}

// Defaults implements Config.
func (c *StaleList) Defaults() {
	if c.Missing == 0 && c.Age == 0 {
		c.Missing = 1
	}
}

// New implements Config.
func (c *StaleList) New(Env) (Fault, error) { return staleList{*c}, nil }

type staleList struct{ StaleList }

func (f staleList) Act(x *Exchange) bool {
	c := x.Capture()
	body, dropped := f.cut(c.Body.Bytes(), time.Now())
	if dropped > 0 {
		x.Note("stale_list")
		c.Fields.Set("Content-Length", strconv.Itoa(len(body)))
	}
	c.sendHeader(x.W)
	_, _ = x.W.Write(body) // an error here means that the client has gone
	return true
}

// entries are the elements that lists are made of, and where they say how old they are.
var entries = map[string]bool{"Part": true, "Contents": true, "Upload": true}

// cut leaves entries out. What is no list stays as it is.
func (f staleList) cut(list []byte, now time.Time) (body []byte, dropped int) {
	type span struct {
		from, to int64
		when     time.Time
	}
	var spans []span
	d := xml.NewDecoder(bytes.NewReader(list))
	for {
		from := d.InputOffset()
		token, err := d.Token()
		if err != nil {
			break
		}
		start, ok := token.(xml.StartElement)
		if !ok || !entries[start.Name.Local] {
			continue
		}
		var entry struct {
			LastModified time.Time
			Initiated    time.Time
		}
		if d.DecodeElement(&entry, &start) != nil {
			break
		}
		when := entry.LastModified
		if when.IsZero() {
			when = entry.Initiated
		}
		spans = append(spans, span{from, d.InputOffset(), when})
	}
	at := int64(0)
	for i, s := range spans {
		if i < len(spans)-f.Missing && (f.Age == 0 || now.Sub(s.when) >= f.Age.D()) {
			continue
		}
		body = append(body, list[at:s.from]...)
		at = s.to
		dropped++
	}
	return append(body, list[at:]...), dropped
}
