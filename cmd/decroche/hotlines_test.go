package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/configs"
	"decroche/internal/demosystems"
)

// typed is one conversation with a hotline: what the caller types, and a part of what the bot
// says next; "" is anything.
type typed struct {
	hotline, lang string
	turns         [][2]string
	after         []string // of the systems' first page, when the caller is gone
}

// varOf is where each hotline looks for its company's systems.
var varOf = map[string]string{"colibri": "orders", "banque": "bank", "telecom": "telecom", "support-it": "desk"}

// typedTalks are played with the real demo systems behind the hotlines: no stub anywhere.
var typedTalks = []typed{
	{"colibri", "fr", [][2]string{
		{"bonjour, je voudrais faire un retour", "ou il ne vous convient pas"},
		{"c'est trop petit", "Pour quelle commande"},
		{"45127801", "jamais utilisé"},
		{"oui", "l’emballage d’origine"},
		{"oui", "Je le fais"},
		{"oui", "70 41 40"},
		{"et mon remboursement ?", "Je ne vois pas de remboursement"},
		{"non", "autre question"},
		{"j'ai une autre commande, je voudrais changer mon adresse de livraison", ""},
		{"non merci au revoir", ""},
	}, []string{"return 704140"}},
	{"colibri", "en", [][2]string{
		{"I'd like to change my delivery address", "For which order"},
		{"45127802", "delivery postcode"},
		{"75011", "isn't the one on file"},
		{"69003", "Where shall we deliver it"},
		{"a pickup point", "At which postcode"},
		{"33000", "Librairie Gambetta"},
		{"yes", "waiting there"},
		{"no thanks", "How was this conversation"},
		{"good", "goodbye"},
	}, []string{"Librairie Gambetta, à Bordeaux; postcode 33000"}},
	{"banque", "fr", [][2]string{
		{"bonjour, on m'a volé ma carte", "Quel est votre numéro client"},
		{"20 46 18 73", "date de naissance"},
		{"le 13 mars 1984", "Ça ne correspond pas"},
		{"20461873", "date de naissance"},
		{"le 12 mars 1984", "44 17, c’est définitif. Je le fais"},
		{"oui", "51 83 19"},
		{"et combien je peux retirer ?", "Votre carte est bloquée"},
		{"non merci", "Une note"},
		{"5", "bonne journée"},
	}, []string{"card ending in 4417, blocked"}},
	{"banque", "en", [][2]string{
		{"what are the fees when I pay in Japan?", "€3.00"},
		{"yes, what's my withdrawal limit?", "client number"},
		{"31750926", "date of birth"},
		{"2 November 1971", "You've reached your limit"},
		{"no", "anything else"},
		{"no thanks", ""},
	}, []string{"card ending in 8802, active"}},
	{"telecom", "fr", [][2]string{
		{"il me reste combien de data", "Pour quel numéro"},
		{"06 23 45 67 89", "Vous avez tout utilisé"},
		{"oui", "Lequel vous tente"},
		{"le grand", "code postal de vos factures"},
		{"29200", "24,99 € par mois. Je le fais"},
		{"oui", "Vos 150 gigas"},
		{"est-ce que mon forfait marche en Espagne ?", "comme en France"},
		{"oui", "autre question"},
		{"non merci", "Une note"},
		{"non", ""},
	}, []string{"plan mini, 5.0 GB used; then horizon"}},
	{"telecom", "en", [][2]string{
		{"my SIM card is locked", "For which mobile number"},
		{"0711223344", "postcode on your bills"},
		{"75011", "something to write with"},
		{"yes", "91470358"},
		{"no", "choose a new PIN"},
		{"no thanks", ""},
	}, nil},
	{"support-it", "fr", [][2]string{
		{"bonjour, ma session est bloquée", "Quel est votre matricule"},
		{"118230", "quatre derniers chiffres de votre badge"},
		{"2049", "C’est débloqué"},
		{"il y a un souci avec l'imprimante aussi", "voyant vert"},
		{"oui", "une feuille coincée"},
		{"non", "Vos collègues"},
		{"non plus", "24 08 22"},
		{"et mon autre ticket, il en est où ?", "Quel est le numéro du ticket"},
		{"24 08 08", "attend une réponse de vous"},
		{"non", ""},
	}, []string{"ticket of 118230: printer, open"}},
	{"support-it", "en", [][2]string{
		{"I forgot my password", "staff number"},
		{"104582", "last four digits on your badge"},
		{"7316", "send a code to your mobile. Shall I"},
		{"yes", "mobile ending in 78"},
		{"yes", "choose the new one"},
		{"no thanks", ""},
	}, []string{"Sophie Marchand, badge 7316; temporary codes sent: 1"}},
}

// TestTypedTalks talks to each hotline by text, as a person at a terminal does.
func TestTypedTalks(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, talk := range typedTalks {
		t.Run(talk.hotline+" "+talk.lang, func(t *testing.T) {
			t.Parallel()
			systems, err := demosystems.New(func(string) string { return "" }, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			srv := httptest.NewServer(systems)
			defer srv.Close()
			dir := t.TempDir()
			learntIn(t, dir)
			file := filepath.Join(dir, "c.yaml")
			conf := fmt.Sprintf("data_dir: %q\nhotlines: [%s]\nvars: {%s: %q}\nsecrets: {ORDERS_TOKEN: env:COLIBRI_ORDERS_TOKEN, BANQUE_TOKEN: env:BANQUE_TOKEN, TELECOM_TOKEN: env:TELECOM_TOKEN, SUPPORT_TOKEN: env:SUPPORT_TOKEN}\n",
				dir, talk.hotline, varOf[talk.hotline], srv.URL+"/"+talk.hotline)
			if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, self, "chat", "--config", file, "--lang", talk.lang)
			cmd.Env = append(os.Environ(), runMain+"=1")
			for env, token := range demosystems.Tokens {
				cmd.Env = append(cmd.Env, env+"="+token)
			}
			var lines []string
			for _, turn := range talk.turns {
				lines = append(lines, turn[0])
			}
			cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			rest := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(string(out))
			for _, turn := range talk.turns {
				_, after, asked := strings.Cut(rest, "you  "+turn[0]+"\n")
				answer, _, _ := strings.Cut(after, "you  ")
				if !asked || !strings.Contains(answer, turn[1]) {
					t.Fatalf("after %q the bot did not say %q:\n%s", turn[0], turn[1], out)
				}
				rest = after
			}
			w := httptest.NewRecorder()
			systems.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			for _, part := range talk.after {
				if !strings.Contains(w.Body.String(), part) {
					t.Errorf("the systems do not show %q:\n%s", part, w.Body)
				}
			}
		})
	}
}

// TestEveryExampleIsTalkedTo keeps the list above complete.
func TestEveryExampleIsTalkedTo(t *testing.T) {
	t.Parallel()
	talked := map[string]bool{}
	for _, talk := range typedTalks {
		talked[talk.hotline] = true
	}
	for _, name := range configs.BuiltInNames() {
		if !talked[name] {
			t.Errorf("no conversation with %s in typedTalks", name)
		}
	}
}
