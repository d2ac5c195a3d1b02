package demosystems

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// desk is the IT desk of a company: accounts, and tickets that people can list and follow.
type desk struct {
	*office
	people     map[string]*employee
	tickets    map[string]*ticket
	lastTicket int
}

type employee struct {
	ID     string `json:"id"` // six digits
	Name   string `json:"name"`
	Badge  string `json:"badge"` // the last four digits on the badge
	Phone  string `json:"phone"`
	Locked bool   `json:"locked"`
	Sent   int    `json:"-"` // temporary codes sent
}

type ticket struct {
	Number string `json:"number"` // six digits
	Owner  string `json:"owner"`
	What   string `json:"what"`   // printer | password | network | software | other
	Status string `json:"status"` // open | in_progress | waiting | resolved
	Day    int    `json:"day"`
	Date   string `json:"date"` // opened, or resolved
}

var topics = []string{"printer", "password", "network", "software", "other"}

var ticketNumber = regexp.MustCompile(`^[0-9]{6}$`)

func openDesk(o *office) (company, error) {
	d := &desk{office: o, people: map[string]*employee{}, tickets: map[string]*ticket{}, lastTicket: 240815}
	var seed struct {
		People  []*employee `json:"people"`
		Tickets []*ticket   `json:"tickets"`
	}
	if err := read("support-it", &seed); err != nil {
		return nil, err
	}
	for _, e := range seed.People {
		d.people[e.ID] = e
	}
	for _, t := range seed.Tickets {
		if !ticketNumber.MatchString(t.Number) || d.people[t.Owner] == nil {
			return nil, fmt.Errorf("demosystems: ticket %q has no six digits or no owner", t.Number)
		}
		t.Date = d.day(t.Day)
		d.tickets[t.Number] = t
	}
	return d, nil
}

func (d *desk) name() string { return "support-it" }

func (d *desk) things() (list []thing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, e := range d.people {
		what := fmt.Sprintf("%s, badge %s", e.Name, e.Badge)
		if e.Locked {
			what += "; session locked"
		}
		if e.Sent > 0 {
			what += fmt.Sprintf("; temporary codes sent: %d", e.Sent)
		}
		list = append(list, thing{id, what})
	}
	for n, t := range d.tickets {
		list = append(list, thing{n, fmt.Sprintf("ticket of %s: %s, %s, %s", t.Owner, t.What, strings.ReplaceAll(t.Status, "_", " "), t.Date)})
	}
	slices.SortFunc(list, func(a, b thing) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func (d *desk) routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /people/{id}/identity", d.with(false, d.identity))
	mux.HandleFunc("POST /people/{id}/password-reset", d.with(true, d.reset))
	mux.HandleFunc("POST /people/{id}/unlock", d.with(true, d.unlock))
	mux.HandleFunc("POST /people/{id}/tickets", d.with(false, d.open))
	mux.HandleFunc("GET /people/{id}/tickets", d.with(false, d.list))
	mux.HandleFunc("GET /tickets/{number}", d.ticket)
}

func (d *desk) with(private bool, do func(http.ResponseWriter, *http.Request, *employee)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		e := d.people[r.PathValue("id")]
		if e == nil {
			problem(w, http.StatusNotFound, "nobody has this number")
			return
		}
		if private && !d.knows(w, r, e.ID) {
			return
		}
		do(w, r, e)
	}
}

func (d *desk) identity(w http.ResponseWriter, r *http.Request, e *employee) {
	var ask struct {
		Badge string `json:"badge"`
	}
	if body(w, r, &ask) {
		d.identify(w, e.ID, ask.Badge, e.Badge, map[string]any{"name": e.Name})
	}
}

// reset sends a temporary code to the phone on file. The code never comes back here: nobody who
// listens to the call learns it.
func (d *desk) reset(w http.ResponseWriter, _ *http.Request, e *employee) {
	e.Sent++
	reply(w, http.StatusAccepted, map[string]any{"phone_end": e.Phone[len(e.Phone)-2:], "minutes": 15})
}

func (d *desk) unlock(w http.ResponseWriter, _ *http.Request, e *employee) {
	if !e.Locked {
		problem(w, http.StatusConflict, "the session is not locked")
		return
	}
	e.Locked = false
	reply(w, http.StatusOK, map[string]any{"status": "unlocked"})
}

func (d *desk) open(w http.ResponseWriter, r *http.Request, e *employee) {
	var ask struct {
		What string `json:"what"`
	}
	if !body(w, r, &ask) {
		return
	}
	if !slices.Contains(topics, ask.What) {
		problem(w, http.StatusBadRequest, "what is one of "+strings.Join(topics, ", "))
		return
	}
	d.lastTicket += 7
	t := &ticket{Number: fmt.Sprintf("%06d", d.lastTicket), Owner: e.ID, What: ask.What, Status: "open", Date: d.day(0)}
	d.tickets[t.Number] = t
	reply(w, http.StatusCreated, map[string]any{"number": t.Number, "answer_by": d.day(1)})
}

func (d *desk) list(w http.ResponseWriter, _ *http.Request, e *employee) {
	list := []*ticket{}
	for _, t := range d.tickets {
		if t.Owner == e.ID {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *ticket) int { return strings.Compare(a.Number, b.Number) })
	reply(w, http.StatusOK, map[string]any{"tickets": list})
}

func (d *desk) ticket(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tickets[r.PathValue("number")]
	if t == nil {
		problem(w, http.StatusNotFound, "no such ticket")
		return
	}
	reply(w, http.StatusOK, t)
}
