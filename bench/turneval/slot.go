package turneval

import (
	"time"

	"decroche/flows"
	"decroche/flows/entity"
)

// today is the day on which generated turns are spoken; dates without a year are after it.
var today = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// spec is what flows/entity is asked to read.
func (x *Expectation) spec() entity.Spec {
	s := entity.Spec{Type: x.Entity}
	switch x.Entity {
	case entity.TypeDigits, entity.TypeSpelled:
		s.Length = x.Digits
	case entity.TypeList:
		s.Values = map[string][]string{}
		for _, v := range append(x.Values, x.Value) {
			s.Values[v] = []string{v}
		}
	}
	return s
}

// read is the slot's value in text, "" when there is none.
func (x *Expectation) read(lang, text string) string {
	if v := entity.Parse(x.spec(), lang, text, today); len(v) > 0 {
		return v[0].Text
	}
	return ""
}

// scored tells whether the turn has a slot whose value is known.
func (x *Expectation) scored() bool { return x != nil && x.Value != "" }

// flow is what the flow would tell the ears, as flows.Engine makes it.
func (x *Expectation) flow() flows.Expect {
	if x == nil {
		return flows.Expect{}
	}
	e := flows.Expect{Entity: x.Entity, Slot: x.Slot, Spec: x.spec(), Hints: x.Values}
	if x.Entity == entity.TypeDigits || x.Entity == entity.TypeSpelled {
		e.Digits = x.Digits
	}
	return e
}
