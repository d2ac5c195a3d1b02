package storetest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// RunFind checks that conversations are found by what was said in them and by what the record says of
// them. st is new and empty; settle makes everything that was appended findable.
func RunFind(t *testing.T, st store.Store, settle func()) {
	chat := []event.Event{
		{Conv: "chat", Seq: 1, At: t0.Add(time.Hour), Body: event.Started{Channel: "text", Bot: "colibri", Lang: "fr"}},
		{Conv: "chat", Seq: 2, At: t0.Add(time.Hour), Body: event.Said{Text: "Ma sœur a été débitée DEUX fois, l’été dernier", How: "typed"}},
		{Conv: "chat", Seq: 3, At: t0.Add(time.Hour), Body: event.Prompted{Text: "Je regarde le remboursement, un instant.", Heard: "Je regarde", Cut: true}},
		{Conv: "chat", Seq: 4, At: t0.Add(time.Hour), Body: event.Said{Text: "••••", How: "typed", Alternatives: []event.Alternative{{Text: "••••"}}}},
		{Conv: "chat", Seq: 5, At: t0.Add(time.Hour), Body: event.Stepped{Intent: "remboursement", Slots: []event.Slot{{Name: "carte", Value: "••••", Shown: "••••"}}}},
		{Conv: "chat", Seq: 6, At: t0.Add(time.Hour), Body: event.Rated{Survey: "csat", Score: 4, Scale: 5}},
		{Conv: "chat", Seq: 7, At: t0.Add(time.Hour), Body: event.Ended{Outcome: "resolved", By: "bot"}},
	}
	must(t, st.Append(t.Context(), Call("call", t0)...))
	must(t, st.Append(t.Context(), Call("same", t0)...)) // begins in the same microsecond
	must(t, st.Append(t.Context(), chat...))
	settle()
	t.Run("by", func(t *testing.T) {
		for _, tc := range []struct {
			name string
			q    store.Query
			want string
		}{
			{"words", store.Query{Text: "colis"}, "same call"},
			{"words in two lines", store.Query{Text: "colis mardi"}, "same call"},
			{"accents and case", store.Query{Text: "OU EST mon Côlîs"}, "same call"},
			{"the beginning of a word", store.Query{Text: "rega"}, "chat"},
			{"a short word is whole", store.Query{Text: "do"}, ""},
			{"an apostrophe", store.Query{Text: "l'ete"}, "chat"},
			{"a ligature", store.Query{Text: "soeur"}, "chat"},
			{"a phrase", store.Query{Text: `"deux fois"`}, "chat"},
			{"another phrase", store.Query{Text: `« fois deux »`}, ""},
			{"what was not heard", store.Query{Text: "remboursement"}, ""},
			{"what is masked", store.Query{Text: "carte"}, ""},
			{"all words", store.Query{Text: "colis regarde"}, ""},
			{"an index's own words", store.Query{Text: "OR colis"}, ""},
			{"signs of an index", store.Query{Text: `colis* -mardi ^est words:colis (`}, ""},
			{"words and intent", store.Query{Text: "colis", Intent: "suivi"}, "same call"},
			{"words and another intent", store.Query{Text: "colis", Intent: "rembours"}, ""},
			{"intent", store.Query{Intent: "rembours"}, "chat"},
			{"a sign of LIKE", store.Query{Intent: "%"}, ""},
			{"number", store.Query{Number: "06 12 34"}, "call same"},
			{"number abroad", store.Query{Number: "+33 6"}, "call same"},
			{"end of a number", store.Query{Number: "5678"}, "call same"},
			{"another number", store.Query{Number: "06 99"}, ""},
			{"agent", store.Query{Agent: "KAR"}, "call same"},
			{"queue", store.Query{Queue: "litige"}, "call same"},
			{"outcomes", store.Query{Outcome: "resolved,transferred"}, "chat call same"},
			{"outcome", store.Query{Outcome: "resolved"}, "chat"},
			{"since", store.Query{Since: t0.Add(time.Minute)}, "chat"},
			{"words since", store.Query{Text: "colis", Since: t0}, "same call"},
			{"words later", store.Query{Text: "colis", Since: t0.Add(time.Minute)}, ""},
			{"words before", store.Query{Text: "colis", Before: t0}, ""},
			{"bot", store.Query{Bot: "colibri", Channel: "text"}, "chat"},
			{"another bot", store.Query{Bot: "banque"}, ""},
		} {
			if ids, _ := list(t, st, tc.q); strings.Join(ids, " ") != tc.want {
				t.Errorf("%s: got %v, want %q", tc.name, ids, tc.want)
			}
		}
	})
	t.Run("where it stands", func(t *testing.T) {
		_, sum := list(t, st, store.Query{Text: "deb soeur"})
		want := &store.Match{Seq: 2, OffsetMS: 0, Who: "caller", Parts: []string{"Ma ", "sœur", " a été ", "débitée", " DEUX fois, l’été dernier"}}
		if !reflect.DeepEqual(sum.Match, want) {
			t.Errorf("got %+v, want %+v", sum.Match, want)
		}
		if sum.Rated == nil || *sum.Rated != (store.Rating{Score: 4, Scale: 5}) || sum.Rated.Of5() != 4 {
			t.Errorf("rated %v", sum.Rated)
		}
	})
	t.Run("page by page", func(t *testing.T) {
		var got []string
		q := store.Query{Text: "colis", Limit: 1}
		for range 3 {
			ids, last := list(t, st, q)
			got = append(got, ids...)
			q.Before, q.BeforeID = last.Start, last.ID
			if len(ids) == 0 {
				break
			}
		}
		if strings.Join(got, " ") != "same call" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("refuses", func(t *testing.T) {
		for _, q := range []store.Query{{Text: "!?"}, {Text: strings.Repeat("a", 201)}, {Text: strings.Repeat("a ", 13)}, {Text: "\xff"}, {Number: "6"}, {Number: "Karim"}} {
			for _, err := range st.Conversations(t.Context(), q) {
				if err == nil {
					t.Errorf("%+v was understood", q)
				}
			}
		}
	})
}

// FiguresStore is what RunFigures needs.
type FiguresStore interface {
	store.Store
	store.Figures
}

// RunFigures checks the figures of a day. st is new and empty.
func RunFigures(t *testing.T, st FiguresStore) {
	end := func(conv string, at time.Time, more ...event.Body) {
		t.Helper()
		evs := []event.Event{{Conv: conv, Seq: 1, At: at, Body: event.Started{Channel: "voice", Bot: "colibri"}}}
		for _, b := range more {
			at = at.Add(time.Second)
			evs = append(evs, event.Event{Conv: conv, Seq: uint64(len(evs) + 1), At: at, Body: b})
		}
		must(t, st.Append(t.Context(), evs...))
	}
	day := t0.Truncate(24 * time.Hour)
	end("resolved", day.Add(9*time.Hour), event.Rated{Score: 5, Scale: 5}, event.Ended{Outcome: "resolved"})
	end("callback", day.Add(9*time.Hour), event.Ended{Outcome: "callback"})
	end("unanswered", day.Add(9*time.Hour), event.Ended{Outcome: "unanswered"})
	end("runs", day.Add(10*time.Hour))
	end("waits", day.Add(10*time.Hour), event.TransferStarted{Skills: []string{"suivi"}, Reason: "asked"}, event.TransferRinging{Agent: "lina"})
	end("given up", day.Add(10*time.Hour), event.Rated{Score: 1, Scale: 10}, event.TransferStarted{Reason: "asked"}, event.Ended{Outcome: "abandoned"})
	end("twice", day.Add(23*time.Hour), event.TransferStarted{Reason: "asked"}, event.TransferEnded{Outcome: "busy", WaitedMS: 900}, event.TransferStarted{Skills: []string{"litige", "fr"}, Reason: "not_understood"},
		event.TransferRinging{Agent: "karim"}, event.Bridged{Agent: "karim"}, event.Ended{Outcome: "transferred"})
	end("answered", day.Add(23*time.Hour), event.Ended{Outcome: "unconfirmed"})
	end("tomorrow", day.Add(24*time.Hour), event.Ended{Outcome: "resolved"})
	end("other", day.Add(11*time.Hour), event.Ended{Outcome: "resolved"})
	hours, err := st.Hours(t.Context(), day, day.Add(24*time.Hour), "colibri")
	must(t, err)
	want := []store.Hour{
		{Start: day.Add(9 * time.Hour), Conversations: 3, Ended: 2, Resolved: 1, Automated: 2, Solved: 1, Ratings: 1, Rated: 5},
		{Start: day.Add(10 * time.Hour), Conversations: 3, Ended: 1, Ratings: 1, Rated: 1},
		{Start: day.Add(11 * time.Hour), Conversations: 1, Ended: 1, Resolved: 1, Automated: 1, Solved: 1},
		{Start: day.Add(23 * time.Hour), Conversations: 2, Ended: 2, Unconfirmed: 1, Solved: 1},
	}
	if !reflect.DeepEqual(hours, want) {
		t.Errorf("got  %v\nwant %v", hours, want)
	}
	if hours, err := st.Hours(t.Context(), day, day.Add(24*time.Hour), "banque"); err != nil || len(hours) != 0 {
		t.Errorf("of another bot: %v, %v", hours, err)
	}
	hands, err := st.Handoffs(t.Context(), day, day.Add(24*time.Hour), "")
	must(t, err)
	twice, ten := day.Add(23*time.Hour), day.Add(10*time.Hour)
	wantHands := []store.Handoff{
		{Conv: "twice", Seq: 4, At: twice.Add(3 * time.Second), Reason: "not_understood", Queue: "litige, fr", Agent: "karim", Outcome: "completed", Joined: twice.Add(5 * time.Second), End: twice.Add(6 * time.Second), Waited: 2 * time.Second, Talked: time.Second, Rung: 1},
		{Conv: "twice", Seq: 2, At: twice.Add(time.Second), Reason: "asked", Outcome: "busy", End: twice.Add(2 * time.Second), Waited: 900 * time.Millisecond},
		{Conv: "given up", Seq: 3, At: ten.Add(2 * time.Second), Reason: "asked", Outcome: "caller_left", End: ten.Add(3 * time.Second), Waited: time.Second},
		{Conv: "waits", Seq: 2, At: ten.Add(time.Second), Reason: "asked", Queue: "suivi", Agent: "lina", Rung: 1},
	}
	if !reflect.DeepEqual(hands, wantHands) {
		t.Errorf("got  %v\nwant %v", hands, wantHands)
	}
}
