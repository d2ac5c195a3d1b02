package demosystems

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// telecom is the customer system of a mobile operator.
type telecom struct {
	*office
	lines map[string]*line
}

// line is one mobile number. Data is counted in gigabytes.
type line struct {
	Number   string  `json:"number"` // E.164
	Name     string  `json:"name"`
	Postcode string  `json:"postcode"` // of the bill
	Plan     string  `json:"plan"`
	Used     float64 `json:"used"`
	Renews   int     `json:"renews"` // days from now
	PUK      string  `json:"puk"`
	Next     string  `json:"next,omitempty"` // plan from the renewal on
}

// plan is what can be subscribed to. The price is euros a month.
type plan struct {
	Plan  string `json:"plan"`
	Title string `json:"title"`
	Data  int    `json:"data"`
	Price string `json:"price"`
}

var plans = map[string]plan{
	"mini":    {"mini", "Mini", 5, "7.99"},
	"liberte": {"liberte", "Liberté", 50, "14.99"},
	"horizon": {"horizon", "Horizon", 150, "24.99"},
}

func openTelecom(o *office) (company, error) {
	t := &telecom{office: o, lines: map[string]*line{}}
	var list []*line
	if err := read("telecom", &list); err != nil {
		return nil, err
	}
	for _, l := range list {
		if _, ok := plans[l.Plan]; !ok {
			return nil, fmt.Errorf("demosystems: line %s has the plan %q, which does not exist", l.Number, l.Plan)
		}
		t.lines[l.Number] = l
	}
	return t, nil
}

func (t *telecom) name() string { return "telecom" }

func (t *telecom) things() (list []thing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for n, l := range t.lines {
		what := fmt.Sprintf("%s, postcode %s; plan %s, %.1f GB used", l.Name, l.Postcode, l.Plan, l.Used)
		if l.Next != "" {
			what += "; then " + l.Next
		}
		list = append(list, thing{"0" + strings.TrimPrefix(n, "+33"), what})
	}
	slices.SortFunc(list, func(a, b thing) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func (t *telecom) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /lines/{number}", t.with(false, func(w http.ResponseWriter, _ *http.Request, l *line) {
		reply(w, http.StatusOK, t.shown(l))
	}))
	mux.HandleFunc("POST /lines/{number}/identity", t.with(false, t.identity))
	mux.HandleFunc("GET /plans/{plan}", func(w http.ResponseWriter, r *http.Request) {
		p, ok := plans[r.PathValue("plan")]
		if !ok {
			problem(w, http.StatusNotFound, "a plan is mini, liberte or horizon")
			return
		}
		reply(w, http.StatusOK, p)
	})
	mux.HandleFunc("PUT /lines/{number}/plan", t.with(true, t.change))
	mux.HandleFunc("GET /lines/{number}/puk", t.with(true, func(w http.ResponseWriter, _ *http.Request, l *line) {
		reply(w, http.StatusOK, map[string]string{"puk": l.PUK})
	}))
}

func (t *telecom) with(private bool, do func(http.ResponseWriter, *http.Request, *line)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t.mu.Lock()
		defer t.mu.Unlock()
		l := t.lines[r.PathValue("number")]
		if l == nil {
			problem(w, http.StatusNotFound, "no such line")
			return
		}
		if private && !t.knows(w, r, l.Number) {
			return
		}
		do(w, r, l)
	}
}

// shown is what may be told without an identity check: the plan and what is left of it.
func (t *telecom) shown(l *line) any {
	p := plans[l.Plan]
	return map[string]any{
		"plan": p.Plan, "title": p.Title, "price": p.Price, "data": p.Data,
		"left": fmt.Sprintf("%g", max(0, float64(p.Data)-l.Used)), "renews": t.day(l.Renews), "next": l.Next,
	}
}

func (t *telecom) identity(w http.ResponseWriter, r *http.Request, l *line) {
	var ask struct {
		Postcode string `json:"postcode"`
	}
	if body(w, r, &ask) {
		t.identify(w, l.Number, ask.Postcode, l.Postcode, nil)
	}
}

// change takes effect with the next renewal, as operators do, so that nothing is paid twice.
func (t *telecom) change(w http.ResponseWriter, r *http.Request, l *line) {
	var ask struct {
		Plan string `json:"plan"`
	}
	if !body(w, r, &ask) {
		return
	}
	p, ok := plans[ask.Plan]
	switch {
	case !ok:
		problem(w, http.StatusNotFound, "a plan is mini, liberte or horizon")
		return
	case l.Plan == p.Plan:
		problem(w, http.StatusConflict, "the line has this plan already")
		return
	}
	l.Next = p.Plan
	reply(w, http.StatusOK, map[string]any{"plan": p.Plan, "title": p.Title, "price": p.Price, "from": t.day(l.Renews)})
}
