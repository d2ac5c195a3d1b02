package demosystems

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// shop is the order system of Colibri Express.
type shop struct {
	*office
	orders map[string]*order
	lastRA int // of return numbers
}

// order is one parcel as the API returns it.
type order struct {
	Order    string  `json:"order"`
	Status   string  `json:"status"` // in_transit | delivered | delayed | pickup
	Day      int     `json:"day,omitempty"`
	Date     string  `json:"date"`
	Place    string  `json:"place,omitempty"`
	Postcode string  `json:"postcode,omitempty"` // of the delivery; asked of the caller, never told
	Refund   refund  `json:"refund"`
	Return   *parcel `json:"return,omitempty"`
}

type refund struct {
	Status string `json:"status"` // none | pending | paid
	Amount string `json:"amount,omitempty"`
	Day    int    `json:"day,omitempty"`
	Date   string `json:"date,omitempty"`
}

// parcel is a return that was agreed.
type parcel struct {
	Number string `json:"number"` // six digits
	Reason string `json:"reason"`
	Until  string `json:"until"`
}

// returnDays is how long after delivery a return may be asked for.
const returnDays = 30

// reasons are why people send things back.
var reasons = []string{"broken", "wrong_item", "changed_mind"}

var (
	orderNumber = regexp.MustCompile(`^[0-9]{8}$`)
	postcode    = regexp.MustCompile(`^[0-9]{5}$`)
)

// pickups are the pickup points by the first two digits of a postcode.
var pickups = map[string]string{
	"13": "Presse de la Joliette, à Marseille", "21": "Tabac de la Liberté, à Dijon", "31": "Épicerie du Capitole, à Toulouse",
	"33": "Librairie Gambetta, à Bordeaux", "35": "Café des Lices, à Rennes", "44": "Tabac du Bouffay, à Nantes",
	"59": "Presse de la Gare, à Lille", "69": "Tabac de la Part-Dieu, à Lyon", "75": "Librairie du Temple, à Paris",
}

func openShop(o *office) (company, error) {
	s := &shop{office: o, orders: map[string]*order{}, lastRA: 704127}
	var list []*order
	if err := read("colibri", &list); err != nil {
		return nil, err
	}
	for _, x := range list {
		if !orderNumber.MatchString(x.Order) {
			return nil, fmt.Errorf("demosystems: order number %q does not have eight digits", x.Order)
		}
		s.orders[x.Order] = x
	}
	return s, nil
}

func (s *shop) name() string { return "colibri" }

func (s *shop) things() (list []thing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, x := range s.orders {
		what := fmt.Sprintf("%s, %s, %s; postcode %s; refund: %s", strings.ReplaceAll(x.Status, "_", " "), s.day(x.Day), x.Place, x.Postcode, x.Refund.Status)
		if x.Return != nil {
			what += "; return " + x.Return.Number
		}
		list = append(list, thing{n, what})
	}
	slices.SortFunc(list, func(a, b thing) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func (s *shop) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /orders/{number}", s.with(func(w http.ResponseWriter, _ *http.Request, x *order) {
		reply(w, http.StatusOK, s.shown(x))
	}))
	mux.HandleFunc("POST /orders/{number}/returns", s.with(s.takeBack))
	mux.HandleFunc("POST /orders/{number}/check", s.with(s.check))
	mux.HandleFunc("GET /pickups/{postcode}", s.pickup)
	mux.HandleFunc("PUT /orders/{number}/address", s.with(s.move))
}

// with finds the order of the address and holds the lock while do answers.
func (s *shop) with(do func(http.ResponseWriter, *http.Request, *order)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n := r.PathValue("number")
		if !orderNumber.MatchString(n) {
			problem(w, http.StatusBadRequest, "an order number has eight digits")
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		x := s.orders[n]
		if x == nil {
			problem(w, http.StatusNotFound, "no such order")
			return
		}
		do(w, r, x)
	}
}

// shown is the order as callers may hear it: dates for days, no postcode, and what can still
// be done with it.
func (s *shop) shown(x *order) any {
	out := *x
	out.Date, out.Postcode, out.Day = s.day(x.Day), "", 0
	if x.Refund.Status != "none" {
		out.Refund.Date, out.Refund.Day = s.day(x.Refund.Day), 0
	}
	return struct {
		order
		Returnable bool `json:"returnable"`
		Movable    bool `json:"movable"`
	}{out, returnable(x), movable(x)}
}

func returnable(x *order) bool { return x.Status == "delivered" && -x.Day <= returnDays }

func movable(x *order) bool {
	return (x.Status == "in_transit" || x.Status == "delayed") && x.Day >= 2
}

// takeBack agrees to a return once, and gives the same number however often it is asked.
// What is not broken and not our mistake must be unused and in its box.
func (s *shop) takeBack(w http.ResponseWriter, r *http.Request, x *order) {
	var ask struct {
		Reason   string `json:"reason"`
		Unused   string `json:"unused"` // yes | no | ""
		InItsBox string `json:"in_its_box"`
	}
	if !body(w, r, &ask) {
		return
	}
	fault := ask.Reason == "broken" || ask.Reason == "wrong_item" // ours
	switch {
	case x.Return != nil:
		reply(w, http.StatusOK, x.Return)
		return
	case !slices.Contains(reasons, ask.Reason):
		problem(w, http.StatusBadRequest, "reason is one of "+strings.Join(reasons, ", "))
		return
	case !returnable(x):
		problem(w, http.StatusConflict, "not delivered, or delivered more than 30 days ago")
		return
	case !fault && (ask.Unused != "yes" || ask.InItsBox != "yes"):
		problem(w, http.StatusUnprocessableEntity, "what is returned for another reason than a fault of ours must be unused and in its box")
		return
	}
	s.lastRA += 13
	x.Return = &parcel{Number: fmt.Sprintf("%06d", s.lastRA), Reason: ask.Reason, Until: s.day(14)}
	reply(w, http.StatusCreated, x.Return)
}

// check proves that whoever calls knows where the parcel is going: the postcode on the label.
func (s *shop) check(w http.ResponseWriter, r *http.Request, x *order) {
	var ask struct {
		Postcode string `json:"postcode"`
	}
	if body(w, r, &ask) {
		s.identify(w, x.Order, ask.Postcode, x.Postcode, nil)
	}
}

func (s *shop) pickup(w http.ResponseWriter, r *http.Request) {
	code := r.PathValue("postcode")
	place := ""
	if postcode.MatchString(code) {
		place = pickups[code[:2]]
	}
	if place == "" {
		problem(w, http.StatusNotFound, "no pickup point there")
		return
	}
	reply(w, http.StatusOK, map[string]string{"place": place})
}

// maxLine bounds a line of an address, in bytes.
const maxLine = 200

// move sends a parcel to another street, or without one to the pickup point of another postcode, a
// day later.
func (s *shop) move(w http.ResponseWriter, r *http.Request, x *order) {
	var ask struct {
		Street   string `json:"street"` // with its number; "" for a pickup point
		Postcode string `json:"postcode"`
		Town     string `json:"town"`
	}
	if !s.knows(w, r, x.Order) || !body(w, r, &ask) {
		return
	}
	if !movable(x) {
		problem(w, http.StatusConflict, "the parcel is too close to its address to be moved")
		return
	}
	place := fmt.Sprintf("%s, %s %s", ask.Street, ask.Postcode, ask.Town)
	switch {
	case !postcode.MatchString(ask.Postcode):
		problem(w, http.StatusBadRequest, "a postcode has five digits")
		return
	case len(ask.Street) > maxLine || len(ask.Town) > maxLine || (ask.Street == "") != (ask.Town == ""):
		problem(w, http.StatusBadRequest, fmt.Sprintf("an address has a street and a town, of at most %d bytes each", maxLine))
		return
	case ask.Street == "":
		if place = pickups[ask.Postcode[:2]]; place == "" {
			problem(w, http.StatusNotFound, "no pickup point there")
			return
		}
	}
	x.Place, x.Postcode, x.Day = place, ask.Postcode, x.Day+1
	reply(w, http.StatusOK, s.shown(x))
}
