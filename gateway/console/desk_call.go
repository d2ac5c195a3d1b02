package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DeskAct is one thing that an agent does with the call they are in.
type DeskAct struct {
	Conv, Agent string
	What        string // one of the acts below

	Muted  bool   // microphone
	Keys   string // keys
	To     DeskTarget
	Warm   bool    // transfer: both agents speak with each other first
	Why    string  // transfer: for the next one
	Brief  *string // transfer: what the next one is told of the caller; nil: what the flow wrote
	Did    string  // hand_back: what the agent did, as it follows their name; "" is not told
	Step   string  // hand_back: "flow/step"; "": the open question
	Slots  map[string]string
	Number string // transfer: To.Number as it is dialled
}

// DeskTarget is to whom a caller is passed on: exactly one of the three.
type DeskTarget struct {
	Agent  string   `json:"agent"`
	Skills []string `json:"skills"`
	Number string   `json:"number"`
}

// Acts, as DeskAct.What says them.
const (
	DeskHold       = "hold"
	DeskResume     = "resume"
	DeskMicrophone = "microphone"
	DeskKeys       = "keys"
	DeskTransfer   = "transfer"
	DeskComplete   = "complete"
	DeskTakeBack   = "take_back"
	DeskHandBack   = "hand_back"
)

// DeskSteps is where the bot can go on with a caller.
type DeskSteps struct {
	At    string     `json:"at"` // "flow/step" at which it stopped; may be empty
	Steps []DeskStep `json:"steps"`
	Slots []DeskSlot `json:"slots"`
}

// DeskStep is one step at which the bot asks something.
type DeskStep struct {
	Step  string `json:"step"`
	Flow  string `json:"flow"`
	Title string `json:"title"`
	Slot  string `json:"slot,omitempty"`
}

// DeskSlot is one value that is known, or that a step asks for.
type DeskSlot struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Value string `json:"value"`
	Open  bool   `json:"open"` // an agent may change it; false: only the caller gives it
}

const (
	mostWhy      = 300  // bytes of why a caller is passed on
	mostBriefing = 1000 // and of what the next one is told of them
	mostDid      = 160  // of what an agent did, as the caller is told
	mostSkills   = 8
	mostSlots    = 30
)

// deskCall does a with the call in the path, for who asks; done is the answer's status.
func (s *Server) deskCall(w http.ResponseWriter, r *http.Request, a DeskAct, done int) {
	if s.d.DeskAct == nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "no_calls", "this gateway conducts no calls")
		return
	}
	a.Conv, a.Agent = r.PathValue("id"), who(r).User
	if err := s.d.DeskAct(r.Context(), a); err != nil {
		s.actFailed(w, r, err)
		return
	}
	w.WriteHeader(done)
}

// simply is the handler of an act that needs no more words.
func (s *Server) simply(what string) http.HandlerFunc {
	return s.withDesk(func(w http.ResponseWriter, r *http.Request) {
		s.deskCall(w, r, DeskAct{What: what}, http.StatusNoContent)
	})
}

func (s *Server) deskMicrophone(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Muted bool `json:"muted"`
	}
	if s.decode(w, r, `{"muted": true}`, &in) {
		s.deskCall(w, r, DeskAct{What: DeskMicrophone, Muted: in.Muted}, http.StatusNoContent)
	}
}

func (s *Server) deskKeys(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Keys string `json:"keys"`
	}
	if s.decode(w, r, `{"keys": "12#"}`, &in) {
		s.deskCall(w, r, DeskAct{What: DeskKeys, Keys: strings.ToUpper(in.Keys)}, http.StatusNoContent)
	}
}

// deskTransfer passes the caller on.
func (s *Server) deskTransfer(w http.ResponseWriter, r *http.Request) {
	var in struct {
		DeskTarget
		Warm  bool    `json:"warm"`
		Why   string  `json:"why"`
		Brief *string `json:"briefing"`
	}
	if !s.decode(w, r, `{"agent": "lina", "warm": true, "why": "souhaite un renvoi"}, or "skills": ["litige"], or "number": "+33…",`, &in) {
		return
	}
	given := 0
	for _, yes := range []bool{in.Agent != "", len(in.Skills) > 0, in.Number != ""} {
		if yes {
			given++
		}
	}
	a := DeskAct{What: DeskTransfer, To: in.DeskTarget, Warm: in.Warm, Why: strings.TrimSpace(in.Why), Brief: in.Brief}
	switch {
	case given != 1:
		s.refuse(w, r, http.StatusBadRequest, "no_target", "say to whom: one of agent, skills and number")
		return
	case !oneLine(a.Why, mostWhy):
		s.refuse(w, r, http.StatusBadRequest, "too_long", "why: write one line of 300 bytes at most")
		return
	case a.Brief != nil && !oneLine(*a.Brief, mostBriefing):
		s.refuse(w, r, http.StatusBadRequest, "too_long", "briefing: write one line of 1000 bytes at most")
		return
	case len(in.Skills) > mostSkills || slices.ContainsFunc(in.Skills, func(k string) bool { return strings.TrimSpace(k) == "" || len(k) > 60 }):
		s.refuse(w, r, http.StatusBadRequest, "bad_request", "skills: 1 to 8 names of 60 bytes at most")
		return
	case in.Number != "":
		var err error
		if a.Number, err = s.d.Desk.Config().Number(in.Number); err != nil {
			s.refuse(w, r, http.StatusBadRequest, "number", err.Error())
			return
		}
	}
	s.deskCall(w, r, a, http.StatusAccepted)
}

// oneLine reports whether people can read or hear text as one line of at most so many bytes.
func oneLine(text string, most int) bool {
	return len(text) <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// deskHandBack gives the caller back to the bot, at a step, with slots changed.
func (s *Server) deskHandBack(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Step  string            `json:"step"`
		Slots map[string]string `json:"slots"`
		Did   string            `json:"did"`
	}
	if !s.decode(w, r, `{"step": "suivi/numero", "slots": {"commande": "45127802"}}, both may be left out,`, &in) {
		return
	}
	if len(in.Step) > 200 || len(in.Slots) > mostSlots {
		s.refuse(w, r, http.StatusBadRequest, "too_long", "step, slots: too long")
		return
	}
	did := strings.TrimRight(strings.TrimSpace(in.Did), " .!\u202f")
	if !oneLine(did, mostDid) {
		s.refuse(w, r, http.StatusBadRequest, "too_long", "did: write one line of 160 bytes at most, as it follows your name: a ouvert l’enquête")
		return
	}
	s.deskCall(w, r, DeskAct{What: DeskHandBack, Did: did, Step: in.Step, Slots: in.Slots}, http.StatusNoContent)
}

// deskSteps tells where the bot could go on.
func (s *Server) deskSteps(w http.ResponseWriter, r *http.Request) {
	if s.d.DeskSteps == nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "no_calls", "this gateway conducts no calls")
		return
	}
	st, err := s.d.DeskSteps(r.Context(), r.PathValue("id"))
	if err != nil {
		s.actFailed(w, r, err)
		return
	}
	answer(w, st)
}

// deskProposal is the conclusion that the rules propose.
func (s *Server) deskProposal(w http.ResponseWriter, r *http.Request) {
	_, evs, err := s.record(r, r.PathValue("id"))
	if err != nil {
		s.broken(w, r, err)
		return
	}
	proposed := ""
	if s.d.Propose != nil {
		proposed = s.d.Propose(evs)
	}
	answer(w, struct {
		Conclusion string `json:"conclusion"`
	}{proposed})
}

// DeskActor does what agents ask for in calls, and Stepper tells where the bot can go on.
type (
	DeskActor func(ctx context.Context, a DeskAct) error
	Stepper   func(ctx context.Context, conv string) (DeskSteps, error)
)
