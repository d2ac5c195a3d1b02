package demosystems

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// bank is the card system of a bank. Everything but its price list asks for an identity check.
type bank struct {
	*office
	clients  map[string]*client
	lastCase int // of the references of blocked cards
}

type client struct {
	Client string `json:"client"` // eight digits
	Name   string `json:"name"`
	Birth  string `json:"birth"`
	Card   card   `json:"card"`
}

// card is a client's card. Amounts are euros.
type card struct {
	Last4       string `json:"last4"`
	Status      string `json:"status"` // active | blocked
	Reference   string `json:"reference,omitempty"`
	Replacement string `json:"replacement,omitempty"` // day the new card is expected
	Withdrawal  int    `json:"withdrawal"`            // per week
	Withdrawn   int    `json:"withdrawn"`
	Payment     int    `json:"payment"` // per month
	Paid        int    `json:"paid"`
}

// fee is what a card costs abroad.
type fee struct {
	Zone       string `json:"zone"`
	Withdrawal string `json:"withdrawal"` // euros for each
	Percent    string `json:"percent"`    // of the amount
}

var fees = map[string]fee{
	"euro":  {"euro", "0.00", "0"},
	"monde": {"monde", "3.00", "2.5"},
}

func openBank(o *office) (company, error) {
	b := &bank{office: o, clients: map[string]*client{}, lastCase: 518302}
	var list []*client
	if err := read("banque", &list); err != nil {
		return nil, err
	}
	for _, c := range list {
		b.clients[c.Client] = c
	}
	return b, nil
}

func (b *bank) name() string { return "banque" }

func (b *bank) things() (list []thing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, c := range b.clients {
		list = append(list, thing{n, fmt.Sprintf("%s, born %s; card ending in %s, %s", c.Name, c.Birth, c.Card.Last4, c.Card.Status)})
	}
	slices.SortFunc(list, func(a, b thing) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func (b *bank) routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /clients/{number}/identity", b.with(false, b.identity))
	mux.HandleFunc("GET /clients/{number}/card", b.with(true, func(w http.ResponseWriter, _ *http.Request, c *client) {
		reply(w, http.StatusOK, c.shown())
	}))
	mux.HandleFunc("POST /clients/{number}/card/block", b.with(true, b.block))
	mux.HandleFunc("GET /fees/{zone}", func(w http.ResponseWriter, r *http.Request) {
		f, ok := fees[r.PathValue("zone")]
		if !ok {
			problem(w, http.StatusNotFound, "a zone is euro or monde")
			return
		}
		reply(w, http.StatusOK, f)
	})
}

// with finds the client of the address, asks for a session when the answer is theirs alone, and
// holds the lock while do answers.
func (b *bank) with(private bool, do func(http.ResponseWriter, *http.Request, *client)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		c := b.clients[r.PathValue("number")]
		if c == nil {
			problem(w, http.StatusNotFound, "no such client")
			return
		}
		if private && !b.knows(w, r, c.Client) {
			return
		}
		do(w, r, c)
	}
}

func (b *bank) identity(w http.ResponseWriter, r *http.Request, c *client) {
	var ask struct {
		Birth string `json:"birth"`
	}
	if body(w, r, &ask) {
		b.identify(w, c.Client, ask.Birth, c.Birth, map[string]any{"name": c.Name})
	}
}

func (c *client) shown() any {
	return struct {
		card
		WithdrawalLeft int `json:"withdrawal_left"`
		PaymentLeft    int `json:"payment_left"`
	}{c.Card, c.Card.Withdrawal - c.Card.Withdrawn, c.Card.Payment - c.Card.Paid}
}

// block blocks the card for good and orders another one; asked again, it tells the same.
func (b *bank) block(w http.ResponseWriter, r *http.Request, c *client) {
	var ask struct {
		Reason string `json:"reason"` // lost | stolen | fraud
	}
	if !body(w, r, &ask) {
		return
	}
	if !slices.Contains([]string{"lost", "stolen", "fraud"}, ask.Reason) {
		problem(w, http.StatusBadRequest, "reason is lost, stolen or fraud")
		return
	}
	if c.Card.Status != "blocked" {
		b.lastCase += 17
		c.Card.Status, c.Card.Reference, c.Card.Replacement = "blocked", fmt.Sprintf("%06d", b.lastCase), b.day(5)
	}
	reply(w, http.StatusOK, c.shown())
}
