package call

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/leg/legtest"
)

// team answers by the skill that is asked for first: an agent who is free, "busy", or nobody.
type team struct {
	desk
	has map[string][]string
	log []string
}

func (d *team) Offer(ctx context.Context, r agents.Request) (agents.Assignment, error) {
	d.mu.Lock()
	who := d.has[r.Skills[0]]
	note := r.Skills[0]
	if r.Wait > 0 {
		note += " waits"
	}
	d.log = append(d.log, note)
	d.mu.Unlock()
	for _, a := range who {
		switch {
		case a == "busy" && r.Wait == 0:
			return agents.Assignment{}, agents.ErrBusy
		case a == "busy":
			select {
			case <-time.After(10 * time.Second): // somebody hangs up
				return agents.Assignment{Agent: "karim", Title: "Karim", Addr: "sip:karim"}, nil
			case <-ctx.Done():
				return agents.Assignment{}, ctx.Err()
			}
		case a == "closed":
			return agents.Assignment{}, &agents.Left{Queue: r.Skills[0], Outcome: agents.Closed}
		case !slices.Contains(r.Tried, a):
			return agents.Assignment{Agent: a, Title: a, Addr: "sip:" + a}, nil
		}
	}
	return agents.Assignment{}, agents.ErrNobody
}

// Each rung is asked at once; the caller waits only when all were, and on the first where somebody is.
func TestRungsOfAHandOff(t *testing.T) {
	for name, c := range map[string]struct {
		has  map[string][]string
		want string // outcomes
		log  string
	}{
		"the first":             {map[string][]string{"litige": {"karim"}, "accueil": {"nadia"}}, "karim completed = completed", "litige"},
		"nobody on the first":   {map[string][]string{"accueil": {"karim"}}, "karim completed = completed", "litige, accueil"},
		"busy on the first":     {map[string][]string{"litige": {"busy"}, "accueil": {"karim"}}, "karim completed = completed", "litige, accueil"},
		"refused on the first":  {map[string][]string{"litige": {"nadia"}, "accueil": {"karim"}}, "nadia refused, karim completed = completed", "litige, litige, accueil"},
		"busy on all":           {map[string][]string{"litige": {"busy"}, "accueil": {"busy"}}, "karim completed = completed", "litige, accueil, chef, litige waits"},
		"busy on the second":    {map[string][]string{"accueil": {"busy"}}, "karim completed = completed", "litige, accueil, chef, accueil waits"},
		"closed, then busy":     {map[string][]string{"litige": {"closed"}, "chef": {"busy"}}, "karim completed = completed", "litige, accueil, chef, chef waits"},
		"nobody at all":         {nil, " = nobody", "litige, accueil, chef"},
		"refused, then nobody":  {map[string][]string{"accueil": {"nadia"}}, "nadia refused = refused", "litige, accueil, accueil, chef"},
		"the last is the third": {map[string][]string{"chef": {"karim"}}, "karim completed = completed", "litige, accueil, chef"},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				r := newHandOff(t, map[string]*legtest.Phone{"sip:karim": {Answers: time.Second}, "sip:nadia": {Answers: time.Second, Status: 603}})
				out := r.mind.answers["start"]
				transfer := *out.Transfer
				transfer.Then, transfer.MaxWait = []flows.Rung{{Skills: []string{"accueil"}}, {Skills: []string{"chef"}, Queue: "chefs"}}, time.Minute
				out.Transfer = &transfer
				r.mind.answers["start"] = out
				d := &team{has: c.has}
				r.s.Desk = d
				r.start()
				if strings.Contains(c.want, "completed =") || strings.HasSuffix(c.want, "completed") {
					joined := r.await("a bridge", r.bridged)
					if s := r.line.LongestSilence(0, joined); s > 2*time.Second {
						t.Errorf("the caller met %v of silence", s)
					}
					r.agent.HangUp()
				}
				r.over()
				if got := r.outcomes(); got != c.want {
					t.Errorf("outcomes %q, want %q", got, c.want)
				}
				if got := strings.Join(d.log, ", "); got != c.log {
					t.Errorf("asked %s, want %s", got, c.log)
				}
			})
		})
	}
}

// The manual names the test of each thing that may go wrong, and of every row of the table of hostile
// transfers: they are there, and each row has a subtest of its own name.
func TestTheTestsThatTheManualNames(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile("`([^`]+_?test\\.go)` ([Tt]est\\w+)")
	for doc, least := range map[string]int{"handoff.md": 15, "transfers.md": 40} {
		text, err := os.ReadFile("../../docs/" + doc)
		if err != nil {
			t.Fatal(err)
		}
		found := named.FindAllStringSubmatch(string(text), -1)
		if len(found) < least {
			t.Fatalf("%s names %d tests", doc, len(found))
		}
		for _, m := range found {
			if src := source(t, m[1]); !strings.Contains(src, "\nfunc "+m[2]+"(") {
				t.Errorf("%s has no %s", m[1], m[2])
			}
		}
		if doc != "transfers.md" {
			continue
		}
		for n := 1; n <= 40; n++ {
			row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| %d \|.*$`, n)).FindString(string(text))
			if !slices.ContainsFunc(named.FindAllStringSubmatch(row, -1), func(m []string) bool {
				return strings.Contains(source(t, m[1]), fmt.Sprintf("xfer_%02d_", n))
			}) {
				t.Errorf("row %d of %s names no test with a subtest xfer_%02d_…: %q", n, doc, n, row)
			}
		}
	}
}

// source is the text of a file of the repository.
func source(t *testing.T, path string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "..", path))
	if err != nil {
		t.Error(err)
	}
	return string(src)
}
